// Which figure a map shows on its nodes and paths, and how deep each is coloured. Pure.
import type { Metric } from "../address";
import type { Activity, Edge } from "../contract";
import { count, duration } from "../format";
import { place } from "../graph/heat";
import type { Node, Path, Reduced } from "../graph/reduce";

export const metricWords: Record<Metric, string> = {
  count: "Frequency",
  cases: "Cases",
  p50: "Median time",
  mean: "Mean time",
  p90: "90th percentile",
  max: "Longest time",
  sum: "Total time",
};
export const isTime = (metric: Metric): boolean => metric !== "count" && metric !== "cases";

export function ofActivity(activity: Activity, metric: Metric): number | null {
  if (metric === "count") return activity.count;
  if (metric === "cases") return activity.cases;
  return activity.service_s[metric];
}

export function ofEdge(edge: Edge, metric: Metric): number | null {
  if (metric === "count") return edge.count;
  if (metric === "cases") return edge.cases;
  return edge.duration_s[metric];
}

export function told(value: number | null, metric: Metric): string {
  if (value === null) return "–";
  return isTime(metric) ? duration(value) : count(value);
}

/// The start's and the end's paths have no time; they count cases.
export function tellPath(path: Path, metric: Metric): string {
  if (path.edge) return told(ofEdge(path.edge, metric), metric);
  return isTime(metric) ? "" : count(path.count);
}

export interface Shades {
  node: (node: Node) => number;
  path: (path: Path) => number;
}

function range(values: (number | null)[]): [number, number] {
  const known = values.filter((value): value is number => value !== null);
  return known.length === 0 ? [0, 0] : [Math.min(...known), Math.max(...known)];
}

/// From 0 to 1, over what is drawn.
export function shadesOf(reduced: Reduced, metric: Metric): Shades {
  const nodeRange = range(reduced.nodes.map((node) => (node.activity ? ofActivity(node.activity, metric) : null)));
  const pathValue = (path: Path): number | null => (path.edge ? ofEdge(path.edge, metric) : isTime(metric) ? null : path.count);
  const pathRange = range(reduced.paths.map(pathValue));
  return {
    node: (node) => (node.activity ? place(ofActivity(node.activity, metric), ...nodeRange) : 0),
    path: (path) => place(pathValue(path), ...pathRange),
  };
}
