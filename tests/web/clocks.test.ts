import assert from "node:assert/strict";
import { test } from "node:test";
import { countdown, urgencyOf } from "../../api/web/src/clocks";
import type { Clock } from "../../api/web/src/contract";

const due = "2026-03-02T12:00:00Z";
const at = (time: string): number => Date.parse(`2026-03-02T${time}Z`);
const clock = (more: Partial<Clock> = {}): Clock => ({
  id: "p/m/1", case: "1", policy: "p", metric: "m", target: "t", cycle: 1, state: "running", began: "2026-03-02T08:00:00Z", due,
  breached: false, passed_s: 0, ...more,
});

test("a clock counts down to its due time and up behind it", () => {
  assert.equal(countdown(clock(), at("11:48:00")), "in 12 min");
  assert.equal(countdown(clock(), at("11:59:59.500")), "in 1 s");
  assert.equal(countdown(clock(), at("12:00:00")), "1 s over");
  assert.equal(countdown(clock(), at("15:00:00")), "3 h over");
});

test("what stands still says how much had passed, and what is never due says so", () => {
  assert.equal(countdown(clock({ state: "paused", due: null, passed_s: 600 }), at("11:00:00")), "paused after 10 min");
  assert.equal(countdown(clock({ due: null }), at("11:00:00")), "never due");
});

test("urgency follows the browser's time, without waiting for the server", () => {
  assert.equal(urgencyOf(clock(), at("11:00:00")), "running");
  assert.equal(urgencyOf(clock(), at("11:50:00")), "soon");
  assert.equal(urgencyOf(clock(), at("12:00:00")), "breached");
  assert.equal(urgencyOf(clock({ state: "paused", due: null }), at("11:50:00")), "paused");
  assert.equal(urgencyOf(clock({ state: "paused", due: null, breached: true }), at("11:50:00")), "breached");
});
