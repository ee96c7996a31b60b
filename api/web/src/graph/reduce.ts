// Which part of a map is drawn: the most frequent activities and paths, and whatever else is needed so that every drawn
// activity still lies on a way from start to end (reference process-mining B7). Pure and deterministic.
import type { Activity, Edge, ProcessMap } from "../contract";
import { widestTree } from "./widest";

/// Ids are made so that no activity can be taken for the start or the end.
export const START = "start";
export const END = "end";
export const nodeId = (activity: string): string => `a:${activity}`;
export const pathId = (from: string, to: string): string => JSON.stringify([from, to]);

export interface Node {
  id: string;
  activity?: Activity;
}

export interface Path {
  id: string;
  from: string;
  to: string;
  count: number;
  edge?: Edge; // none: from the start or to the end
}

export interface Reduced {
  nodes: Node[];
  paths: Path[];
  /// The most frequent way to and from each node: what holds the picture together.
  backbone: Set<string>;
  of: { activities: number; paths: number };
}

export interface Sliders {
  activities?: number; // shares from 0 to 1; undefined: chosen here
  paths?: number;
}

export const pathsMax = 60;
/// So many activities and paths are drawn whatever they weigh; beyond, only until they cover this share of all.
const plain = { activities: 15, paths: 20 };
const covered = { activities: 0.97, paths: 0.85 };
const activitiesMax = 24;
/// What was drawn stays drawn until another is clearly ahead of it: a live map must not flicker.
const loyalty = 1.15;

export function pathsOf(map: ProcessMap): Path[] {
  const path = (from: string, to: string, count: number): Path => ({ id: pathId(from, to), from, to, count });
  return [
    ...map.start.map((one) => path(START, nodeId(one.name), one.count)),
    ...map.edges.map((edge) => ({ ...path(nodeId(edge.from), nodeId(edge.to), edge.count), edge })),
    ...map.end.map((one) => path(nodeId(one.name), END, one.count)),
  ];
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function byWeight(paths: Path[], drawn: ReadonlySet<string>): Path[] {
  const weight = (path: Path): number => path.count * (drawn.has(path.id) ? loyalty : 1);
  return [...paths].sort((a, b) => weight(b) - weight(a) || compareTexts(a.id, b.id));
}

interface Trees {
  before: Map<string, Path>; // the last path of the widest way from the start
  after: Map<string, Path>; // the first path of the widest way to the end
}

/// The nodes wanted, and those on their widest ways; with the paths of these ways.
function connected(wanted: string[], trees: Trees): { nodes: Set<string>; backbone: Set<string> } {
  const nodes = new Set<string>([START, END]);
  const backbone = new Set<string>();
  for (const [tree, next] of [[trees.before, "from"], [trees.after, "to"]] as const) {
    for (const node of wanted) {
      nodes.add(node);
      for (let path = tree.get(node); path && !backbone.has(path.id); path = tree.get(path[next])) {
        backbone.add(path.id);
        nodes.add(path[next]);
      }
    }
  }
  return { nodes, backbone };
}

/// A node that came in only by the way of another needs ways of its own.
function closed(wanted: string[], trees: Trees): { nodes: Set<string>; backbone: Set<string> } {
  let found = connected(wanted, trees);
  for (;;) {
    const grown = connected([...found.nodes].filter((node) => node !== START && node !== END), trees);
    if (grown.nodes.size === found.nodes.size) return grown;
    found = grown;
  }
}

/// How many activities, most frequent first, are worth drawing.
function worthDrawing(counts: number[]): number {
  const total = counts.reduce((sum, one) => sum + one, 0);
  let weight = 0;
  const enough = counts.findIndex((one, at) => (weight += one) >= covered.activities * total && at + 1 >= plain.activities);
  return Math.min(activitiesMax, enough < 0 ? counts.length : enough + 1);
}

function chooseNodes(ordered: Activity[], trees: Trees, share: number | undefined): ReturnType<typeof closed> {
  const ids = ordered.map((one) => nodeId(one.name));
  if (share !== undefined) return closed(ids.slice(0, Math.max(1, Math.ceil(share * ids.length))), trees);
  for (let kept = worthDrawing(ordered.map((one) => one.count)); ; --kept) {
    const chosen = closed(ids.slice(0, kept), trees);
    if (kept <= 1 || chosen.backbone.size <= pathsMax) return chosen;
  }
}

function choosePaths(paths: Path[], backbone: Set<string>, share: number | undefined): Path[] {
  if (share !== undefined) {
    const most = paths.length === 0 ? 0 : Math.ceil(share * (paths.length - 1)) + (share > 0 ? 1 : 0);
    return paths.filter((path, at) => at < most || backbone.has(path.id));
  }
  const total = paths.reduce((sum, path) => sum + path.count, 0);
  let room = pathsMax - backbone.size;
  let drawn = backbone.size;
  let weight = paths.reduce((sum, path) => sum + (backbone.has(path.id) ? path.count : 0), 0);
  return paths.filter((path) => {
    if (backbone.has(path.id)) return true;
    if (room <= 0 || (drawn >= plain.paths && weight >= covered.paths * total)) return false;
    room -= 1;
    drawn += 1;
    weight += path.count;
    return true;
  });
}

/// `drawn`: ids of the paths that are on the screen now. O(E log E).
export function reduce(map: ProcessMap, sliders: Sliders = {}, drawn: ReadonlySet<string> = new Set()): Reduced {
  const paths = pathsOf(map);
  const trees: Trees = { before: widestTree(paths, START, "from"), after: widestTree(paths, END, "to") };
  const activities = new Map(map.activities.map((one) => [nodeId(one.name), one]));
  const ordered = [...activities.values()].sort((a, b) => b.count - a.count || compareTexts(a.name, b.name));
  const { nodes, backbone } = ordered.length > 0 ? chooseNodes(ordered, trees, sliders.activities)
    : { nodes: new Set<string>(), backbone: new Set<string>() };
  const inside = paths.filter((path) => nodes.has(path.from) && nodes.has(path.to));
  return {
    nodes: [...nodes].map((id) => {
      const activity = activities.get(id);
      return activity ? { id, activity } : { id };
    }),
    paths: choosePaths(byWeight(inside, drawn), backbone, sliders.paths),
    backbone,
    of: { activities: activities.size, paths: paths.length },
  };
}
