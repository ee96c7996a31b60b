// What the page has to say about something that was done or went wrong: shown for a while, and read out.
import { signal } from "@preact/signals";
import { Refused } from "../request";

interface Notice {
  id: number;
  text: string;
  kind: "done" | "failed";
}

const notices = signal<Notice[]>([]);
let last = 0;

function show(text: string, kind: Notice["kind"]): void {
  const id = ++last;
  notices.value = [...notices.value.slice(-3), { id, text, kind }];
  setTimeout(() => {
    notices.value = notices.value.filter((one) => one.id !== id);
  }, kind === "failed" ? 12_000 : 5_000);
}

export const done = (text: string): void => show(text, "done");

export function failed(what: string, fault: unknown): void {
  const why = fault instanceof Refused ? fault.message : "the server cannot be reached";
  show(`${what}: ${why}`, "failed");
}

export function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map((one) => <p key={one.id} class={`notice ${one.kind}`}>{one.text}</p>)}
    </div>
  );
}
