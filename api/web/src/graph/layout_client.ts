// Asks the worker for layouts and shows them: the newest question alone counts, a worker that is busy with an older one
// is replaced, and what is on the screen glides to the new places.
import { type Signal, signal } from "@preact/signals";
import { type Ask, type Box, blend, drift, inOldOrder, type Layout, type Link } from "./layout";

/// Set by build.mjs.
declare const LAYOUT_WORKER: string;

const glideMs = 380;
/// Larger maps jump: each frame of a glide draws every path anew.
const glidingPathsMax = 300;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const eased = (share: number): number => 1 - (1 - share) ** 3;

function shifted(layout: Layout, before: Layout): Layout {
  const { x, y } = drift(before, layout);
  const move = (point: { x: number; y: number }): { x: number; y: number } => ({ x: point.x - x, y: point.y - y });
  return {
    ...layout,
    ...move(layout),
    nodes: Object.fromEntries(Object.entries(layout.nodes).map(([id, point]) => [id, move(point)])),
    paths: Object.fromEntries(Object.entries(layout.paths).map(([id, points]) => [id, points.map(move)])),
  };
}

export class LayoutClient {
  /// What to draw now, and what it will come to rest as.
  readonly shown: Signal<Layout | null> = signal(null);
  readonly busy = signal(false);
  private target: Layout | null = null;
  private worker: Worker | null = null;
  private asked = 0;
  private answered = 0;
  private frame = 0;
  private key = "";

  /// The same boxes and links again are no question.
  ask(boxes: Box[], links: Link[]): void {
    const key = JSON.stringify([boxes, links.map((link) => link.id)]);
    if (key === this.key) return;
    this.key = key;
    if (this.asked !== this.answered) this.end();
    const question: Ask = { number: ++this.asked, boxes: inOldOrder(boxes, this.target), links };
    this.worker ??= this.begin();
    this.busy.value = true;
    this.worker.postMessage(question);
  }

  stop(): void {
    cancelAnimationFrame(this.frame);
    this.end();
    this.key = "";
  }

  private begin(): Worker {
    const worker = new Worker(LAYOUT_WORKER);
    worker.onmessage = (event: MessageEvent<Layout>) => {
      this.answered = event.data.number;
      this.busy.value = this.answered !== this.asked;
      if (!this.busy.value) this.show(event.data);
    };
    return worker;
  }

  private end(): void {
    this.worker?.terminate();
    this.worker = null;
    this.answered = this.asked;
    this.busy.value = false;
  }

  private show(layout: Layout): void {
    cancelAnimationFrame(this.frame);
    const before = this.shown.value;
    this.target = before ? shifted(layout, before) : layout;
    if (!before || calm.matches || document.hidden || Object.keys(layout.paths).length > glidingPathsMax) {
      this.shown.value = this.target;
      return;
    }
    const began = performance.now();
    const goal = this.target;
    const step = (now: number): void => {
      const share = Math.min(1, Math.max(0, (now - began) / glideMs));
      this.shown.value = blend(before, goal, eased(share));
      if (share < 1) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }
}
