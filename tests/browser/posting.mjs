// A thread that posts events at a rate, one body after the other, each with all that is due by then. Tells when each
// body was accepted: [events so far, milliseconds since 1970].
import { Agent, request } from "node:http";
import { parentPort, workerData } from "node:worker_threads";

const { port, token, process, perSecond, total } = workerData;
const everyMs = 10;
const names = ["receive", "check", "approve", "pay", "ship"];
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function body(from, to) {
  const lines = [];
  for (let at = from; at < to; ++at) {
    const [case_number, step] = [Math.floor(at / names.length), at % names.length];
    lines.push(JSON.stringify({ process, case_id: `c${case_number}`, activity: names[(step + (case_number % 3 === 0 ? step : 0)) % names.length],
      timestamp: 1_780_000_000_000 + at * 60_000 }));
  }
  return lines.join("\n");
}

const post = (content) => new Promise((done, failed) => {
  const sent = request({ port, host: "127.0.0.1", path: "/v1/events", method: "POST", agent,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/x-ndjson", "content-length": Buffer.byteLength(content) } }, (answer) => {
    if (answer.statusCode !== 202) failed(new Error(`a post was answered with ${answer.statusCode}`));
    const acceptedAt = Date.now();
    answer.on("end", () => done(acceptedAt)).resume();
  });
  sent.on("error", failed);
  sent.end(content);
});

const began = Date.now();
const accepted = [];
for (let posted = 0; posted < total;) {
  const due = Math.min(total, Math.floor(((Date.now() - began) * perSecond) / 1_000));
  if (due - posted < (perSecond * everyMs) / 1_000 && due < total) {
    await new Promise((done) => setTimeout(done, 1));
    continue;
  }
  const acceptedAt = await post(body(posted, due));
  posted = due;
  accepted.push([posted, acceptedAt]);
}
agent.destroy();
parentPort.postMessage({ accepted, perSecond: Math.round((total / (Date.now() - began)) * 1_000) });
