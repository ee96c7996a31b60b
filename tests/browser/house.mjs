// What a scenario stands on: a server on a data folder of its own, a line to it that can be cut, and a browser.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const require = createRequire(join(root, "api/web/package.json"));
const { chromium } = require("playwright-core");
const binary = process.env.TESTED_BINARY ?? join(root, "build/release/weir");
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const axe = readFileSync(require.resolve("axe-core"), "utf8");
export const patienceMs = 20_000;

/// Passes bytes on to wherever the server is; can be cut like a cable.
class Line {
  #sockets = new Set();
  #server;
  port = 0;
  target = 0;
  cut = false;

  async open() {
    this.#server = net.createServer((near) => {
      if (this.cut || !this.target) return near.destroy();
      const far = net.connect(this.target, "127.0.0.1");
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on("error", () => {});
        socket.on("close", () => { this.#sockets.delete(socket); near.destroy(); far.destroy(); });
      }
      near.pipe(far).pipe(near);
    });
    await new Promise((done) => this.#server.listen(0, "127.0.0.1", done));
    this.port = this.#server.address().port;
  }

  break() {
    this.cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend() {
    this.cut = false;
  }

  close() {
    this.break();
    this.#server.close();
  }
}

export class House {
  #folder = mkdtempSync(join(tmpdir(), "weir-browser-"));
  #command = "serve";
  #process = null;
  #browser;
  #tokens = new Map();
  line = new Line();

  /// `command`: serve, or demo.
  static async open(executablePath, command = "serve") {
    const house = new House();
    house.#command = command;
    await house.line.open();
    await house.start();
    house.#browser = await chromium.launch({ executablePath, args: flags });
    return house;
  }

  get url() {
    return `http://127.0.0.1:${this.line.port}`;
  }

  async start() {
    const started = spawn(binary, [this.#command, "--data", join(this.#folder, "data"), "--listen", "127.0.0.1:0", "--shards", "2"],
      { stdio: ["ignore", "pipe", "ignore"] });
    this.#process = started;
    this.line.target = await new Promise((done, failed) => {
      let text = "";
      started.stdout.on("data", (bytes) => {
        text += bytes;
        const found = /127\.0\.0\.1:(\d+)/.exec(text);
        if (found) done(Number(found[1]));
      });
      started.on("exit", (code) => failed(new Error(`the server ended with ${code}`)));
    });
    await until(async () => (await fetch(`${this.url}/readyz`)).ok, "the server to be ready");
  }

  /// kill -9
  async kill() {
    const victim = this.#process;
    const gone = new Promise((done) => victim.on("exit", done));
    victim.removeAllListeners("exit");
    victim.on("exit", () => {});
    victim.kill("SIGKILL");
    await Promise.race([gone, until(() => victim.exitCode !== null || victim.signalCode !== null, "the server to be gone")]);
    this.line.target = 0;
  }

  token(workspace, role = "admin") {
    const key = `${workspace} ${role}`;
    if (!this.#tokens.has(key)) {
      const made = execFileSync(binary, ["token", "--data", join(this.#folder, "data"), "--workspace", workspace, "--role", role], { encoding: "utf8" });
      this.#tokens.set(key, made.trim());
    }
    return this.#tokens.get(key);
  }

  /// -> the password
  user(name, workspace, role = "admin") {
    const told = execFileSync(binary, ["user", "add", name, "--data", join(this.#folder, "data"), "--workspace", workspace, "--role", role], { encoding: "utf8" });
    return told.trim();
  }

  /// -> what goes behind the address
  link(name) {
    return execFileSync(binary, ["user", "link", name, "--data", join(this.#folder, "data")], { encoding: "utf8" }).trim();
  }

  /// A scenario has a workspace and a browser profile of its own. What the console calls an error fails it, but for those
  /// that the scenario expects (a line that was cut).
  async visit(name, scenario, options = {}) {
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 860 }, acceptDownloads: true, timezoneId: "Europe/Berlin",
      locale: "en-GB", reducedMotion: "reduce", ...options });
    context.setDefaultTimeout(patienceMs);
    const page = await context.newPage();
    const errors = [];
    const visit = new Visit(this, page, name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").slice(0, 60));
    page.on("console", (message) => { if (message.type() === "error" && !visit.expectsTrouble) errors.push(`${message.text()} ${message.location().url}`); });
    page.on("pageerror", (error) => errors.push(error.stack ?? String(error)));
    try {
      await scenario(visit);
      if (errors.length > 0) throw new Error(`the console says:\n${errors.join("\n")}`);
    } catch (fault) {
      const shown = join(tmpdir(), `weir-browser-${visit.workspace}.png`);
      await page.screenshot({ path: shown }).catch(() => {});
      fault.message += `\n(the page then: ${shown})${errors.length > 0 ? `\nconsole: ${errors.join("\n")}` : ""}`;
      throw fault;
    } finally {
      await context.close();
    }
  }

  async close() {
    await this.#browser?.close();
    this.#process?.removeAllListeners("exit");
    this.#process?.kill("SIGKILL");
    this.line.close();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/// Somebody with a browser, and what a producer does meanwhile.
export class Visit {
  expectsTrouble = false;

  constructor(house, page, workspace) {
    Object.assign(this, { house, page, workspace });
    this.token = house.token(workspace);
  }

  as(workspace) {
    this.token = this.house.token(workspace);
  }

  async enter(search = "") {
    await this.page.goto(`${this.house.url}/${search}#token=${this.token}`);
  }

  async call(method, path, body, type = "application/json") {
    const answer = await fetch(this.house.url + path, { method, body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { authorization: `Bearer ${this.token}`, "content-type": type } });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  post(events) {
    return this.call("POST", "/v1/events", events);
  }

  kpi(name) {
    return this.page.locator(`[data-kpi="${name}"]`);
  }

  async seesKpi(name, text) {
    await until(async () => (await this.kpi(name).textContent({ timeout: 1_000 }).catch(() => null)) === text,
      `${name} to be ${text}`, async () => `it is ${await this.kpi(name).textContent({ timeout: 500 }).catch(() => "not there")}`);
  }

  /// The longest task of the page's own thread while `doing`: as it lasted, and what of it was work (the machine may be
  /// busy with others).
  async longestTask(doing) {
    const line = await this.page.context().newCDPSession(this.page);
    const traced = [];
    line.on("Tracing.dataCollected", ({ value }) => traced.push(...value));
    await line.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: ["toplevel", "devtools.timeline"] } });
    await doing();
    const over = new Promise((done) => line.once("Tracing.tracingComplete", done));
    await line.send("Tracing.end");
    await over;
    await line.detach();
    const of = ({ pid, tid }) => `${pid} ${tid}`;
    const drawing = new Set(traced.filter(({ name }) => name === "FunctionCall").map(of));
    const mains = new Set(traced.filter((one) => one.name === "thread_name" && one.args.name === "CrRendererMain").map(of));
    const tasks = traced.filter((one) => one.ph === "X" && one.name.endsWith("RunTask") && drawing.has(of(one)) && mains.has(of(one)));
    const most = (member) => Math.round(Math.max(0, ...tasks.map((one) => one[member] ?? 0)) / 1_000);
    return { tasks: tasks.length, lastedMs: most("dur"), workedMs: most("tdur") };
  }

  /// What axe finds on the page as it stands.
  async barriers() {
    await this.page.evaluate(axe); // not by a tag: the policy forbids it
    const { violations } = await this.page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    return violations.map((one) => `${one.id}: ${one.nodes[0].html} ${one.nodes[0].failureSummary}`);
  }

  async sees(text) {
    await this.page.getByText(text).first().waitFor();
  }

  node(activity) {
    return this.page.locator(`.node[data-node="a:${activity}"]`);
  }

  async chooseFile(name, content) {
    await this.page.getByRole("button", { name: "Upload a file" }).click();
    await this.page.getByLabel("File", { exact: true }).setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(content) });
  }
}

export async function until(holds, what, found = async () => "") {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    if (await Promise.resolve().then(holds).catch(() => false)) return;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}; ${await found()}`);
    await new Promise((done) => setTimeout(done, 60));
  }
}

/// Traces of cases: [case, activities, resource?], an hour between events.
export function events(process, traces, from = "2026-01-05T08:00:00Z") {
  return traces.flatMap(([case_id, activities, resource], at) => activities.map((activity, step) => ({
    process, case_id, activity, timestamp: new Date(Date.parse(from) + (at * 24 + step) * 3_600_000).toISOString(),
    ...(resource ? { resource } : {}),
  })));
}
