// Paths that the layered layout did not place: drawn as one bow between their nodes.
import type { Box, Link, Point } from "./layout";

/// Where the line from the middle of a box towards `to` leaves it.
export function border(centre: Point, box: Box, to: Point): Point {
  const dx = to.x - centre.x;
  const dy = to.y - centre.y;
  if (dx === 0 && dy === 0) return { x: centre.x, y: centre.y + box.height / 2 };
  const reach = Math.min(box.width / 2 / Math.abs(dx || 1e-9), box.height / 2 / Math.abs(dy || 1e-9));
  return { x: centre.x + dx * reach, y: centre.y + dy * reach };
}

export function straighten(link: Link, nodes: Record<string, Point>, boxes: Map<string, Box>): Point[] {
  const a = nodes[link.from]!;
  const b = nodes[link.to]!;
  const boxA = boxes.get(link.from)!;
  const boxB = boxes.get(link.to)!;
  if (link.from === link.to) {
    const x = a.x + boxA.width / 2;
    return [{ x, y: a.y - 9 }, { x: x + 22, y: a.y - 20 }, { x: x + 40, y: a.y }, { x: x + 22, y: a.y + 20 }, { x, y: a.y + 9 }];
  }
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const bow = Math.min(60, length * 0.16);
  const middle = { x: (a.x + b.x) / 2 - ((b.y - a.y) / length) * bow, y: (a.y + b.y) / 2 + ((b.x - a.x) / length) * bow };
  return [border(a, boxA, middle), middle, border(b, boxB, middle)];
}
