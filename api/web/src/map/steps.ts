// Walking over a map with the arrow keys: to the nearest node in that direction.
import type { Layout } from "../graph/layout";

const directions: Record<string, [number, number]> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

export function nearest(key: string, from: string, layout: Layout, takes: (id: string) => boolean): string | null {
  const direction = directions[key];
  const here = layout.nodes[from];
  if (!direction || !here) return null;
  let best: string | null = null;
  let least = Infinity;
  for (const [id, at] of Object.entries(layout.nodes)) {
    if (id === from || !takes(id)) continue;
    const along = (at.x - here.x) * direction[0] + (at.y - here.y) * direction[1];
    const aside = Math.abs((at.x - here.x) * direction[1]) + Math.abs((at.y - here.y) * direction[0]);
    if (along <= 1) continue;
    const distance = along + 2 * aside;
    if (distance < least) {
      least = distance;
      best = id;
    }
  }
  return best;
}
