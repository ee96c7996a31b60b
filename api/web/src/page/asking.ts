// Answers that have no channel: asked once, and again when something changes.
import { useEffect, useState } from "preact/hooks";
import type { Problem } from "../contract";
import { asOf } from "../live/live";
import { ask, problemBehind } from "../request";

export interface Asked<T> {
  data: T | null;
  problem: Problem | null;
  again: () => void;
}

/// How often an answer follows the views that the page watches.
const followMs = 4_000;

/// `path` null: nothing is asked. `follow`: asked again when the live views have moved on; "always": whether or not.
export function useAsked<T>(path: string | null, follow: boolean | "always" = false): Asked<T> {
  const [state, setState] = useState<{ path: string | null; data: T | null; problem: Problem | null }>({ path, data: null, problem: null });
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (path === null) return;
    const ending = new AbortController();
    ask<T>(path, { signal: ending.signal })
      .then((data) => setState({ path, data, problem: null }))
      .catch((fault: unknown) => {
        if (ending.signal.aborted) return;
        setState((before) => ({ path, data: before.path === path ? before.data : null, problem: problemBehind(fault) }));
      });
    return () => ending.abort();
  }, [path, round]);
  useEffect(() => {
    if (!follow || path === null) return;
    let seen = asOf.peek();
    const timer = setInterval(() => {
      if (document.hidden || (follow !== "always" && asOf.peek() === seen)) return;
      seen = asOf.peek();
      setRound((before) => before + 1);
    }, followMs);
    return () => clearInterval(timer);
  }, [path, follow]);
  const known = state.path === path ? state : { data: null, problem: null };
  return { data: known.data, problem: known.problem, again: () => setRound((before) => before + 1) };
}
