// From points to what an SVG path draws. Pure.
import type { Point } from "./layout";

const number = (value: number): string => String(Math.round(value * 10) / 10);
const at = (point: Point): string => `${number(point.x)},${number(point.y)}`;

/// A cubic B-spline that begins and ends in the outer points: smooth, and never outside the hull of the points.
export function curve(points: Point[]): string {
  const first = points[0];
  if (!first) return "";
  if (points.length < 3) return `M${at(first)}L${at(points[points.length - 1]!)}`;
  const padded = [first, first, ...points.slice(1), points[points.length - 1]!, points[points.length - 1]!];
  let text = `M${at(first)}`;
  for (let i = 1; i + 2 < padded.length; ++i) {
    const [p, q, r] = [padded[i]!, padded[i + 1]!, padded[i + 2]!];
    const one = { x: (2 * p.x + q.x) / 3, y: (2 * p.y + q.y) / 3 };
    const two = { x: (p.x + 2 * q.x) / 3, y: (p.y + 2 * q.y) / 3 };
    const end = i + 3 === padded.length ? r : { x: (p.x + 4 * q.x + r.x) / 6, y: (p.y + 4 * q.y + r.y) / 6 };
    text += `C${at(one)} ${at(two)} ${at(end)}`;
  }
  return text;
}

/// The corners of an arrow's head whose tip is the last point.
function head(points: Point[], size: number): [Point, Point, Point] | null {
  const end = points[points.length - 1];
  if (!end) return null;
  let from = points[points.length - 2] ?? end;
  for (let i = points.length - 2; i >= 0; --i) {
    from = points[i]!;
    if (Math.hypot(end.x - from.x, end.y - from.y) >= 1) break;
  }
  const length = Math.hypot(end.x - from.x, end.y - from.y) || 1;
  const ux = (end.x - from.x) / length;
  const uy = (end.y - from.y) / length;
  const base = { x: end.x - ux * size, y: end.y - uy * size };
  const half = size * 0.45;
  return [{ x: base.x - uy * half, y: base.y + ux * half }, end, { x: base.x + uy * half, y: base.y - ux * half }];
}

/// A head to be filled.
export function arrow(points: Point[], size: number): string {
  const corners = head(points, size);
  return corners ? `M${corners.map(at).join("L")}Z` : "";
}

/// A head of two strokes, to be drawn along with its line.
export function tip(points: Point[], size: number): string {
  const corners = head(points, size);
  return corners ? `M${corners.map(at).join("L")}` : "";
}

/// Where a label stands: half way along.
export function midpoint(points: Point[]): Point {
  const lengths: number[] = [];
  let total = 0;
  for (let i = 1; i < points.length; ++i) {
    total += Math.hypot(points[i]!.x - points[i - 1]!.x, points[i]!.y - points[i - 1]!.y);
    lengths.push(total);
  }
  const half = total / 2;
  const i = Math.max(0, lengths.findIndex((length) => length >= half));
  const a = points[i] ?? { x: 0, y: 0 };
  const b = points[i + 1] ?? a;
  const before = i === 0 ? 0 : lengths[i - 1]!;
  const span = (lengths[i] ?? 0) - before;
  const share = span > 0 ? (half - before) / span : 0;
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
}
