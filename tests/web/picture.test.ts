import assert from "node:assert/strict";
import { test } from "node:test";
import type { Flow } from "../../api/web/src/contract";
import { withoutGaps } from "../../api/web/src/flow";
import { arrow, curve, midpoint, tip } from "../../api/web/src/graph/curve";
import { cell, csv, drawable } from "../../api/web/src/graph/export";
import { colour, contrast, dark, inkOn, light, luminance, place } from "../../api/web/src/graph/heat";
import { blend, drift, inOldOrder, type Layout, resample } from "../../api/web/src/graph/layout";
import { nearest } from "../../api/web/src/map/steps";
import { entire } from "../../api/web/src/map/viewport";

const layout = (nodes: Record<string, [number, number]>): Layout => ({
  number: 1, x: 0, y: 0, width: 100, height: 100, paths: {},
  nodes: Object.fromEntries(Object.entries(nodes).map(([id, [x, y]]) => [id, { x, y }])),
});

test("heat runs one way, so that it reads without colour, and text on it can be read", () => {
  for (const scale of [light.frequency, light.time, dark.frequency, dark.time]) {
    const steps = Array.from({ length: 21 }, (_, at) => colour(scale, at / 20));
    const lights = steps.map(luminance);
    const falling = lights[0]! > lights[20]!;
    for (let at = 1; at < lights.length; ++at) assert.equal(lights[at]! < lights[at - 1]!, falling, `step ${at} of ${scale}`);
    for (const ground of steps) assert.ok(contrast(ground, inkOn(ground)) >= 4.5, `text on ${ground}`);
  }
  for (const palette of [light, dark]) {
    assert.ok(contrast(palette.muted, palette.surface) >= 4.5 && contrast(palette.accent, palette.surface) >= 4.5);
  }
});

test("places on a scale", () => {
  assert.equal(place(null, 1, 10), 0);
  assert.equal(place(5, 5, 5), 1);
  assert.deepEqual([place(1, 1, 100), place(10, 1, 100), place(100, 1, 100)], [0, 0.5, 1]);
  assert.equal(place(0, 0, 9), 0);
});

test("a map that moves as a whole has drifted, and half way is half way", () => {
  const before = layout({ a: [0, 0], b: [10, 0] });
  const after = layout({ a: [4, 2], b: [14, 2], c: [50, 50] });
  assert.deepEqual(drift(before, after), { x: 4, y: 2 });
  assert.deepEqual(blend(before, after, 0.5).nodes, { a: { x: 2, y: 1 }, b: { x: 12, y: 1 }, c: { x: 50, y: 50 } });
  assert.equal(blend(before, after, 1), after);
});

test("what stood on the left is laid out first", () => {
  const before = layout({ a: [30, 0], b: [10, 0] });
  assert.deepEqual(inOldOrder([{ id: "a" }, { id: "n" }, { id: "b" }], before).map((one) => one.id), ["b", "a", "n"]);
});

test("lines", () => {
  const bend = [{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 10, y: 10 }];
  assert.deepEqual(resample(bend, 4), [{ x: 0, y: 0 }, { x: 5, y: 0 }, { x: 10, y: 0 }, { x: 10, y: 5 }, { x: 10, y: 10 }]);
  assert.deepEqual(midpoint(bend), { x: 10, y: 0 });
  assert.match(curve(bend), /^M0,0C.* 10,10$/);
  assert.equal(curve([]), "");
  assert.equal(arrow(bend, 4), "M8.2,6L10,10L11.8,6Z");
  assert.equal(`${tip(bend, 4)}Z`, arrow(bend, 4));
  assert.equal(tip([], 4), "");
});

test("arrow keys go to the nearest in their direction", () => {
  const map = layout({ a: [0, 0], b: [0, 50], c: [40, 60], start: [0, -40] });
  const takes = (id: string): boolean => id !== "start";
  assert.equal(nearest("ArrowDown", "a", map, takes), "b");
  assert.equal(nearest("ArrowRight", "b", map, takes), "c");
  assert.equal(nearest("ArrowUp", "a", map, takes), null);
  assert.equal(nearest("Tab", "a", map, takes), null);
});

test("hours in which nothing happened are there, with what was in progress", () => {
  const at = (hour: number, in_progress: number): Flow => ({ from: `2026-01-01T0${hour}:00:00Z`, arrivals: 1, completions: 0, events: 1, in_progress });
  const flows = withoutGaps([at(1, 4), at(4, 5)], 3_600_000, 10);
  assert.deepEqual(flows.map((flow) => [flow.events, flow.in_progress]), [[1, 4], [0, 4], [0, 4], [1, 5]]);
  assert.equal(withoutGaps([at(1, 4), at(4, 5)], 3_600_000, 2)[0]!.in_progress, 4);
  assert.deepEqual(withoutGaps([], 3_600_000, 10), []);
});

test("all of a map fits into its window", () => {
  const picture = { x: -50, y: 10, width: 3_000, height: 1_000 };
  const { x, y, k } = entire(picture, { width: 400, height: 300 });
  assert.ok(picture.width * k <= 400 && picture.height * k <= 300);
  assert.ok(Math.abs((picture.x + picture.width / 2) * k + x - 200) < 1e-9 && Math.abs((picture.y + picture.height / 2) * k + y - 150) < 1e-9);
});

test("a saved drawing holds what XML can", () => {
  assert.equal(drawable("a\u0001b\tc\n🎉"), "a\ufffdb\tc\n🎉");
});

test("no cell of a table is a formula", () => {
  assert.deepEqual(["=1+1", "@x", "a,b", 'say "x"', "plain", -5, null].map(cell), ["'=1+1", "'@x", '"a,b"', '"say ""x"""', "plain", "-5", ""]);
  assert.equal(csv(["a"], [["b"]]), "a\r\nb\r\n");
});
