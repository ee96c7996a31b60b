// Colours and widths of a map. Each scale runs in one hue from pale to deep, so that it reads the same for every kind of
// colour vision and in print; text on it is dark or light, whichever contrasts more.

export interface Palette {
  paper: string;
  ink: string;
  muted: string;
  line: string;
  accent: string;
  surface: string;
  frequency: string[];
  time: string[];
}

export const light: Palette = {
  paper: "#fbfbf9",
  ink: "#1b2326",
  muted: "#59666b",
  line: "#cfd3d0",
  accent: "#0b6478",
  surface: "#ffffff",
  frequency: ["#eaf3f4", "#b9d9de", "#6fb0bc", "#2b7f92", "#0c5266"],
  time: ["#fbf1e2", "#f2d3a4", "#df9f54", "#b86a1f", "#7d3f0b"],
};

export const dark: Palette = {
  paper: "#12191c",
  ink: "#e7eeef",
  muted: "#9fadb2",
  line: "#37444a",
  accent: "#62c4d8",
  surface: "#1a2327",
  frequency: ["#1d2d33", "#234a55", "#2f7384", "#58a9bb", "#a5dde8"],
  time: ["#2e2519", "#57401f", "#8f6227", "#cf923f", "#f6cd8b"],
};

type Rgb = [number, number, number];

function rgb(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/// `share` from 0 to 1 along a scale.
export function colour(scale: string[], share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (scale.length - 1);
  const low = Math.min(scale.length - 2, Math.floor(place));
  const a = rgb(scale[low]!);
  const b = rgb(scale[low + 1]!);
  const mixed = a.map((value, at) => Math.round(value + (b[at]! - value) * (place - low)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/// WCAG's relative luminance.
export function luminance(hex: string): number {
  const [r, g, b] = rgb(hex).map((value) => {
    const c = value / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/// The softest ink that can be read on a ground (WCAG AA); black or white always can.
export function inkOn(ground: string): string {
  return ["#10181b", "#ffffff"].find((ink) => contrast(ground, ink) >= 4.5) ?? "#000000";
}

/// Where a value lies between the least and the greatest. Counts and times both spread over magnitudes: logarithmic.
export function place(value: number | null, least: number, greatest: number): number {
  if (value === null || !Number.isFinite(value)) return 0;
  if (greatest <= least) return 1;
  const offset = least > 0 ? 0 : 1 - least;
  const log = (one: number): number => Math.log(one + offset);
  return Math.min(1, Math.max(0, (log(value) - log(least)) / (log(greatest) - log(least))));
}

export const strokeWidth = (share: number): number => 1.1 + share * 5.4;
