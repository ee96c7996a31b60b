// What stands where there is nothing to show: not yet, nothing at all, or a refusal.
import type { ComponentChildren } from "preact";
import type { Problem } from "../contract";

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children && <div class="empty-more">{children}</div>}
    </div>
  );
}

export function Trouble({ problem }: { problem: Problem }) {
  return (
    <div class="empty trouble" role="alert">
      <p class="empty-title">{problem.title || "That did not work."}</p>
      <p class="empty-more">{problem.detail ?? ""} <code>{problem.code}</code></p>
    </div>
  );
}

export function Waiting() {
  return <div class="waiting" role="status" aria-label="Loading" />;
}
