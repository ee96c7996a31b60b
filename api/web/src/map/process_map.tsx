// The picture of a process map: an SVG that explains itself when it is exported (colours and type are attributes).
import type { RefObject } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Metric } from "../address";
import { colour, type Palette } from "../graph/heat";
import type { Box, Layout, Link } from "../graph/layout";
import { LayoutClient } from "../graph/layout_client";
import { type Reduced, START } from "../graph/reduce";
import { isTime, metricWords, ofActivity, shadesOf, told } from "./figures";
import { Activity, boxOf, isMark, Mark } from "./nodes";
import { nearest } from "./steps";
import { entire, fitted, Viewport } from "./viewport";
import { Ways } from "./ways";

function linksOf(reduced: Reduced): Link[] {
  const total = Math.max(1, ...reduced.paths.map((path) => path.count));
  return reduced.paths.map((path) => ({
    id: path.id,
    from: path.from,
    to: path.to,
    // In steps, so that a count that grows does not move the map.
    weight: reduced.backbone.has(path.id) ? 12 + Math.round((8 * path.count) / total) : 1 + Math.round((4 * path.count) / total),
  }));
}

export interface Selected {
  kind: "activity" | "path";
  id: string;
}

/// What stands where somebody clicked; null: nothing.
function picked(target: Element): Selected | null {
  const part = target.closest<SVGElement>("[data-node], [data-path]");
  if (!part) return null;
  const { node, path } = part.dataset;
  return node !== undefined ? { kind: "activity", id: node } : { kind: "path", id: path! };
}

/// Who chooses the same again lets go of it.
const other = (chosen: Selected | null, before: Selected | null): Selected | null => (chosen?.id === before?.id ? null : chosen);

interface Props {
  reduced: Reduced;
  metric: Metric;
  second: Metric | "none";
  palette: Palette;
  label: string;
  selected: Selected | null;
  onSelect: (selected: Selected | null) => void;
  /// Maps side by side: what they are laid out as together, and by whom.
  whole?: Reduced;
  client?: LayoutClient;
}

/// The window's size in CSS pixels, kept current.
function useSize(): [RefObject<HTMLDivElement | null>, { width: number; height: number }] {
  const holder = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      setSize({ width, height });
    });
    observer.observe(holder.current!);
    return () => observer.disconnect();
  }, []);
  return [holder, size];
}

function useLayout(reduced: Reduced, boxes: Map<string, Box>, given: LayoutClient | undefined): Layout | null {
  const client = useMemo(() => given ?? new LayoutClient(), []);
  useEffect(() => {
    if (boxes.size > 0) client.ask([...boxes.values()], linksOf(reduced));
  }, [reduced, boxes]);
  useEffect(() => () => { if (!given) client.stop(); }, []);
  return client.shown.value;
}

function keys(event: KeyboardEvent, view: Viewport, size: { width: number; height: number }, layout: Layout,
  active: string, setActive: (id: string) => void, pick: (id: string) => void): void {
  const middle: [number, number] = [size.width / 2, size.height / 2];
  const step = nearest(event.key, active, layout, (id) => !isMark(id));
  if (step) setActive(step);
  else if (event.key === "+" || event.key === "=") view.zoom(1.25, ...middle);
  else if (event.key === "-") view.zoom(0.8, ...middle);
  else if (event.key === "0") view.chosen.value = null;
  else if (event.key === "Enter" || event.key === " ") pick(active);
  else return;
  event.preventDefault();
}

interface Scene {
  reduced: Reduced;
  layout: Layout;
  boxes: Map<string, Box>;
  palette: Palette;
  metric: Metric;
  second: Metric | "none";
  selected: string | undefined;
  active: string;
}

function Picture({ reduced, layout, boxes, palette, metric, second, selected, active }: Scene) {
  const scale = isTime(metric) ? palette.time : palette.frequency;
  const shades = shadesOf(reduced, metric);
  return (
    <>
      <Ways paths={reduced.paths} layout={layout} shades={shades} metric={metric} second={second} scale={scale} palette={palette} selected={selected} />
      {reduced.nodes.map((node) => {
        const at = layout.nodes[node.id];
        if (!at) return null;
        if (!node.activity) return <Mark key={node.id} id={node.id} at={at} palette={palette} />;
        const text = [told(ofActivity(node.activity, metric), metric), second === "none" ? "" : told(ofActivity(node.activity, second), second)];
        return (
          <Activity key={node.id} id={node.id} name={node.activity.name} at={at} width={boxes.get(node.id)!.width} ground={colour(scale, shades.node(node))}
            text={text.filter(Boolean).join(" · ")} active={active === node.id} pressed={selected === node.id} palette={palette} />
        );
      })}
    </>
  );
}

export function ProcessMapPicture(props: Props) {
  const { reduced, metric, second, palette, label, onSelect } = props;
  const plan = props.whole ?? reduced;
  const boxes = useMemo(() => new Map(plan.nodes.map((node) => [node.id, boxOf(node, second !== "none")])), [plan, second !== "none"]);
  const layout = useLayout(plan, boxes, props.client);
  const view = useMemo(() => new Viewport(), []);
  const [holder, size] = useSize();
  const [activeId, setActiveId] = useState("");
  const first = reduced.nodes.find((node) => node.activity)?.id ?? "";
  const active = boxes.has(activeId) ? activeId : first;
  useEffect(() => {
    const element = holder.current!;
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      if (event.ctrlKey || event.deltaMode !== 0 || Math.abs(event.deltaY) >= 40) {
        view.zoom(Math.exp(-event.deltaY * (event.deltaMode === 0 ? 0.0016 : 0.05)), event.clientX - box.left, event.clientY - box.top);
      } else {
        view.move(-event.deltaX, -event.deltaY);
      }
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, []);
  const focus = (id: string): void => {
    setActiveId(id);
    const at = layout?.nodes[id];
    if (at) view.reveal(at.x, at.y, size);
    (holder.current?.querySelector(`[data-node="${CSS.escape(id)}"]`) as SVGGElement | null)?.focus({ preventScroll: true });
  };
  if (layout && size.width > 0) view.shown = view.chosen.value ?? fitted(layout, size, layout.nodes[START]?.x ?? layout.x + layout.width / 2);
  const { x, y, k } = view.shown;
  const chosen = props.selected?.id;
  // Moving about draws nothing of it again.
  const scene = useMemo(() => layout && <Picture reduced={reduced} layout={layout} boxes={boxes} palette={palette} metric={metric} second={second} selected={chosen} active={active} />,
    [reduced, layout, boxes, palette, metric, second, chosen, active]);
  const box = (): DOMRect => holder.current!.getBoundingClientRect();
  return (
    <div class="map-window" ref={holder}>
      <svg class="map" role="group" aria-label={`${label}, coloured by ${metricWords[metric].toLowerCase()}`} width={size.width} height={size.height}
        onPointerDown={(event) => view.down(event)} onPointerMove={(event) => view.drag(event, box())}
        onPointerUp={(event) => view.up(event)} onPointerCancel={(event) => view.up(event)}
        onClick={(event) => { if (!view.dragged) onSelect(other(picked(event.target as Element), props.selected)); }}
        onKeyDown={(event) => layout && keys(event, view, size, layout, active, focus,
          (id) => onSelect(other({ kind: "activity", id }, props.selected)))}>
        <g class="scene" transform={`translate(${x},${y}) scale(${k})`}>
          {scene}
        </g>
      </svg>
      <div class="map-zoom" role="group" aria-label="Zoom">
        <button type="button" aria-label="Zoom in" onClick={() => view.zoom(1.25, size.width / 2, size.height / 2)}>+</button>
        <button type="button" aria-label="Zoom out" onClick={() => view.zoom(0.8, size.width / 2, size.height / 2)}>−</button>
        <button type="button" aria-label="Show all of the map" onClick={() => { if (layout) view.chosen.value = entire(layout, size); }}>⤢</button>
      </div>
    </div>
  );
}
