// Which time is looked at: a band of bars to drag over, and a form for exact moments.
import { useRef, useState } from "preact/hooks";
import { describeWindow, type Window, windows } from "../address";
import type { Kpis } from "../contract";
import { seriesOf } from "../flow";
import { localField, momentOfField, onDay, when, whole, zone } from "../format";
import { go, place, refine } from "../place";
import { Popover } from "./dialog";
import { Icon } from "./icons";

const dayMs = 86_400_000;
const presets: [string, number][] = [["Last 24 hours", dayMs], ["Last 7 days", 7 * dayMs], ["Last 30 days", 30 * dayMs], ["Last year", 365 * dayMs]];

function setWindow(from: string | undefined, to: string | undefined, window: Window): void {
  const { from: _from, to: _to, ...rest } = place.value.filter;
  go({ filter: { ...rest, ...(from ? { from } : {}), ...(to ? { to } : {}), window } });
}

export function WindowButton({ kpis }: { kpis: Kpis | null }) {
  const { filter } = place.value;
  const last = kpis?.last_event ? Date.parse(kpis.last_event) : Date.now();
  const label = filter.from || filter.to ? `${filter.from ? onDay(filter.from) : "…"} – ${filter.to ? onDay(filter.to) : "now"}` : "All time";
  return (
    <Popover label={`Time: ${label}`} button={<><Icon name="clock" /><span>{label}</span><Icon name="down" /></>}>
      {(close) => (
        <form class="form" key={`${filter.from} ${filter.to}`} onSubmit={(event) => {
          event.preventDefault();
          const given = new FormData(event.currentTarget);
          const field = (name: string): string => String(given.get(name) ?? "");
          setWindow(momentOfField(field("from")), momentOfField(field("to")), field("window") as Window);
          close();
        }}>
          <div class="row wrap">
            {presets.map(([name, ms]) => (
              <button type="button" class="small" key={name} onClick={() => {
                setWindow(new Date(last - ms).toISOString(), undefined, filter.window);
                close();
              }}>{name}</button>
            ))}
          </div>
          <label>From <input type="datetime-local" name="from" defaultValue={localField(filter.from)} /></label>
          <label>To <input type="datetime-local" name="to" defaultValue={localField(filter.to)} /></label>
          <label>What is taken
            <select name="window" defaultValue={filter.window}>
              {windows.map((one) => <option key={one} value={one} selected={one === filter.window}>{describeWindow(one)} in it</option>)}
            </select>
          </label>
          <p class="hint">Times in {zone()}{kpis?.first_event && kpis.last_event ? `; events from ${when(kpis.first_event)} to ${when(kpis.last_event)}` : ""}.</p>
          <div class="row">
            <button type="submit" class="primary">Apply</button>
            <button type="button" onClick={() => { setWindow(undefined, undefined, "intersecting"); close(); }}>All time</button>
          </div>
        </form>
      )}
    </Popover>
  );
}

/// Bars over time; dragging over them chooses a window. (By keyboard: the form above.)
export function TimeBand({ kpis }: { kpis: Kpis }) {
  const { flows, stepMs } = seriesOf(kpis);
  const band = useRef<SVGSVGElement>(null);
  const [drag, setDrag] = useState<{ a: number; b: number } | null>(null);
  if (flows.length < 3) return null;
  const { filter } = place.value;
  const begin = Date.parse(flows[0]!.from);
  const end = begin + flows.length * stepMs;
  const greatest = Math.max(1, ...flows.map((flow) => flow.events));
  const share = (event: PointerEvent): number => {
    const box = band.current!.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  const bar = (at: number): number => Math.min(flows.length - 1, Math.floor(at * flows.length));
  const finish = (): void => {
    if (!drag) return;
    const [low, high] = [bar(Math.min(drag.a, drag.b)), bar(Math.max(drag.a, drag.b))];
    setDrag(null);
    refine({ from: new Date(begin + low * stepMs).toISOString(), to: new Date(begin + (high + 1) * stepMs).toISOString() });
  };
  const from = drag ? bar(Math.min(drag.a, drag.b)) * stepMs + begin : filter.from ? Date.parse(filter.from) : begin;
  const to = drag ? (bar(Math.max(drag.a, drag.b)) + 1) * stepMs + begin : filter.to ? Date.parse(filter.to) : end;
  return (
    <section class="band" aria-label={`Events over time, ${whole(flows.reduce((sum, flow) => sum + flow.events, 0))} from ${onDay(flows[0]!.from)} to ${onDay(new Date(end).toISOString())}`}>
      <svg ref={band} viewBox={`0 0 ${flows.length * 10} 40`} preserveAspectRatio="none" aria-hidden="true"
        onPointerDown={(event) => { event.currentTarget.setPointerCapture(event.pointerId); const at = share(event); setDrag({ a: at, b: at }); }}
        onPointerMove={(event) => drag && setDrag({ ...drag, b: share(event) })} onPointerUp={finish} onPointerCancel={() => setDrag(null)}>
        <rect class="band-ground" x={0} y={0} width={flows.length * 10} height={40} />
        {flows.map((flow, at) => {
          const height = flow.events === 0 ? 0 : Math.max(1.5, (36 * flow.events) / greatest);
          const middle = begin + (at + 0.5) * stepMs;
          return <rect key={flow.from} class={middle >= from && middle < to ? "band-bar" : "band-bar out"} x={at * 10 + 1} y={40 - height} width={8} height={height} />;
        })}
      </svg>
      <div class="band-ends"><span>{onDay(flows[0]!.from)}</span><span class="band-hint">drag to choose a time</span><span>{onDay(flows[flows.length - 1]!.from)}</span></div>
    </section>
  );
}
