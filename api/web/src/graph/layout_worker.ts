// Lays maps out, off the main thread. The one door to dagre.
import { Graph, layout } from "@dagrejs/dagre";
import { straighten } from "./bundle";
import type { Ask, Layout, Link, Point } from "./layout";

/// Beyond so many links the heaviest alone decide where nodes stand, and the rest is drawn between them: the time of the
/// layered method grows too fast with links (dagrejs/dagre #315).
const linksRankedMax = 320;

function ranked(links: Link[]): { ranked: Link[]; rest: Link[] } {
  if (links.length <= linksRankedMax) return { ranked: links, rest: [] };
  const heaviest = new Set([...links].sort((a, b) => b.weight - a.weight).slice(0, linksRankedMax));
  return { ranked: links.filter((link) => heaviest.has(link)), rest: links.filter((link) => !heaviest.has(link)) };
}

function layOut(ask: Ask): Layout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: 30, ranksep: 26, edgesep: 20, marginx: 24, marginy: 24 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const box of ask.boxes) graph.setNode(box.id, { width: box.width, height: box.height });
  const { ranked: first, rest } = ranked(ask.links);
  for (const link of first) {
    graph.setEdge(link.from, link.to, { weight: link.weight, width: 50, height: 16, labelpos: "c" }, link.id);
  }
  layout(graph);
  const nodes: Record<string, Point> = {};
  for (const id of graph.nodes()) {
    const { x, y } = graph.node(id) as Point;
    nodes[id] = { x, y };
  }
  const paths: Record<string, Point[]> = {};
  for (const edge of graph.edges()) paths[edge.name!] = (graph.edge(edge) as { points: Point[] }).points;
  const sizes = new Map(ask.boxes.map((box) => [box.id, box]));
  for (const link of [...rest, ...first.filter((one) => one.from === one.to)]) paths[link.id] = straighten(link, nodes, sizes);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return { number: ask.number, nodes, paths, x: 0, y: 0, width, height };
}

self.onmessage = (event: MessageEvent<Ask>) => {
  self.postMessage(layOut(event.data));
};
