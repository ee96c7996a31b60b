// The first page: figures, time, the map and the variants beside it.
import { queryOf } from "../address";
import { useLive } from "../live/live";
import { MapPanel } from "../map/map_panel";
import { filterQuery, place } from "../place";
import { KpiCards } from "./kpi_cards";
import { Trouble } from "./state_of";
import { VariantExplorer } from "./variants";

export function Overview() {
  const { process, filter } = place.value;
  const kpis = useLive("kpis", process, filterQuery.value);
  const map = useLive("map", process, filterQuery.value);
  const besides = queryOf({ ...filter, variant: [] });
  besides.set("limit", "60");
  const variants = useLive("variants", process, besides);
  const problem = map.problem ?? kpis.problem ?? variants.problem;
  return (
    <>
      <KpiCards kpis={kpis.data} />
      {problem && <Trouble problem={problem} />}
      <div class="split">
        <MapPanel map={map.data} />
        <VariantExplorer variants={variants.data} />
      </div>
    </>
  );
}
