// The picture of a process map: an SVG that explains itself when it is exported (colours and type are attributes).
import type { RefObject } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Metric } from "../address";
import { shorten } from "../format";
import { arrow, curve, midpoint } from "../graph/curve";
import { colour, inkOn, type Palette, strokeWidth } from "../graph/heat";
import type { Box, Layout, Link, Point } from "../graph/layout";
import { LayoutClient } from "../graph/layout_client";
import { END, type Node, type Path, type Reduced, START } from "../graph/reduce";
import { textWidth } from "../graph/text_width";
import { isTime, metricWords, ofActivity, type Shades, shadesOf, tellPath, told } from "./figures";
import { nearest } from "./steps";
import { fitted, Viewport } from "./viewport";

const face = "Inter Variable, system-ui, sans-serif";
const nameFont = `600 14px ${face}`;
const nodeHeight = 44;
const markSize = 26;
const nameMost = 30;

const isMark = (id: string): boolean => id === START || id === END;

function boxOf(node: Node): Box {
  if (!node.activity) return { id: node.id, width: markSize, height: markSize };
  const text = textWidth(shorten(node.activity.name, nameMost), nameFont);
  return { id: node.id, width: Math.round(Math.max(104, text + 32)), height: nodeHeight };
}

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

function Mark({ at, id, palette }: { at: Point; id: string; palette: Palette }) {
  const r = markSize / 2;
  return (
    <g transform={`translate(${at.x},${at.y})`}>
      <circle r={r} fill={palette.surface} stroke={palette.muted} stroke-width={1.5} />
      {id === START ? <path d="M-3.5,-5.5L6,0L-3.5,5.5Z" fill={palette.muted} />
        : <rect x={-4.5} y={-4.5} width={9} height={9} rx={1.5} fill={palette.muted} />}
    </g>
  );
}

interface NodeProps {
  node: Node;
  at: Point;
  box: Box;
  ground: string;
  lines: [string, string];
  active: boolean;
  pressed: boolean;
  palette: Palette;
  onPick: () => void;
}

function Activity({ node, at, box, ground, lines, active, pressed, palette, onPick }: NodeProps) {
  const ink = inkOn(ground);
  const { name } = node.activity!;
  const shown = shorten(name, nameMost);
  return (
    <g class="node" role="button" tabindex={active ? 0 : -1} aria-pressed={pressed} data-node={node.id}
      aria-label={shown === name ? undefined : `${name} ${lines.filter(Boolean).join(" · ")}`}
      transform={`translate(${at.x},${at.y})`} onClick={onPick}>
      <rect x={-box.width / 2} y={-box.height / 2} width={box.width} height={box.height} rx={11} fill={ground}
        stroke={pressed ? palette.ink : palette.line} stroke-width={pressed ? 2.5 : 1} />
      <text y={-5} text-anchor="middle" font-family={face} font-size={14} font-weight={600} fill={ink} dominant-baseline="middle">
        {shown}
      </text>
      <text y={12} text-anchor="middle" font-family={face} font-size={12.5} fill={ink} dominant-baseline="middle"
        font-variant-numeric="tabular-nums">
        {lines.filter(Boolean).join(" · ")}
      </text>
    </g>
  );
}

function Way({ path, points, share, tone, text, pressed, palette, onPick }: {
  path: Path; points: Point[]; share: number; tone: string; text: string; pressed: boolean; palette: Palette; onPick: () => void;
}) {
  const width = path.edge ? strokeWidth(share) : 1.6;
  const stroke = pressed ? palette.ink : path.edge ? tone : palette.muted;
  const line = curve(points);
  const middle = midpoint(points);
  return (
    <g class="way" data-path={path.id} onClick={onPick}>
      <path d={line} fill="none" stroke="transparent" stroke-width={14} />
      <path d={line} fill="none" stroke={stroke} stroke-width={width} stroke-linecap={path.edge ? "butt" : "round"}
        stroke-dasharray={path.edge ? undefined : "1 4"} />
      <path d={arrow(points, 6 + width * 1.3)} fill={stroke} />
      {text && (
        <text x={middle.x} y={middle.y} text-anchor="middle" dominant-baseline="middle" font-family={face} font-size={12.5}
          font-weight={500} fill={palette.ink} stroke={palette.paper} stroke-width={4} paint-order="stroke" stroke-linejoin="round">
          {text}
        </text>
      )}
    </g>
  );
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
  const key = JSON.stringify([[...boxes.values()], reduced.paths.map((path) => path.id)]);
  useEffect(() => {
    if (boxes.size > 0) client.ask([...boxes.values()], linksOf(reduced));
  }, [key]);
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

function Picture(props: Props & { layout: Layout; boxes: Map<string, Box>; shades: Shades; active: string; view: Viewport }) {
  const { reduced, layout, boxes, shades, palette, metric, second, selected, onSelect, view } = props;
  const scale = isTime(metric) ? palette.time : palette.frequency;
  const pick = (chosen: Selected): void => {
    if (view.dragged) return;
    onSelect(selected?.id === chosen.id ? null : chosen);
  };
  const lesser = (path: Path): string => colour(scale, 0.42 + 0.58 * shades.path(path));
  const ways = reduced.paths.filter((path) => layout.paths[path.id]).sort((a, b) => shades.path(a) - shades.path(b));
  return (
    <>
      {ways.map((path) => (
        <Way key={path.id} path={path} points={layout.paths[path.id]!} share={shades.path(path)} tone={lesser(path)}
          text={[tellPath(path, metric), second === "none" || !path.edge ? "" : tellPath(path, second)].filter(Boolean).join(" · ")}
          pressed={selected?.id === path.id} palette={palette} onPick={() => pick({ kind: "path", id: path.id })} />
      ))}
      {reduced.nodes.map((node) => {
        const at = layout.nodes[node.id];
        if (!at) return null;
        if (!node.activity) return <Mark key={node.id} id={node.id} at={at} palette={palette} />;
        const lines: [string, string] = [told(ofActivity(node.activity, metric), metric),
          second === "none" ? "" : told(ofActivity(node.activity, second), second)];
        return (
          <Activity key={node.id} node={node} at={at} box={boxes.get(node.id)!} ground={colour(scale, shades.node(node))}
            lines={lines} active={props.active === node.id} pressed={selected?.id === node.id} palette={palette}
            onPick={() => pick({ kind: "activity", id: node.id })} />
        );
      })}
    </>
  );
}

export function ProcessMapPicture(props: Props) {
  const { reduced, metric, palette, label, onSelect } = props;
  const plan = props.whole ?? reduced;
  const boxes = new Map(plan.nodes.map((node) => [node.id, boxOf(node)]));
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
  const box = (): DOMRect => holder.current!.getBoundingClientRect();
  return (
    <div class="map-window" ref={holder}>
      <svg class="map" role="group" aria-label={`${label}, coloured by ${metricWords[metric].toLowerCase()}`} width={size.width} height={size.height}
        onPointerDown={(event) => view.down(event)} onPointerMove={(event) => view.drag(event, box())}
        onPointerUp={(event) => view.up(event)} onPointerCancel={(event) => view.up(event)}
        onClick={(event) => { if (event.target === event.currentTarget && !view.dragged) onSelect(null); }}
        onKeyDown={(event) => layout && keys(event, view, size, layout, active, focus,
          (id) => onSelect(props.selected?.id === id ? null : { kind: "activity", id }))}>
        <g class="scene" transform={`translate(${x},${y}) scale(${k})`}>
          {layout && <Picture {...props} layout={layout} boxes={boxes} shades={shadesOf(reduced, metric)} active={active} view={view} palette={palette} />}
        </g>
      </svg>
      <div class="map-zoom" role="group" aria-label="Zoom">
        <button type="button" aria-label="Zoom in" onClick={() => view.zoom(1.25, size.width / 2, size.height / 2)}>+</button>
        <button type="button" aria-label="Zoom out" onClick={() => view.zoom(0.8, size.width / 2, size.height / 2)}>−</button>
        <button type="button" aria-label="Show all of the map" onClick={() => { view.chosen.value = null; }}>⤢</button>
      </div>
    </div>
  );
}
