// The same watching by plain questions, every few seconds, behind the same interface as the socket's subscriptions.
import type { Problem } from "../contract";
import { ask, Refused } from "../request";
import { connection, heard } from "./socket";
import type { Wanted, Watcher } from "./subscriptions";

const everyMs = 2_000;

export function pathOf(wanted: Wanted): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(wanted.filter)) {
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, one);
  }
  const base = wanted.channel === "uploads" ? "/v1/uploads" : `/v1/processes/${wanted.process}/${wanted.channel}`;
  const text = query.toString();
  return text ? `${base}?${text}` : base;
}

export function poll(wanted: Wanted, watcher: Watcher): () => void {
  const path = pathOf(wanted);
  const ending = new AbortController();
  let timer: ReturnType<typeof setTimeout>;
  const next = async (): Promise<void> => {
    try {
      const data = await ask<{ as_of?: string }>(path, { signal: ending.signal });
      if (ending.signal.aborted) return;
      heard.value = Date.now();
      connection.value = "live";
      watcher.shown(data);
      watcher.current(data.as_of ?? new Date().toISOString());
    } catch (fault) {
      if (ending.signal.aborted) return;
      if (fault instanceof Refused) watcher.failed(fault.problem satisfies Problem);
      else connection.value = "lost";
    }
    timer = setTimeout(() => void next(), everyMs);
  };
  void next();
  return () => {
    ending.abort();
    clearTimeout(timer);
  };
}
