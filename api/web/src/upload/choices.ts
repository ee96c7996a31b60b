// How a file is to be read: what its beginning told, and what somebody corrected. Pure but for what is remembered.
import type { Preview } from "../contract";

export const fields = [
  ["case_id", "Case"], ["activity", "Activity"], ["timestamp", "Time"], ["start", "Start time"], ["resource", "Resource"],
  ["lifecycle", "Lifecycle"], ["instance", "Activity instance"], ["id", "Event id"],
] as const;
export type Field = (typeof fields)[number][0];
export const required: readonly Field[] = ["case_id", "activity", "timestamp"];

export interface Choices {
  /// Where files with these columns went before; empty: not known.
  process: string;
  /// Only what differs from what was inferred; null: the field is not used.
  map: Partial<Record<Field, string | null>>;
  zone: string;
  dateOrder: "" | "day_first" | "month_first";
  /// Of a workbook; empty: the first visible one. Not remembered: it is a name of that file.
  sheet: string;
}

export const noChoices = (): Choices => ({ process: "", map: {}, zone: "", dateOrder: "", sheet: "" });

export function queryOf(choices: Choices): URLSearchParams {
  const query = new URLSearchParams();
  for (const [field, column] of Object.entries(choices.map)) query.append("map", `${field}=${column ?? ""}`);
  if (choices.zone) query.set("zone", choices.zone);
  if (choices.dateOrder) query.set("date_order", choices.dateOrder);
  if (choices.sheet) query.set("sheet", choices.sheet);
  return query;
}

/// The field that a column holds, as the preview has it.
export function fieldOf(preview: Preview, column: string): Field | "" {
  return (preview.mapping.find((one) => one.column === column)?.field as Field | undefined) ?? "";
}

/// A column gets another meaning. Whatever held that meaning before becomes an attribute.
export function assign(choices: Choices, preview: Preview, column: string, field: Field | ""): Choices {
  const map = { ...choices.map };
  const before = fieldOf(preview, column);
  if (before && before !== field) map[before] = null;
  if (field) map[field] = column;
  return { ...choices, map };
}

export function missing(preview: Preview): Field[] {
  return required.filter((field) => !preview.mapping.some((one) => one.field === field));
}

/// A process named like the file.
export function processOf(file: string): string {
  const stem = file.toLowerCase().replace(/(\.(csv|tsv|txt|xes|xlsx|xlsm|gz))+$/, "");
  return stem.replaceAll(/[^a-z0-9_-]+/g, "-").replaceAll(/^-+|-+$/g, "").slice(0, 64) || "default";
}

const keyOf = (fingerprint: string): string => `weir.mapping.${fingerprint}`;
const index = "weir.mappings";
const keptMax = 50;

/// Files with the same columns are read as the last one was.
export function remember(fingerprint: string | null, choices: Choices, store: Storage): void {
  if (!fingerprint) return;
  const known = (store.getItem(index) ?? "").split(" ").filter((one) => one && one !== fingerprint);
  for (const old of known.slice(keptMax - 1)) store.removeItem(keyOf(old));
  store.setItem(index, [fingerprint, ...known.slice(0, keptMax - 1)].join(" "));
  store.setItem(keyOf(fingerprint), JSON.stringify({ ...choices, sheet: "" }));
}

export function recall(fingerprint: string | null, store: Storage): Choices | null {
  const text = fingerprint && store.getItem(keyOf(fingerprint));
  if (!text) return null;
  try {
    return { ...noChoices(), ...(JSON.parse(text) as Partial<Choices>) };
  } catch {
    return null;
  }
}
