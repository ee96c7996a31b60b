// How an SLA clock stands at a moment, in words. Pure.
import type { Alert, Clock } from "./contract";
import { duration } from "./format";

type Urgency = "breached" | "soon" | "paused" | "running";

/// Within a quarter of an hour it is soon.
const soonMs = 15 * 60_000;

export function urgencyOf(clock: Clock, at: number): Urgency {
  if (clock.due !== null && Date.parse(clock.due) <= at) return "breached";
  if (clock.breached) return "breached";
  if (clock.state === "paused") return "paused";
  return clock.due !== null && Date.parse(clock.due) - at < soonMs ? "soon" : "running";
}

/// `in 12 min`, `3 h over`; of what stands still, how much had passed.
export function countdown(clock: Clock, at: number): string {
  if (clock.state === "paused") return `paused after ${duration(clock.passed_s)}`;
  return countdownTo(clock.due, at);
}

export function countdownTo(due: string | null, at: number): string {
  if (due === null) return "never due";
  const left = (Date.parse(due) - at) / 1000;
  return left > 0 ? `in ${duration(Math.ceil(left))}` : `${duration(Math.max(1, Math.floor(-left)))} over`;
}

/// In a word, and as which urgency it looks.
export function stateOfAlert(alert: Alert): { text: string; look: Urgency | "done" } {
  const isBreached = alert.breached !== null;
  if (alert.state === "ended") return isBreached ? { text: "ended late", look: "paused" } : { text: "ended", look: "done" };
  if (alert.state === "paused") return { text: "paused", look: "paused" };
  if (alert.silenced_until !== null) return { text: "silenced", look: "paused" };
  if (alert.acknowledged !== null) return { text: "taken on", look: isBreached ? "soon" : "running" };
  if (isBreached) return { text: "breached", look: "breached" };
  return { text: alert.severity, look: alert.severity === "info" ? "running" : alert.severity === "warning" ? "soon" : "breached" };
}
