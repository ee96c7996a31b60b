import assert from "node:assert/strict";
import { test } from "node:test";
import { applyDelta, byCodePoints } from "../../api/web/src/live/delta";
import { pauseMs } from "../../api/web/src/live/pause";
import { Subscriptions } from "../../api/web/src/live/subscriptions";

test("lists by their keys, objects of lists likewise, all else whole", () => {
  const map = { as_of: "1", activities: [{ name: "b", count: 1 }], edges: [{ from: "a", to: "b", count: 1 }, { from: "b", to: "a", count: 2 }], start: [], end: [] };
  const next = applyDelta("map", map, {
    as_of: "2", activities: { put: [{ name: "a", count: 4 }, { name: "b", count: 2 }] }, edges: { remove: [["a", "b"]], put: [{ from: "a", to: "c", count: 1 }] },
  });
  assert.deepEqual(next, {
    as_of: "2", activities: [{ name: "a", count: 4 }, { name: "b", count: 2 }], edges: [{ from: "a", to: "c", count: 1 }, { from: "b", to: "a", count: 2 }], start: [], end: [],
  });
  assert.equal(map.activities.length, 1, "what was held stays as it was");
  const kpis = applyDelta("kpis", { cases: 1, flow: { zone: "UTC", hours: [{ from: "1" }], days: [] } }, { cases: 2, flow: { hours: { put: [{ from: "2" }], remove: ["1"] } } });
  assert.deepEqual(kpis, { cases: 2, flow: { zone: "UTC", hours: [{ from: "2" }], days: [] } });
});

test("variants stand by count, uploads newest first", () => {
  const variants = applyDelta("variants", { variants: [{ id: "b", count: 3 }, { id: "a", count: 2 }] }, { variants: { put: [{ id: "a", count: 3 }] } });
  assert.deepEqual(variants.variants.map((one) => one.id), ["a", "b"]);
  const uploads = applyDelta("uploads", { uploads: [{ upload: "x", received: "2026-01-01" }] }, { uploads: { put: [{ upload: "y", received: "2026-01-02" }] } });
  assert.deepEqual(uploads.uploads.map((one) => one.upload), ["y", "x"]);
});

test("texts stand as the server sorts them: by bytes", () => {
  const texts = ["z", "Z", "ä", "a", "\u{1F600}", "\uFF01", ""];
  const asBytes = [...texts].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  assert.deepEqual([...texts].sort(byCodePoints), asBytes);
});

function client() {
  const sent: Record<string, unknown>[] = [];
  const shown: object[] = [];
  const failures: string[] = [];
  const subscriptions = new Subscriptions();
  const watcher = { shown: (data: object) => shown.push(data), current: () => {}, failed: (problem: { code: string }) => failures.push(problem.code) };
  return { sent, shown, failures, subscriptions, watcher, open: () => subscriptions.opened((message) => sent.push(message as Record<string, unknown>)) };
}
const wanted = { channel: "cases" as const, process: "p", filter: {} };
const list = (...ids: string[]) => ({ cases: ids.map((case_id) => ({ case_id })) });

test("asks when the line stands, and again with resume when it stands anew", () => {
  const it = client();
  it.subscriptions.watch(wanted, it.watcher);
  assert.deepEqual(it.sent, []);
  it.open();
  assert.deepEqual(it.sent.pop(), { op: "subscribe", ref: 1, channel: "cases", process: "p" });
  it.subscriptions.received({ type: "snapshot", ref: 1, epoch: "e", seq: 5, recovered: false, data: list("a") as never });
  it.subscriptions.closed();
  it.open();
  assert.deepEqual(it.sent.pop()!.resume, { epoch: "e", seq: 5 });
  it.subscriptions.received({ type: "snapshot", ref: 1, epoch: "e", seq: 7, recovered: true });
  it.subscriptions.received({ type: "delta", ref: 1, prev: 7, seq: 8, data: { cases: { put: [{ case_id: "b" }] } } as never });
  assert.deepEqual(it.shown.at(-1), list("a", "b"));
});

test("a gap asks for what is missing under a new name, and what is under way for the old one is nobody's", () => {
  const it = client();
  it.subscriptions.watch(wanted, it.watcher);
  it.open();
  it.subscriptions.received({ type: "snapshot", ref: 1, epoch: "e", seq: 1, recovered: false, data: list("a") as never });
  it.subscriptions.received({ type: "delta", ref: 1, prev: 3, seq: 4, data: { cases: { put: [{ case_id: "z" }] } } as never });
  assert.deepEqual(it.sent.slice(-2).map((one) => [one.op, one.ref, one.resume]), [["unsubscribe", 1, undefined], ["subscribe", 2, { epoch: "e", seq: 1 }]]);
  const before = it.shown.length;
  it.subscriptions.received({ type: "delta", ref: 1, prev: 4, seq: 5, data: {} as never });
  assert.equal(it.shown.length, before);
  it.subscriptions.received({ type: "heartbeat", ref: 2, seq: 9 });
  assert.equal(it.sent.at(-1)!.ref, 3, "a heartbeat of another seq is a gap too");
});

test("a list that fell behind is asked for whole", () => {
  const it = client();
  it.subscriptions.watch(wanted, it.watcher);
  it.open();
  it.subscriptions.received({ type: "snapshot", ref: 1, epoch: "e", seq: 1, recovered: false, data: list("a") as never });
  it.subscriptions.received({ type: "snapshot_required", ref: 1 });
  assert.deepEqual(it.sent.at(-1), { op: "subscribe", ref: 2, channel: "cases", process: "p" });
});

test("whoever stops watching is told nothing more", () => {
  const it = client();
  const stop = it.subscriptions.watch(wanted, it.watcher);
  it.open();
  stop();
  assert.deepEqual(it.sent.at(-1), { op: "unsubscribe", ref: 1 });
  it.subscriptions.received({ type: "snapshot", ref: 1, epoch: "e", seq: 1, recovered: false, data: list("a") as never });
  assert.equal(it.shown.length, 0);
});

test("a refusal reaches whoever asked; a server that stops says so", () => {
  const it = client();
  it.subscriptions.watch(wanted, it.watcher);
  it.open();
  it.subscriptions.received({ type: "error", ref: 1, code: "quota_exceeded", detail: "too many filters" });
  assert.deepEqual(it.failures, ["quota_exceeded"]);
  assert.equal(it.subscriptions.received({ type: "drain" }), true);
});

test("pauses grow to their ceiling and differ", () => {
  assert.ok(pauseMs(0, 0) >= 250 && pauseMs(0, 1) <= 750);
  assert.ok(pauseMs(50, 1) <= 15_250);
  assert.notEqual(pauseMs(4, 0.1), pauseMs(4, 0.9));
});
