// Where everything of a drawn map stands. The worker (layout_worker.ts) does the work; here are its words and the parts
// that need no worker. Layouts are compared with the one before, so that a map that changes does not jump.

export interface Point {
  x: number;
  y: number;
}

export interface Box {
  id: string;
  width: number;
  height: number;
}

export interface Link {
  id: string;
  from: string;
  to: string;
  /// The greater, the straighter and shorter.
  weight: number;
}

export interface Ask {
  number: number;
  boxes: Box[];
  links: Link[];
}

export interface Layout {
  number: number;
  nodes: Record<string, Point>; // centres
  paths: Record<string, Point[]>; // from border to border
  x: number; // the picture's left and upper border
  y: number;
  width: number;
  height: number;
}

/// Nodes in the order in which they stood, so that the layout keeps left on the left; new ones behind.
export function inOldOrder<T extends { id: string }>(items: T[], before: Layout | null): T[] {
  if (!before) return items;
  const place = (item: T): number => before.nodes[item.id]?.x ?? Number.MAX_SAFE_INTEGER;
  return [...items].sort((a, b) => place(a) - place(b));
}

/// By how much the nodes that both have moved on average: taken away, what stays stands still.
export function drift(before: Layout, after: Layout): Point {
  let x = 0;
  let y = 0;
  let shared = 0;
  for (const [id, then] of Object.entries(before.nodes)) {
    const now = after.nodes[id];
    if (!now) continue;
    x += now.x - then.x;
    y += now.y - then.y;
    shared += 1;
  }
  return shared === 0 ? { x: 0, y: 0 } : { x: x / shared, y: y / shared };
}

/// A polyline as `pieces` + 1 points at equal distances, so that two of them can be blended.
export function resample(points: Point[], pieces: number): Point[] {
  const lengths = [0];
  for (let at = 1; at < points.length; ++at) {
    const a = points[at - 1]!;
    const b = points[at]!;
    lengths.push(lengths[at - 1]! + Math.hypot(b.x - a.x, b.y - a.y));
  }
  const total = lengths[lengths.length - 1]!;
  const result: Point[] = [];
  let at = 1;
  for (let piece = 0; piece <= pieces; ++piece) {
    const wanted = (total * piece) / pieces;
    while (at < points.length - 1 && lengths[at]! < wanted) at += 1;
    const a = points[at - 1]!;
    const b = points[at] ?? a;
    const span = (lengths[at] ?? 0) - lengths[at - 1]!;
    const share = span > 0 ? (wanted - lengths[at - 1]!) / span : 0;
    result.push({ x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share });
  }
  return result;
}

const blendPoint = (a: Point, b: Point, share: number): Point =>
  ({ x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share });

const pieces = 12;

/// Between two layouts; what only the later one has stands there at once.
export function blend(before: Layout, after: Layout, share: number): Layout {
  if (share >= 1) return after;
  const nodes: Record<string, Point> = {};
  for (const [id, now] of Object.entries(after.nodes)) {
    const then = before.nodes[id];
    nodes[id] = then ? blendPoint(then, now, share) : now;
  }
  const paths: Record<string, Point[]> = {};
  for (const [id, now] of Object.entries(after.paths)) {
    const then = before.paths[id];
    if (!then) {
      paths[id] = now;
      continue;
    }
    const from = resample(then, pieces);
    const to = resample(now, pieces);
    paths[id] = to.map((point, at) => blendPoint(from[at]!, point, share));
  }
  const corner = blendPoint(before, after, share);
  const size = blendPoint({ x: before.width, y: before.height }, { x: after.width, y: after.height }, share);
  return { ...after, nodes, paths, ...corner, width: size.x, height: size.y };
}
