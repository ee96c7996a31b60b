// Views that stay current, for components: `useLive` gives what is known and changes when it does. Components that want
// the same view share one subscription, which outlives a moment without any (moving between tabs asks nothing anew).
import { effect, type Signal, signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Channel, Channels, Problem } from "../contract";
import { subscriptionFilterOf } from "../address";
import { identityOf, session } from "../session";
import { LiveSocket } from "./socket";

export interface View<T> {
  data: T | null;
  problem: Problem | null;
}

interface Shared {
  view: Signal<View<object>>;
  end: () => void;
  users: number;
  lingering: ReturnType<typeof setTimeout> | undefined;
}

/// Until when what is shown has been compared with the server's views.
export const asOf = signal<string | null>(null);

const socket = new LiveSocket();
const shared = new Map<string, Shared>();
const lingerMs = 3_000;

function open(channel: Channel, process: string, query: URLSearchParams): Shared {
  const view = signal<View<object>>({ data: null, problem: null });
  socket.start();
  const end = socket.subscriptions.watch({ channel, process, filter: subscriptionFilterOf(query) }, {
    shown: (data) => { view.value = { data, problem: null }; },
    current: (moment) => { if (channel !== "uploads") asOf.value = moment; },
    failed: (problem) => { view.value = { data: view.value.data, problem }; },
  });
  return { view, end, users: 0, lingering: undefined };
}

function take(key: string, make: () => Shared): Shared {
  let found = shared.get(key);
  if (!found) shared.set(key, (found = make()));
  clearTimeout(found.lingering);
  return found;
}

function release(key: string): void {
  const found = shared.get(key);
  if (!found || found.users > 0) return;
  clearTimeout(found.lingering);
  found.lingering = setTimeout(() => {
    shared.delete(key);
    found.end();
  }, lingerMs);
}

/// The view of a channel. `process` empty: nothing is asked yet.
export function useLive<C extends Channel>(channel: C, process: string, query: URLSearchParams): View<Channels[C]> {
  const key = `${channel} ${process} ${query}`;
  const entry = useMemo(
    () => (process || channel === "uploads" ? take(key, () => open(channel, process, query)) : null), [key]);
  useEffect(() => {
    if (!entry) return;
    clearTimeout(entry.lingering);
    entry.users += 1;
    return () => {
      entry.users -= 1;
      release(key);
    };
  }, [key]);
  return (entry?.view.value ?? { data: null, problem: null }) as View<Channels[C]>;
}

/// The same, but until the view of another filter is there, what was known of the process before stays: `stale`.
export function useLiveHeld<C extends Channel>(channel: C, process: string, query: URLSearchParams): View<Channels[C]> & { stale: boolean } {
  const view = useLive(channel, process, query);
  const before = useRef<{ process: string; data: Channels[C] } | null>(null);
  if (view.data) before.current = { process, data: view.data };
  const held = !view.data && !view.problem && before.current?.process === process ? before.current.data : null;
  return { data: view.data ?? held, problem: view.problem, stale: held !== null };
}

/// Another workspace, or nobody: what was watched is nobody's business any more, at once.
let watching = identityOf(session.peek());
effect(() => {
  const who = identityOf(session.value);
  if (who === watching) return;
  watching = who;
  for (const one of shared.values()) one.end();
  shared.clear();
  socket.stop();
  asOf.value = null;
});

export { connection, heard } from "./socket";
