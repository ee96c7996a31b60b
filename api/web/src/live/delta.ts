// Applies a delta of the WebSocket to what is held, by the rules of asyncapi.json: a list that is named by a key comes
// as { put, remove }, an object that holds such lists likewise, every other member whole. Pure.
import type { Channel } from "../contract";

type Row = Record<string, unknown>;
type Held = Record<string, unknown>;

interface ListChange {
  put?: Row[];
  remove?: unknown[];
}

interface ListRule {
  key: (row: Row) => string;
  order: (a: Row, b: Row) => number;
}

/// As the server sorts texts: by their bytes in UTF-8, which is by code points.
export function byCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; ++at) {
    const x = a.charCodeAt(at);
    const y = b.charCodeAt(at);
    if (x === y) continue;
    const xHigh = x >= 0xd800 && x < 0xe000;
    const yHigh = y >= 0xd800 && y < 0xe000;
    return xHigh === yHigh ? x - y : xHigh ? 1 : -1;
  }
  return a.length - b.length;
}

const text = (row: Row, member: string): string => String(row[member]);
const byMember = (member: string): ListRule => ({
  key: (row) => text(row, member),
  order: (a, b) => byCodePoints(text(a, member), text(b, member)),
});

const byName = byMember("name");
const byPair: ListRule = {
  key: (row) => JSON.stringify([row.from, row.to]),
  order: (a, b) => byCodePoints(text(a, "from"), text(b, "from")) || byCodePoints(text(a, "to"), text(b, "to")),
};
const byCount: ListRule = {
  key: (row) => text(row, "id"),
  order: (a, b) => Number(b.count) - Number(a.count) || byCodePoints(text(a, "id"), text(b, "id")),
};
const newestFirst: ListRule = {
  key: (row) => text(row, "upload"),
  order: (a, b) => byCodePoints(text(b, "received"), text(a, "received")),
};

const bySince: ListRule = {
  key: (row) => text(row, "id"),
  order: (a, b) => byCodePoints(text(b, "since"), text(a, "since")) || byCodePoints(text(a, "case"), text(b, "case")) || byCodePoints(text(a, "id"), text(b, "id")),
};

const byDue: ListRule = {
  key: (row) => text(row, "id"),
  order: (a, b) => Number(a.due === null) - Number(b.due === null) || byCodePoints(String(a.due), String(b.due))
    || byCodePoints(text(a, "case"), text(b, "case")) || byCodePoints(text(a, "id"), text(b, "id")),
};

const rules: Record<Channel, Record<string, ListRule | Record<string, ListRule>>> = {
  map: { activities: byName, edges: byPair, start: byName, end: byName },
  kpis: { flow: { hours: byMember("from"), days: byMember("from") } },
  variants: { variants: byCount },
  cases: { cases: byMember("case_id") },
  sla: { overdue: byDue, clocks: byDue },
  alerts: { alerts: bySince },
  uploads: { uploads: newestFirst },
};

const isRule = (rule: object): rule is ListRule => "order" in rule;
const keyOf = (removed: unknown): string => (typeof removed === "string" ? removed : JSON.stringify(removed));

function changedList(held: Row[], change: ListChange, rule: ListRule): Row[] {
  const rows = new Map(held.map((row) => [rule.key(row), row]));
  for (const removed of change.remove ?? []) rows.delete(keyOf(removed));
  for (const row of change.put ?? []) rows.set(rule.key(row), row);
  return [...rows.values()].sort(rule.order);
}

function changed(held: Held, delta: Held, known: Record<string, ListRule | Record<string, ListRule>>): Held {
  const result = { ...held };
  for (const [member, value] of Object.entries(delta)) {
    const rule = known[member];
    if (!rule) result[member] = value;
    else if (isRule(rule)) result[member] = changedList((held[member] as Row[]) ?? [], value as ListChange, rule);
    else result[member] = changed((held[member] as Held) ?? {}, value as Held, rule);
  }
  return result;
}

/// What is held afterwards; `held` stays as it was.
export function applyDelta<T extends object>(channel: Channel, held: T, delta: object): T {
  return changed(held as Held, delta as Held, rules[channel]) as T;
}
