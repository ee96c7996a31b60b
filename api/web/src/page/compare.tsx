// Two periods beside each other: figures with their difference, and two maps that stand in the same places.
import { useEffect, useMemo, useRef } from "preact/hooks";
import { queryOf } from "../address";
import type { Kpis, ProcessMap } from "../contract";
import { count, duration, localField, momentOfField, percent, when } from "../format";
import { reduce } from "../graph/reduce";
import { LayoutClient } from "../graph/layout_client";
import { useLive } from "../live/live";
import { ProcessMapPicture } from "../map/process_map";
import { go, place } from "../place";
import { useAsked } from "./asking";
import { Empty, Trouble, Waiting } from "./state_of";
import { palette } from "./theme";
import { restricted, unionOf } from "./union";

const everything = new URLSearchParams();
interface Period { from: string; to: string }

/// Halves of what there is, until somebody chooses.
function periodsOf(whole: Kpis): { earlier: Period; later: Period } | null {
  if (!whole.first_event || !whole.last_event) return null;
  const begin = Date.parse(whole.first_event);
  const end = Date.parse(whole.last_event) + 1000;
  const text = (at: number): string => new Date(at).toISOString();
  const middle = (begin + end) / 2;
  const { filter, against } = place.value;
  return {
    earlier: against ?? { from: text(begin), to: text(middle) },
    later: { from: filter.from ?? text(middle), to: filter.to ?? text(end) },
  };
}

function figuresOf(kpis: Kpis): [name: string, value: number | null, told: (value: number | null) => string, better: "less" | "more" | ""][] {
  const told = (value: number | null): string => (value === null ? "–" : count(value));
  return [
    ["Cases", kpis.cases, told, ""],
    ["Events", kpis.events, told, ""],
    ["Variants", kpis.variants, told, ""],
    ["Cycle time, median", kpis.cycle_time_s.p50, duration, "less"],
    ["Cycle time, 90th percentile", kpis.cycle_time_s.p90, duration, "less"],
    ["Waiting, median", kpis.waiting_time_s.p50, duration, "less"],
    ["Flow efficiency", kpis.flow_efficiency, percent, "more"],
    ["Cases with rework", kpis.cases > 0 ? kpis.rework_cases / kpis.cases : null, percent, "less"],
  ];
}

function change(before: number | null, after: number | null): string {
  if (before === null || after === null) return "–";
  if (before === after) return "same";
  if (before === 0) return "new";
  const share = (after - before) / before;
  return `${share > 0 ? "+" : "−"}${percent(Math.abs(share))}`;
}

function Figures({ earlier, later }: { earlier: Kpis; later: Kpis }) {
  const after = figuresOf(later);
  return (
    <table class="figures">
      <caption class="hidden">Figures of both periods</caption>
      <thead><tr><th scope="col">Figure</th><th scope="col" class="num">Earlier</th><th scope="col" class="num">Later</th><th scope="col" class="num">Change</th></tr></thead>
      <tbody>
        {figuresOf(earlier).map(([name, value, told, better], at) => {
          const then = after[at]![1];
          const up = value !== null && then !== null && then !== value ? then > value : null;
          const verdict = up === null || better === "" ? "" : up === (better === "more") ? "better" : "worse";
          return <tr key={name}><th scope="row">{name}</th><td class="num">{told(value)}</td><td class="num">{told(then)}</td><td class={`num change ${verdict}`}>{change(value, then)}{verdict && <span class="hint"> {verdict}</span>}</td></tr>;
        })}
      </tbody>
    </table>
  );
}

function PeriodForm({ name, period, onChoose }: { name: string; period: Period; onChoose: (period: Period) => void }) {
  const set = (member: "from" | "to") => (event: Event & { currentTarget: HTMLInputElement }): void => {
    const moment = momentOfField(event.currentTarget.value);
    if (moment) onChoose({ ...period, [member]: moment });
  };
  return (
    <fieldset class="row wrap period">
      <legend>{name}</legend>
      <label>from <input type="datetime-local" value={localField(period.from)} onChange={set("from")} /></label>
      <label>to <input type="datetime-local" value={localField(period.to)} onChange={set("to")} /></label>
    </fieldset>
  );
}

function Maps({ earlier, later, periods }: { earlier: ProcessMap; later: ProcessMap; periods: { earlier: Period; later: Period } }) {
  const { metric, second, activities, paths } = place.value;
  const client = useMemo(() => new LayoutClient(), []);
  useEffect(() => () => client.stop(), []);
  const union = useMemo(() => reduce(unionOf(earlier, later), { ...(activities !== undefined ? { activities } : {}), ...(paths !== undefined ? { paths } : {}) }), [earlier, later, activities, paths]);
  return (
    <div class="pair">
      {([["Earlier", earlier, periods.earlier], ["Later", later, periods.later]] as const).map(([name, map, period]) => (
        <section class="panel map-panel" key={name} aria-label={`${name} map`}>
          <header class="panel-head"><h2>{name}</h2><span class="panel-note">{when(period.from)} – {when(period.to)}</span></header>
          {map.activities.length === 0 ? <Empty title="No case in this period" />
            : <ProcessMapPicture reduced={restricted(union, map)} metric={metric} second={second} palette={palette.value} label={`${name} map`} selected={null} onSelect={() => {}} client={client} whole={union} />}
        </section>
      ))}
    </div>
  );
}

function usePeriod(period: Period | null): { kpis: ReturnType<typeof useAsked<Kpis>>; map: ReturnType<typeof useAsked<ProcessMap>> } {
  const { process, filter } = place.value;
  const query = period && process ? queryOf({ ...filter, ...period }) : null;
  return {
    kpis: useAsked<Kpis>(query && `/v1/processes/${process}/kpis?${query}`, true),
    map: useAsked<ProcessMap>(query && `/v1/processes/${process}/map?${query}`, true),
  };
}

/// As they were when events came first: what a live process goes on to tell does not move the halves under the reader.
function useFirst(kpis: Kpis | null, process: string): Kpis | null {
  const first = useRef<{ process: string; kpis: Kpis | null }>({ process, kpis });
  if (first.current.process !== process || !first.current.kpis?.last_event) first.current = { process, kpis };
  return first.current.kpis;
}

export function Comparison() {
  const { process, filter } = place.value;
  const whole = useLive("kpis", process, everything);
  const first = useFirst(whole.data, process);
  const periods = first && periodsOf(first);
  const earlier = usePeriod(periods?.earlier ?? null);
  const later = usePeriod(periods?.later ?? null);
  if (!whole.data) return whole.problem ? <Trouble problem={whole.problem} /> : <Waiting />;
  if (!periods) return <Empty title="Nothing to compare">No event has come yet.</Empty>;
  const problem = earlier.kpis.problem ?? later.kpis.problem ?? earlier.map.problem ?? later.map.problem;
  return (
    <>
      <div class="row wrap periods">
        <PeriodForm name="Earlier" period={periods.earlier} onChoose={(against) => go({ against })} />
        <PeriodForm name="Later" period={periods.later} onChoose={({ from, to }) => go({ filter: { ...filter, from, to } })} />
      </div>
      {problem && <Trouble problem={problem} />}
      {earlier.kpis.data && later.kpis.data && <section class="panel" aria-label="Figures"><Figures earlier={earlier.kpis.data} later={later.kpis.data} /></section>}
      {earlier.map.data && later.map.data ? <Maps earlier={earlier.map.data} later={later.map.data} periods={periods} /> : !problem && <Waiting />}
    </>
  );
}
