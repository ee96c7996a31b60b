// The way from one node to every other whose narrowest path is as wide (frequent) as can be: Dijkstra's search with
// "least of the counts" in place of the sum of lengths.

interface Link {
  from: string;
  to: string;
  count: number;
}

/// Greatest first.
class Heap<T> {
  private readonly items: { weight: number; value: T }[] = [];

  push(weight: number, value: T): void {
    const items = this.items;
    let at = items.push({ weight, value }) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (items[above]!.weight >= items[at]!.weight) return;
      [items[above], items[at]] = [items[at]!, items[above]!];
      at = above;
    }
  }

  pop(): T | undefined {
    const items = this.items;
    const top = items[0];
    const last = items.pop();
    if (!top || !last || items.length === 0) return top?.value;
    items[0] = last;
    for (let at = 0; ;) {
      let best = at;
      for (const below of [2 * at + 1, 2 * at + 2]) {
        if (below < items.length && items[below]!.weight > items[best]!.weight) best = below;
      }
      if (best === at) return top.value;
      [items[best], items[at]] = [items[at]!, items[best]!];
      at = best;
    }
  }
}

/// For every node that can be reached from `root` (`side` "from": along the links; "to": against them) the link by which
/// the widest way arrives. Among equals the link that stands first wins. O(E log E).
export function widestTree<L extends Link>(links: L[], root: string, side: "from" | "to"): Map<string, L> {
  const other = side === "from" ? "to" : "from";
  const leaving = new Map<string, L[]>();
  for (const link of links) {
    if (link.from === link.to) continue;
    const list = leaving.get(link[side]);
    if (list) list.push(link);
    else leaving.set(link[side], [link]);
  }
  const arrivals = new Map<string, L>();
  const width = new Map<string, number>([[root, Infinity]]);
  const settled = new Set<string>();
  const open = new Heap<string>();
  open.push(Infinity, root);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (settled.has(node)) continue;
    settled.add(node);
    for (const link of leaving.get(node) ?? []) {
      const next = link[other];
      const reach = Math.min(width.get(node)!, link.count);
      if (settled.has(next) || reach <= (width.get(next) ?? -1)) continue;
      width.set(next, reach);
      arrivals.set(next, link);
      open.push(reach, next);
    }
  }
  return arrivals;
}
