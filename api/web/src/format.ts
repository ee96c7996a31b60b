// Figures as people read them. Pure; the locale is the browser's unless a test names one.

export interface Numerals {
  whole: Intl.NumberFormat;
  short: Intl.NumberFormat;
}

export function numerals(locale?: string): Numerals {
  return {
    whole: new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }),
    short: new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 }),
  };
}

const own = numerals();

/// 12,345
export const whole = (value: number, with_ = own): string => with_.whole.format(value);

/// 12,345 up to five digits, then 1.2M.
export const count = (value: number, with_ = own): string =>
  Math.abs(value) < 100_000 ? with_.whole.format(value) : with_.short.format(value);

/// 1 case, 2 cases
export const counted = (value: number, one: string, many = `${one}s`, told: (value: number) => string = count): string =>
  `${told(value)} ${value === 1 ? one : many}`;

export function percent(share: number | null): string {
  if (share === null || !Number.isFinite(share)) return "–";
  const value = share * 100;
  if (value > 0 && value < 0.1) return "< 0.1 %";
  const digits = value < 10 && !Number.isInteger(value) ? 1 : 0;
  return `${value.toFixed(digits)} %`;
}

const units: [number, string][] = [
  [365 * 86_400, "y"],
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
];

/// The greatest unit that fits.
const unitOf = (seconds: number): number => Math.max(0, units.findIndex(([size]) => seconds >= size));

/// Two units at most: `3 d 4 h`, `12 min`, `0.45 s`.
export function duration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return "–";
  if (seconds < 0) return `−${duration(-seconds)}`;
  if (seconds === 0) return "0 s";
  if (seconds < 0.001) return "< 1 ms";
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  const at = unitOf(Math.round(seconds));
  const [size] = units[at]!;
  const [grain] = (seconds < 10 * size && units[at + 1]) || units[at]!;
  const rounded = Math.round(seconds / grain) * grain;
  const [big, unit] = units[unitOf(rounded)]!; // a unit higher, where rounding filled it up
  const lower = units[unitOf(rounded) + 1];
  const rest = lower && rounded < 10 * big ? Math.floor((rounded % big) / lower[0]) : 0;
  return `${Math.floor(rounded / big)} ${unit}${rest > 0 ? ` ${rest} ${lower![1]}` : ""}`;
}

/// How old something is: `just now`, `8 s ago`, `3 min ago`.
export function age(thenMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - thenMs) / 1000));
  if (seconds < 2) return "just now";
  const at = units.findIndex(([size]) => seconds >= size);
  const [size, unit] = units[at] ?? [1, "s"];
  return `${Math.floor(seconds / size)} ${unit} ago`;
}

const byteUnits = ["bytes", "KB", "MB", "GB", "TB"];

export function bytes(value: number): string {
  let at = 0;
  while (value >= 1000 && at + 1 < byteUnits.length) {
    value /= 1000;
    at += 1;
  }
  const digits = at === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${byteUnits[at]}`;
}

const moment = new Intl.DateTimeFormat(undefined, {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});
const exactMoment = new Intl.DateTimeFormat(undefined, {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const day = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "numeric" });

export const when = (text: string): string => moment.format(new Date(text));
export const exactly = (text: string): string => exactMoment.format(new Date(text));
export const onDay = (text: string): string => day.format(new Date(text));
/// The zone in which the page shows times.
export const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/// What a `datetime-local` field holds for a moment, in the browser's zone; and back.
export function localField(text: string | undefined): string {
  if (!text) return "";
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return "";
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
export function momentOfField(field: string): string | undefined {
  const at = new Date(field);
  return field === "" || Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/// Text cut to so many characters, with an ellipsis in the middle: both ends of a name tell things apart.
export function shorten(text: string, most: number): string {
  const signs = [...text]; // an emoji is not cut in two
  if (signs.length <= most) return text;
  const head = Math.ceil((most - 1) * 0.6);
  return `${signs.slice(0, head).join("")}…${signs.slice(signs.length - (most - 1 - head)).join("")}`;
}

/// A name as a part of a line that runs from left to right: one in Arabic or Hebrew does not turn what is beside it.
export const isolated = (name: string): string => (/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(name) ? `\u2068${name}\u2069` : name);
