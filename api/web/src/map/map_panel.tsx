// The map with what steers it: sliders, metrics, the figures of what is selected, a table of the same, and files.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Metric, metrics } from "../address";
import type { ProcessMap } from "../contract";
import { asPng, download, mapAsCsv, pictureOf } from "../graph/export";
import { reduce, type Reduced } from "../graph/reduce";
import { Popover } from "../page/dialog";
import { Icon } from "../page/icons";
import { failed } from "../page/notice";
import { Empty, Waiting } from "../page/state_of";
import { palette } from "../page/theme";
import { filterQuery, go, place } from "../place";
import { askText } from "../request";
import { Detail } from "./detail";
import { metricWords } from "./figures";
import { MapTable } from "./map_table";
import { ProcessMapPicture, type Selected } from "./process_map";

function Slider({ name, shown, of, share, onShare }: {
  name: string; shown: number; of: number; share: number | undefined; onShare: (share: number | undefined) => void;
}) {
  const value = share ?? (of > 0 ? shown / of : 1);
  return (
    <div class="slider">
      <label>
        <span class="slider-name">{name} <b>{shown}</b> of {of}</span>
        <input type="range" min={0} max={100} step={1} value={Math.round(value * 100)} aria-valuetext={`${shown} of ${of}`}
          onInput={(event) => onShare(Number(event.currentTarget.value) / 100)} />
      </label>
      <button type="button" class="link small-text" disabled={share === undefined} onClick={() => onShare(undefined)} aria-label={`auto: as many ${name.toLowerCase()} as are worth drawing`}>auto</button>
    </div>
  );
}

function MetricChoice() {
  const { metric, second } = place.value;
  return (
    <div class="row metrics">
      <label class="choice">Show
        <select value={metric} aria-label="Metric" onChange={(event) => go({ metric: event.currentTarget.value as Metric })}>
          {metrics.map((one) => <option key={one} value={one}>{metricWords[one]}</option>)}
        </select>
      </label>
      <label class="choice">and
        <select value={second} aria-label="Second metric" onChange={(event) => go({ second: event.currentTarget.value as Metric | "none" })}>
          <option value="none">nothing else</option>
          {metrics.map((one) => <option key={one} value={one}>{metricWords[one]}</option>)}
        </select>
      </label>
    </div>
  );
}

function Exports({ map, svg }: { map: ProcessMap; svg: () => SVGSVGElement | null }) {
  const name = `${map.process}-map`;
  const save = async (kind: "svg" | "png" | "csv" | "dot"): Promise<void> => {
    try {
      if (kind === "csv") return download(`${name}.csv`, "text/csv", mapAsCsv(map));
      if (kind === "dot") {
        const query = new URLSearchParams(filterQuery.value);
        query.set("format", "dot");
        return download(`${name}.dot`, "text/vnd.graphviz", await askText(`/v1/processes/${map.process}/map?${query}`));
      }
      const drawn = svg();
      const picture = drawn && pictureOf(drawn, palette.value.paper);
      if (!picture) throw new Error("no map is drawn");
      if (kind === "svg") return download(`${name}.svg`, "image/svg+xml", picture.text);
      download(`${name}.png`, "image/png", await asPng(picture));
    } catch (fault) {
      failed("The file could not be made", fault);
    }
  };
  return (
    <Popover label="Save the map as a file" button={<><Icon name="save" /><span class="wide-only">Save</span></>}>
      {(close) => (
        <div class="menu">
          {(["png", "svg", "csv", "dot"] as const).map((kind) => (
            <button type="button" key={kind} onClick={() => { close(); void save(kind); }}>
              {kind.toUpperCase()} <span class="hint">{{ png: "picture", svg: "drawing", csv: "paths as a table", dot: "Graphviz" }[kind]}</span>
            </button>
          ))}
        </div>
      )}
    </Popover>
  );
}

/// The part of the map that is drawn; what is drawn now weighs in, so that a live map keeps still.
export function useReduced(map: ProcessMap | null, activities: number | undefined, paths: number | undefined): Reduced | null {
  const drawn = useRef<{ process: string; ids: Set<string> }>({ process: "", ids: new Set() });
  return useMemo(() => {
    if (!map) return null;
    const before = drawn.current.process === map.process ? drawn.current.ids : new Set<string>();
    const reduced = reduce(map, { ...(activities !== undefined ? { activities } : {}), ...(paths !== undefined ? { paths } : {}) }, before);
    drawn.current = { process: map.process, ids: new Set(reduced.paths.map((path) => path.id)) };
    return reduced;
  }, [map, activities, paths]);
}

export function MapPanel({ map }: { map: ProcessMap | null }) {
  const { activities, paths, metric, second, process } = place.value;
  const [selected, setSelected] = useState<Selected | null>(null);
  const [asTable, setAsTable] = useState(false);
  const holder = useRef<HTMLElement>(null);
  const reduced = useReduced(map, activities, paths);
  useEffect(() => setSelected(null), [process]);
  const activityCount = reduced?.nodes.filter((node) => node.activity).length ?? 0;
  return (
    <section class="panel map-panel" aria-label="Process map" ref={holder}>
      <header class="panel-head">
        <h2>Process map</h2>
        <MetricChoice />
        <div class="row end">
          <button type="button" aria-pressed={asTable} class="tool" onClick={() => setAsTable(!asTable)} aria-label="Show the map as a table"><Icon name="table" /><span class="wide-only">Table</span></button>
          {map && <Exports map={map} svg={() => holder.current?.querySelector("svg.map") ?? null} />}
        </div>
      </header>
      {!map || !reduced ? <Waiting /> : map.activities.length === 0 ? <Empty title="Nothing to draw">No event fits the filter, or none has come yet.</Empty>
        : asTable ? <MapTable map={map} /> : (
          <div class="map-body">
            <ProcessMapPicture reduced={reduced} metric={metric} second={second} palette={palette.value} label={`Map of ${process}`} selected={selected} onSelect={setSelected} />
            {selected && <Detail reduced={reduced} map={map} selected={selected} onClose={() => setSelected(null)} />}
          </div>
        )}
      {reduced && !asTable && (
        <footer class="panel-foot">
          <Slider name="Activities" shown={activityCount} of={reduced.of.activities} share={activities} onShare={(share) => go({ activities: share }, true)} />
          <Slider name="Paths" shown={reduced.paths.length} of={reduced.of.paths} share={paths} onShare={(share) => go({ paths: share }, true)} />
        </footer>
      )}
    </section>
  );
}
