// The first page: figures, time, the map and the variants beside it.
import { queryOf } from "../address";
import { useLiveHeld } from "../live/live";
import { MapPanel } from "../map/map_panel";
import { filterQuery, place } from "../place";
import { KpiCards } from "./kpi_cards";
import { Trouble } from "./state_of";
import { VariantExplorer } from "./variants";

export function Overview() {
  const { process, filter } = place.value;
  const kpis = useLiveHeld("kpis", process, filterQuery.value);
  const map = useLiveHeld("map", process, filterQuery.value);
  const besides = queryOf({ ...filter, variant: [] });
  besides.set("limit", "60");
  const variants = useLiveHeld("variants", process, besides);
  const problem = map.problem ?? kpis.problem ?? variants.problem;
  return (
    <>
      <KpiCards kpis={kpis.data} stale={kpis.stale} />
      {problem && <Trouble problem={problem} />}
      <div class={map.stale || variants.stale ? "split stale" : "split"} aria-busy={map.stale || variants.stale}>
        <MapPanel map={map.data} />
        <VariantExplorer variants={variants.data} />
      </div>
    </>
  );
}
