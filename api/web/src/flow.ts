// How a process went over time, as bars of equal width. Pure.
import type { Flow, Kpis } from "./contract";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export interface Series {
  stepMs: number;
  flows: Flow[];
}

/// The server leaves out hours and days in which nothing happened; here they are, with nothing in them.
export function withoutGaps(flows: Flow[], stepMs: number, most: number): Flow[] {
  const first = flows[0];
  const last = flows[flows.length - 1];
  if (!first || !last) return [];
  const known = new Map(flows.map((flow) => [Date.parse(flow.from), flow]));
  const end = Date.parse(last.from);
  const begin = Math.max(Date.parse(first.from), end - (most - 1) * stepMs);
  const result: Flow[] = [];
  let inProgress = flows.filter((flow) => Date.parse(flow.from) < begin).at(-1)?.in_progress ?? 0;
  for (let at = begin; at <= end; at += stepMs) {
    const flow = known.get(at);
    inProgress = flow?.in_progress ?? inProgress;
    result.push(flow ?? { from: new Date(at).toISOString(), arrivals: 0, completions: 0, events: 0, in_progress: inProgress });
  }
  return result;
}

/// Hours where all of it lies within a few days, else days.
export function seriesOf(kpis: Kpis): Series {
  const span = kpis.first_event && kpis.last_event ? Date.parse(kpis.last_event) - Date.parse(kpis.first_event) : 0;
  return span <= 3 * dayMs ? { stepMs: hourMs, flows: withoutGaps(kpis.flow.hours, hourMs, 72) }
    : { stepMs: dayMs, flows: withoutGaps(kpis.flow.days, dayMs, 90) };
}
