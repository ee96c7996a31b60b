// All figures of what is selected on the map, and where one can go from it.
import type { Durations, ProcessMap } from "../contract";
import { duration, isolated, percent, whole } from "../format";
import { type Reduced } from "../graph/reduce";
import { Icon } from "../page/icons";
import { place, refine } from "../place";
import type { Selected } from "./process_map";

type Line = [name: string, value: string];

const times = (name: string, of: Durations): Line[] => of.p50 === null ? [] : [
  [`${name}, median`, duration(of.p50)],
  ["mean", duration(of.mean)],
  ["9 of 10 within", duration(of.p90)],
  ["least – most", `${duration(of.min)} – ${duration(of.max)}`],
];

function linesOf(reduced: Reduced, map: ProcessMap, selected: Selected): { title: string; lines: Line[]; activity?: string } | null {
  if (selected.kind === "activity") {
    const activity = reduced.nodes.find((node) => node.id === selected.id)?.activity;
    if (!activity) return null;
    const starts = map.start.find((one) => one.name === activity.name)?.count ?? 0;
    const ends = map.end.find((one) => one.name === activity.name)?.count ?? 0;
    return {
      title: activity.name,
      activity: activity.name,
      lines: [["Events", whole(activity.count)], ["Cases", whole(activity.cases)],
        ["Cases that repeat it", `${whole(activity.rework_cases)} (${percent(activity.rework_cases / Math.max(1, activity.cases))})`],
        ["Starts / ends cases", `${whole(starts)} / ${whole(ends)}`],
        ...(activity.service_s.max ? times("Service", activity.service_s) : []), ...times("Waiting before", activity.waiting_s)],
    };
  }
  const path = reduced.paths.find((one) => one.id === selected.id);
  if (!path) return null;
  if (!path.edge) return { title: path.from === "start" ? "First of a case" : "Last of a case", lines: [["Cases", whole(path.count)]] };
  const { edge } = path;
  return {
    title: `${isolated(edge.from)} → ${isolated(edge.to)}`,
    lines: [["Times taken", whole(edge.count)], ["Cases", whole(edge.cases)], ...times("Time between", edge.duration_s),
      ...(edge.overlaps > 0 ? [["Overlapping", whole(edge.overlaps)] as Line] : [])],
  };
}

export function Detail({ reduced, map, selected, onClose }: {
  reduced: Reduced; map: ProcessMap; selected: Selected; onClose: () => void;
}) {
  const found = linesOf(reduced, map, selected);
  if (!found) return null;
  const { activity } = found;
  const filtered = activity !== undefined && place.value.filter.activity.includes(activity);
  return (
    <aside class="detail" aria-label={`Figures of ${found.title}`}>
      <header>
        <h3>{found.title}</h3>
        <button type="button" class="plain" aria-label="Close" onClick={onClose}><Icon name="close" /></button>
      </header>
      <dl>{found.lines.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      {activity !== undefined && (
        <button type="button" disabled={filtered} onClick={() => refine({ activity: [...place.value.filter.activity, activity] })}>
          Only cases with this
        </button>
      )}
    </aside>
  );
}
