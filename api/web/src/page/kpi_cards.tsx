// The figures of the process, each with how it went lately.
import type { Kpis } from "../contract";
import { seriesOf } from "../flow";
import { count, counted, duration, percent } from "../format";
import { Sparkline } from "./sparkline";

interface Card {
  name: string;
  figure: string;
  more: string;
  values?: number[];
  help: string;
}

export function cardsOf(kpis: Kpis): Card[] {
  const { flows, stepMs } = seriesOf(kpis);
  const each = stepMs < 86_400_000 ? "hour" : "day";
  const rework = kpis.cases > 0 ? kpis.rework_cases / kpis.cases : null;
  const worked = (kpis.busy_time_s.max ?? 0) > 0;
  return [
    {
      name: "Cases", figure: count(kpis.cases), more: counted(kpis.variants, "variant"),
      values: flows.map((flow) => flow.arrivals), help: `Line: new cases per ${each}`,
    },
    {
      name: "In progress", figure: count(kpis.running),
      more: kpis.open_included ? "no completion policy" : `${count(kpis.completed)} completed`,
      values: flows.map((flow) => flow.in_progress), help: `Line: cases in progress at the end of each ${each}`,
    },
    {
      name: "Events", figure: count(kpis.events), more: counted(kpis.activities, "activity", "activities"),
      values: flows.map((flow) => flow.events), help: `Line: events per ${each}`,
    },
    {
      name: "Median cycle time", figure: duration(kpis.cycle_time_s.p50),
      more: `9 of 10 within ${duration(kpis.cycle_time_s.p90)}`,
      help: kpis.open_included ? "From first to last event; open cases included" : "From first to last event of completed cases",
    },
    {
      name: "Flow efficiency", figure: worked ? percent(kpis.flow_efficiency) : "–",
      more: worked ? `waiting ${duration(kpis.waiting_time_s.p50)} (median)` : "events tell no durations",
      help: "Time worked on a case, of the time it took",
    },
    {
      name: "Rework", figure: percent(rework), more: `${counted(kpis.rework_cases, "case repeats", "cases repeat")} a step`,
      help: "Cases in which an activity happened more than once",
    },
  ];
}

/// `stale`: of another filter than the one that is set.
export function KpiCards({ kpis, stale }: { kpis: Kpis | null; stale: boolean }) {
  if (!kpis) return <section class="kpis" aria-label="Figures" aria-busy="true">{[0, 1, 2, 3, 4, 5].map((at) => <div key={at} class="kpi blank" />)}</section>;
  return (
    <section class={stale ? "kpis stale" : "kpis"} aria-label="Figures" aria-busy={stale}>
      {cardsOf(kpis).map((card) => (
        <div class="kpi" key={card.name} title={card.help}>
          <h2>{card.name}</h2>
          <div class="kpi-row">
            <p class="kpi-figure" data-kpi={card.name}>{card.figure}</p>
            {card.values && <Sparkline values={card.values} />}
          </div>
          <p class="kpi-more">{card.more}</p>
        </div>
      ))}
    </section>
  );
}
