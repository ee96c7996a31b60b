// Two maps as one, so that both can be drawn in the same places. Pure.
import type { Activity, Boundary, Edge, ProcessMap } from "../contract";
import { nodeId, pathsOf, type Reduced } from "../graph/reduce";

function merged<T extends { count: number }>(a: T[], b: T[], key: (one: T) => string): T[] {
  const all = new Map(a.map((one) => [key(one), one]));
  for (const one of b) {
    const other = all.get(key(one));
    all.set(key(one), other ? { ...one, count: one.count + other.count } : one);
  }
  return [...all.values()];
}

/// Counts are those of both; whatever else an entry tells is of one of them and not to be shown.
export function unionOf(a: ProcessMap, b: ProcessMap): ProcessMap {
  const name = (one: Activity | Boundary): string => one.name;
  return {
    process: a.process,
    as_of: a.as_of,
    activities: merged(a.activities, b.activities, name),
    edges: merged(a.edges, b.edges, (edge: Edge) => JSON.stringify([edge.from, edge.to])),
    start: merged(a.start, b.start, name),
    end: merged(a.end, b.end, name),
  };
}

/// What of a drawn union one of its maps has, with that map's own figures.
export function restricted(union: Reduced, map: ProcessMap): Reduced {
  const activities = new Map(map.activities.map((one) => [nodeId(one.name), one]));
  const paths = new Map(pathsOf(map).map((path) => [path.id, path]));
  return {
    ...union,
    nodes: union.nodes.flatMap((node) => {
      if (!node.activity) return [node];
      const activity = activities.get(node.id);
      return activity ? [{ id: node.id, activity }] : [];
    }),
    paths: union.paths.flatMap((path) => paths.get(path.id) ?? []),
  };
}
