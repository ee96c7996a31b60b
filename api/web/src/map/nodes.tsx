// Activities, start and end of a map.
import { shorten } from "../format";
import { inkOn, type Palette } from "../graph/heat";
import type { Box, Point } from "../graph/layout";
import { END, type Node, START } from "../graph/reduce";
import { textWidth } from "../graph/text_width";
import { Still } from "./still";

export const face = "Inter Variable, system-ui, sans-serif";
const nameFont = `600 14px ${face}`;
const nodeHeight = 44;
const markSize = 26;
/// A figure that grows does not change them: the map stands still.
const widthOfOne = 104;
const widthOfTwo = 160;
const nameMost = 30;

export const isMark = (id: string): boolean => id === START || id === END;

/// `two`: it shows two figures.
export function boxOf(node: Node, two: boolean): Box {
  if (!node.activity) return { id: node.id, width: markSize, height: markSize };
  const text = textWidth(shorten(node.activity.name, nameMost), nameFont);
  return { id: node.id, width: Math.round(Math.max(two ? widthOfTwo : widthOfOne, text + 32)), height: nodeHeight };
}

export function Mark({ at, id, palette }: { at: Point; id: string; palette: Palette }) {
  const r = markSize / 2;
  return (
    <g transform={`translate(${at.x},${at.y})`}>
      <circle r={r} fill={palette.surface} stroke={palette.muted} stroke-width={1.5} />
      {id === START ? <path d="M-3.5,-5.5L6,0L-3.5,5.5Z" fill={palette.muted} />
        : <rect x={-4.5} y={-4.5} width={9} height={9} rx={1.5} fill={palette.muted} />}
    </g>
  );
}

interface Props {
  id: string;
  name: string;
  at: Point;
  width: number;
  ground: string;
  text: string;
  active: boolean; // is what Tab reaches
  pressed: boolean;
  palette: Palette;
}

export class Activity extends Still<Props> {
  render({ id, name, at, width, ground, text, active, pressed, palette }: Props) {
    const ink = inkOn(ground);
    const shown = shorten(name, nameMost);
    return (
      <g class="node" role="button" tabindex={active ? 0 : -1} aria-pressed={pressed} data-node={id}
        aria-label={shown === name ? undefined : `${name} ${text}`} transform={`translate(${at.x},${at.y})`}>
        <rect x={-width / 2} y={-nodeHeight / 2} width={width} height={nodeHeight} rx={11} fill={ground}
          stroke={pressed ? palette.ink : palette.line} stroke-width={pressed ? 2.5 : 1} />
        <text y={-5} text-anchor="middle" font-family={face} font-size={14} font-weight={600} fill={ink} dominant-baseline="middle">
          {shown}
        </text>
        <text y={12} text-anchor="middle" font-family={face} font-size={12.5} fill={ink} dominant-baseline="middle"
          font-variant-numeric="tabular-nums">
          {text}
        </text>
      </g>
    );
  }
}
