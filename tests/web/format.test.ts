import assert from "node:assert/strict";
import { test } from "node:test";
import { age, bytes, count, counted, duration, isolated, momentOfField, localField, numerals, percent, shorten } from "../../api/web/src/format";

test("durations in two units at most, and never 60 of one", () => {
  const told = [0, 0.0004, 0.25, 0.9999, 5.25, 59.7, 60, 119.6, 3_599.9, 3_600, 90_000, 86_399, 864_000, 31_536_000, null, -90];
  assert.deepEqual(told.map(duration), ["0 s", "< 1 ms", "250 ms", "1 s", "5.3 s", "1 min", "1 min", "2 min", "1 h", "1 h",
    "1 d 1 h", "1 d", "10 d", "1 y", "–", "−1 min 30 s"]);
});

test("shares", () => {
  assert.deepEqual([0, 0.0004, 0.05, 0.052, 0.5, 1, null].map(percent), ["0 %", "< 0.1 %", "5 %", "5.2 %", "50 %", "100 %", "–"]);
});

test("counts stay exact up to five digits", () => {
  const english = numerals("en");
  assert.deepEqual([0, 99_999, 100_000, 1_234_567].map((value) => count(value, english)), ["0", "99,999", "100K", "1.2M"]);
});

test("ages and sizes", () => {
  assert.deepEqual([0, 1_400, 8_000, 200_000].map((ms) => age(0, ms)), ["just now", "just now", "8 s ago", "3 min ago"]);
  assert.deepEqual([0, 999, 1_500, 123_456_789].map(bytes), ["0 bytes", "999 bytes", "1.5 KB", "123 MB"]);
});

test("a moment survives its field", () => {
  const moment = "2026-07-01T12:30:00.000Z";
  assert.equal(momentOfField(localField(moment)), moment);
  assert.equal(momentOfField(""), undefined);
  assert.equal(localField("nonsense"), "");
});

test("long names keep both ends", () => {
  assert.equal(shorten("short", 10), "short");
  assert.equal(shorten("Send invoice to customer again", 16).length, 16);
  assert.match(shorten("Send invoice to customer again", 16), /^Send.*again$/);
  assert.equal(shorten("🎉🎉🎉🎉🎉🎉", 4), "🎉🎉…🎉");
});

test("one case is no cases", () => {
  const english = numerals("en");
  assert.deepEqual([0, 1, 2_000].map((value) => counted(value, "case", "cases", (one) => count(one, english))), ["0 cases", "1 case", "2,000 cases"]);
  assert.equal(counted(1, "activity", "activities"), "1 activity");
});

test("a name from right to left keeps to itself", () => {
  assert.equal(isolated("ship"), "ship");
  assert.equal(isolated("شحن"), "\u2068شحن\u2069");
});
