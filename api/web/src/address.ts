// Where one is in the page, as the address says it: process, view, filter, sliders. Pure, both ways, so that an address
// can be sent to a colleague and the browser's back button works. Filters have the names of the API's query parameters.

export const views = ["overview", "cases", "sla", "alerts", "rules", "handover", "compare", "refused", "uploads", "people"] as const;
export type View = (typeof views)[number];

export const windows = ["intersecting", "contained", "started", "completed", "events"] as const;
export type Window = (typeof windows)[number];

export const metrics = ["count", "cases", "p50", "mean", "p90", "max", "sum"] as const;
export type Metric = (typeof metrics)[number];

/// Selects whole cases; see design §5.
export interface Filter {
  from?: string;
  to?: string;
  window: Window;
  activity: string[];
  resource: string[];
  variant: string[];
  attribute: [name: string, value: string][];
  lifecycle: boolean;
}

export interface Place {
  process: string;
  view: View;
  filter: Filter;
  caseId?: string;
  /// The name of the rule that is open; empty: a new one.
  rule?: string;
  metric: Metric;
  second: Metric | "none";
  /// Shares from 0 to 1; undefined: the page chooses.
  activities?: number;
  paths?: number;
  /// The second period of `compare`; the first is the filter's.
  against?: { from: string; to: string };
}

export const noFilter = (): Filter => ({
  window: "intersecting",
  activity: [],
  resource: [],
  variant: [],
  attribute: [],
  lifecycle: false,
});

export const emptyPlace = (): Place => ({
  process: "",
  view: "overview",
  filter: noFilter(),
  metric: "count",
  second: "none",
});

function oneOf<T extends string>(values: readonly T[], text: string | null, otherwise: T): T {
  return values.find((value) => value === text) ?? otherwise;
}

function momentOf(text: string | null): string | undefined {
  if (text === null || Number.isNaN(Date.parse(text))) return undefined;
  return new Date(text).toISOString();
}

function shareOf(text: string | null): number | undefined {
  const value = text === null || text === "" ? Number.NaN : Number(text);
  return value >= 0 && value <= 100 ? value / 100 : undefined;
}

function filterOf(query: URLSearchParams): Filter {
  const filter = noFilter();
  const from = momentOf(query.get("from"));
  const to = momentOf(query.get("to"));
  if (from) filter.from = from;
  if (to) filter.to = to;
  filter.window = oneOf(windows, query.get("window"), "intersecting");
  filter.activity = query.getAll("activity");
  filter.resource = query.getAll("resource");
  filter.variant = query.getAll("variant").filter((id) => /^[0-9a-f]{32}$/.test(id));
  filter.lifecycle = query.get("lifecycle") === "complete";
  for (const [name, value] of query) {
    if (name.startsWith("attr.") && name.length > 5) filter.attribute.push([name.slice(5), value]);
  }
  return filter;
}

/// What cannot be understood is left out: an address never breaks the page.
export function placeOf(search: string): Place {
  const query = new URLSearchParams(search);
  const place = emptyPlace();
  const process = query.get("process") ?? "";
  if (/^[a-z0-9_-]{1,64}$/.test(process)) place.process = process;
  place.view = oneOf(views, query.get("view"), "overview");
  place.filter = filterOf(query);
  place.metric = oneOf(metrics, query.get("metric"), "count");
  place.second = oneOf([...metrics, "none"], query.get("second"), "none");
  const caseId = query.get("case");
  if (caseId) place.caseId = caseId;
  const rule = query.get("rule");
  if (rule !== null && /^[a-z0-9_-]{0,64}$/.test(rule)) place.rule = rule;
  const activities = shareOf(query.get("activities"));
  if (activities !== undefined) place.activities = activities;
  const paths = shareOf(query.get("paths"));
  if (paths !== undefined) place.paths = paths;
  const from = momentOf(query.get("against_from"));
  const to = momentOf(query.get("against_to"));
  if (from && to) place.against = { from, to };
  return place;
}

/// The filter as the query parameters that the API takes.
export function queryOf(filter: Filter): URLSearchParams {
  const query = new URLSearchParams();
  if (filter.from) query.set("from", filter.from);
  if (filter.to) query.set("to", filter.to);
  if (filter.window !== "intersecting" && (filter.from || filter.to)) query.set("window", filter.window);
  for (const name of filter.activity) query.append("activity", name);
  for (const name of filter.resource) query.append("resource", name);
  for (const id of filter.variant) query.append("variant", id);
  for (const [name, value] of filter.attribute) query.append(`attr.${name}`, value);
  if (filter.lifecycle) query.set("lifecycle", "complete");
  return query;
}

export function searchOf(place: Place): string {
  const query = new URLSearchParams();
  if (place.process) query.set("process", place.process);
  if (place.view !== "overview") query.set("view", place.view);
  for (const [name, value] of queryOf(place.filter)) query.append(name, value);
  if (place.caseId) query.set("case", place.caseId);
  if (place.rule !== undefined) query.set("rule", place.rule);
  if (place.metric !== "count") query.set("metric", place.metric);
  if (place.second !== "none") query.set("second", place.second);
  if (place.activities !== undefined) query.set("activities", String(Math.round(place.activities * 100)));
  if (place.paths !== undefined) query.set("paths", String(Math.round(place.paths * 100)));
  if (place.against) {
    query.set("against_from", place.against.from);
    query.set("against_to", place.against.to);
  }
  const text = query.toString();
  return text ? `?${text}` : "";
}

/// The filter as a subscription of the WebSocket carries it: the parameters, with lists where they may be repeated.
export function subscriptionFilterOf(query: URLSearchParams): Record<string, string | string[]> {
  const filter: Record<string, string | string[]> = {};
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    const repeats = name === "activity" || name === "resource" || name === "variant" || values.length > 1;
    filter[name] = repeats ? values : values[0]!;
  }
  return filter;
}

/// A part of the filter that can be taken away by itself.
export interface Chip {
  kind: "window" | "activity" | "resource" | "variant" | "attribute" | "lifecycle";
  label: string;
  value: string;
  without: Filter;
}

const windowWords: Record<Window, string> = {
  intersecting: "cases active",
  contained: "cases wholly",
  started: "cases started",
  completed: "cases ended",
  events: "events",
};
export const describeWindow = (window: Window): string => windowWords[window];

function without<T>(list: T[], at: number): T[] {
  return list.filter((_, index) => index !== at);
}

/// `show` turns a moment into text.
export function chipsOf(filter: Filter, show: (moment: string) => string): Chip[] {
  const chips: Chip[] = [];
  if (filter.from || filter.to) {
    const value = filter.from && filter.to ? `${show(filter.from)} – ${show(filter.to)}`
      : filter.from ? `since ${show(filter.from)}` : `until ${show(filter.to!)}`;
    const { from: _from, to: _to, ...rest } = filter;
    chips.push({ kind: "window", label: describeWindow(filter.window), value, without: { ...rest, window: "intersecting" } });
  }
  filter.activity.forEach((value, at) =>
    chips.push({ kind: "activity", label: "with", value, without: { ...filter, activity: without(filter.activity, at) } }));
  filter.resource.forEach((value, at) =>
    chips.push({ kind: "resource", label: "by", value, without: { ...filter, resource: without(filter.resource, at) } }));
  if (filter.variant.length > 0) {
    const value = filter.variant.length === 1 ? filter.variant[0]!.slice(0, 8) : `${filter.variant.length} selected`;
    chips.push({ kind: "variant", label: "variant", value, without: { ...filter, variant: [] } });
  }
  filter.attribute.forEach(([name, value], at) =>
    chips.push({ kind: "attribute", label: name, value, without: { ...filter, attribute: without(filter.attribute, at) } }));
  if (filter.lifecycle) {
    chips.push({ kind: "lifecycle", label: "lifecycle", value: "completes only", without: { ...filter, lifecycle: false } });
  }
  return chips;
}
