// The paths of a map. Hundreds and thousands of them are drawn too, without stopping the page: a few come each frame, the
// heaviest first, and the light ones of a crowd are one stroke each, without a figure.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Metric } from "../address";
import { arrow, curve, midpoint, tip } from "../graph/curve";
import { colour, type Palette, strokeWidth } from "../graph/heat";
import type { Layout, Point } from "../graph/layout";
import type { Path } from "../graph/reduce";
import { type Shades, tellPath } from "./figures";
import { face } from "./nodes";
import { Still } from "./still";

/// Beyond so many paths nobody follows one by the eye: the heaviest alone are drawn in full.
const crowd = 300;
const fullInCrowd = 100;
const perFrame = 150;

interface Props {
  path: Path;
  points: Point[];
  share: number;
  tone: string;
  text: string;
  pressed: boolean;
  palette: Palette;
}

class Way extends Still<Props> {
  render({ path, points, share, tone, text, pressed, palette }: Props) {
    const width = path.edge ? strokeWidth(share) : 1.6;
    const stroke = pressed ? palette.ink : path.edge ? tone : palette.muted;
    const line = curve(points);
    const middle = midpoint(points);
    return (
      <g class="way" data-path={path.id}>
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
}

class LightWay extends Still<{ path: Path; points: Point[]; tone: string }> {
  render({ path, points, tone }: { path: Path; points: Point[]; tone: string }) {
    return <path class="way" data-path={path.id} d={curve(points) + tip(points, 6)} fill="none" stroke={tone} stroke-width={1.1} />;
  }
}

/// Those of `ways` that stand already, and some more each frame, the last first.
function useArriving<T extends { path: Path }>(ways: T[]): T[] {
  const there = useRef<ReadonlySet<string>>(new Set());
  const [, again] = useState(0);
  const missing = ways.filter(({ path }) => !there.current.has(path.id));
  const arriving = new Set(missing.slice(-perFrame).map(({ path }) => path.id));
  const shown = ways.filter(({ path }) => there.current.has(path.id) || arriving.has(path.id));
  useEffect(() => {
    there.current = new Set(shown.map(({ path }) => path.id));
    if (shown.length === ways.length) return;
    const frame = requestAnimationFrame(() => again((times) => times + 1));
    return () => cancelAnimationFrame(frame);
  });
  return shown;
}

interface Drawing {
  paths: Path[];
  layout: Layout;
  shades: Shades;
  metric: Metric;
  second: Metric | "none";
  scale: string[];
  palette: Palette;
  selected: string | undefined;
}

export function Ways({ paths, layout, shades, metric, second, scale, palette, selected }: Drawing) {
  const ways = useMemo(() => {
    const lightest = paths.length > crowd ? paths.length - fullInCrowd : 0;
    return paths.filter((path) => layout.paths[path.id])
      .map((path) => ({ path, points: layout.paths[path.id]!, share: shades.path(path) }))
      .sort((a, b) => a.share - b.share)
      .map((way, at) => ({ ...way, light: at < lightest, tone: colour(scale, 0.42 + 0.58 * way.share) }));
  }, [paths, layout, shades, scale]);
  return (
    <>
      {useArriving(ways).map(({ path, points, share, tone, light }) => light && path.id !== selected
        ? <LightWay key={path.id} path={path} points={points} tone={tone} />
        : (
          <Way key={path.id} path={path} points={points} share={share} tone={tone} pressed={path.id === selected} palette={palette}
            text={[tellPath(path, metric), second === "none" || !path.edge ? "" : tellPath(path, second)].filter(Boolean).join(" · ")} />
        ))}
    </>
  );
}
