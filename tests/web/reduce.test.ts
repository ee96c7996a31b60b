import assert from "node:assert/strict";
import { test } from "node:test";
import type { Activity, Durations, ProcessMap } from "../../api/web/src/contract";
import { END, nodeId, pathsMax, reduce, type Reduced, START } from "../../api/web/src/graph/reduce";

const none: Durations = { mean: null, min: null, max: null, sum: null, stdev: null, p50: null, p90: null, p95: null, p99: null };
const activity = (name: string, count: number): Activity =>
  ({ name, count, cases: count, rework_cases: 0, self_loops: 0, service_s: none, waiting_s: none, sojourn_s: none });

/// The map of these traces, each taken so many times.
function mapOf(traces: [string[], number][]): ProcessMap {
  const counts = new Map<string, number>();
  const add = (kind: string, names: string[], by: number): void => {
    const key = JSON.stringify([kind, ...names]);
    counts.set(key, (counts.get(key) ?? 0) + by);
  };
  for (const [trace, times] of traces) {
    add("start", [trace[0]!], times);
    add("end", [trace.at(-1)!], times);
    trace.forEach((name, at) => {
      add("activity", [name], times);
      if (at > 0) add("edge", [trace[at - 1]!, name], times);
    });
  }
  const of = (kind: string): [string[], number][] => [...counts].map(([key, value]) => [JSON.parse(key) as string[], value] as const)
    .filter(([key]) => key[0] === kind).map(([key, value]) => [key.slice(1), value]);
  return {
    process: "p", as_of: "",
    activities: of("activity").map(([[name], value]) => activity(name!, value)),
    edges: of("edge").map(([[from, to], value]) => ({ from: from!, to: to!, count: value, cases: value, overlaps: 0, duration_s: none })),
    start: of("start").map(([[name], value]) => ({ name: name!, count: value })),
    end: of("end").map(([[name], value]) => ({ name: name!, count: value })),
  };
}

/// Deterministic noise.
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * sides);
  };
}

function wild(seed: number, activities: number, traces: number): ProcessMap {
  const roll = dice(seed);
  return mapOf(Array.from({ length: traces }, () =>
    [Array.from({ length: 1 + roll(12) }, () => `a${Math.min(roll(activities), roll(activities))}`), 1 + roll(50)]));
}

/// Every drawn node lies on a drawn way from start to end.
function assertConnected(reduced: Reduced): void {
  for (const [root, side, other] of [[START, "from", "to"], [END, "to", "from"]] as const) {
    const seen = new Set([root]);
    for (let grown = true; grown;) {
      grown = false;
      for (const path of reduced.paths) {
        if (!seen.has(path[side]) || seen.has(path[other])) continue;
        seen.add(path[other]);
        grown = true;
      }
    }
    for (const node of reduced.nodes) assert.ok(seen.has(node.id), `${node.id} cannot be reached ${side} ${root}`);
  }
}

test("a small process is drawn whole", () => {
  const map = mapOf([[["a", "b", "c"], 5], [["a", "c"], 1]]);
  const reduced = reduce(map);
  assert.equal(reduced.paths.length, 5);
  assert.deepEqual(new Set(reduced.nodes.map((node) => node.id)), new Set([START, END, nodeId("a"), nodeId("b"), nodeId("c")]));
});

test("at most 60 paths by default, and every node connected", () => {
  for (let seed = 1; seed <= 40; ++seed) {
    const reduced = reduce(wild(seed, 4 + seed * 5, 300));
    assert.ok(reduced.paths.length <= pathsMax, `${reduced.paths.length} paths of seed ${seed}`);
    assert.ok(reduced.nodes.length >= 3);
    assertConnected(reduced);
  }
});

test("at every place of the sliders every node is connected", () => {
  const map = wild(7, 60, 400);
  for (const activities of [0, 0.1, 0.5, 1]) {
    for (const paths of [0, 0.05, 0.4, 1]) assertConnected(reduce(map, { activities, paths }));
  }
});

test("sliders at their ends", () => {
  const map = wild(3, 30, 200);
  const all = reduce(map, { activities: 1, paths: 1 });
  assert.equal(all.nodes.length, map.activities.length + 2);
  assert.equal(all.paths.length, map.edges.length + map.start.length + map.end.length);
  const least = reduce(map, { activities: 0, paths: 0 });
  assert.ok(least.nodes.length < all.nodes.length && least.paths.length === least.backbone.size);
});

test("activities called start and end are activities", () => {
  const reduced = reduce(mapOf([[["start", "end"], 3]]));
  assert.equal(reduced.nodes.length, 4);
  assertConnected(reduced);
});

test("a count that passes another by little changes nothing that is drawn", () => {
  const map = wild(11, 40, 300);
  const before = reduce(map);
  const drawn = new Set(before.paths.map((path) => path.id));
  const moved = { ...map, edges: map.edges.map((edge, at) => ({ ...edge, count: edge.count + (at % 2 ? 1 : 0) })) };
  const kept = reduce(moved, {}, drawn).paths.filter((path) => drawn.has(path.id)).length;
  const loose = reduce(moved).paths.filter((path) => drawn.has(path.id)).length;
  assert.ok(kept >= loose && kept >= before.paths.length - 2, `${kept} of ${before.paths.length} stay, ${loose} without`);
});

test("nothing is drawn of nothing", () => {
  assert.deepEqual(reduce(mapOf([])).nodes, []);
});
