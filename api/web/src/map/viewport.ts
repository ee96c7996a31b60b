// Moving and zooming a picture with mouse, fingers and keys.
import { type Signal, signal } from "@preact/signals";

export interface Transform {
  x: number;
  y: number;
  k: number;
}

const least = 0.15;
const greatest = 3;

interface Area {
  width: number;
  height: number;
}

/// So that all of it is seen, unless that would make it unreadable: then its beginning is, with `middle` (an x of the
/// picture) in the middle.
export function fitted(picture: Area & { x: number; y: number }, into: Area, middle: number): Transform {
  const { width, height } = picture;
  const whole = Math.min(into.width / width, into.height / height, 1.1);
  const k = Math.max(whole, Math.min(0.7, into.width / Math.min(width, 900)));
  const top = height * k <= into.height + 1 ? (into.height - height * k) / 2 : 8;
  const left = width * k <= into.width + 1 ? (into.width - width * k) / 2
    : Math.min(8, Math.max(into.width - width * k - 8, into.width / 2 - (middle - picture.x) * k));
  return { x: left - picture.x * k, y: top - picture.y * k, k };
}

/// All of it, however small.
export function entire(picture: Area & { x: number; y: number }, into: Area): Transform {
  const margin = 12;
  const room = { width: into.width - 2 * margin, height: into.height - 2 * margin };
  const k = Math.max(0.02, Math.min(room.width / picture.width, room.height / picture.height, 1.1));
  return { x: (into.width - picture.width * k) / 2 - picture.x * k, y: (into.height - picture.height * k) / 2 - picture.y * k, k };
}

export class Viewport {
  /// What somebody chose to look at, which is left so; null: all of the picture.
  readonly chosen: Signal<Transform | null> = signal(null);
  /// What is on the screen.
  shown: Transform = { x: 0, y: 0, k: 1 };
  private readonly fingers = new Map<number, { x: number; y: number }>();
  private moved = 0;

  zoom(factor: number, atX: number, atY: number): void {
    const { x, y, k } = this.shown;
    const next = Math.min(greatest, Math.max(Math.min(least, k), k * factor)); // `entire` may be below the least
    this.chosen.value = this.shown = { x: atX - ((atX - x) * next) / k, y: atY - ((atY - y) * next) / k, k: next };
  }

  move(dx: number, dy: number): void {
    const { x, y, k } = this.shown;
    this.chosen.value = this.shown = { x: x + dx, y: y + dy, k };
  }

  /// Moves as little as is needed to see a point of the picture.
  reveal(pictureX: number, pictureY: number, window: Area): void {
    const { x, y, k } = this.shown;
    const margin = { x: Math.min(120, window.width / 3), y: Math.min(48, window.height / 3) };
    const off = (at: number, edge: number, room: number): number => Math.max(0, edge - at) + Math.min(0, room - edge - at);
    const dx = off(pictureX * k + x, margin.x, window.width);
    const dy = off(pictureY * k + y, margin.y, window.height);
    if (dx !== 0 || dy !== 0) this.move(dx, dy);
  }

  down(event: PointerEvent): void {
    if (event.button !== 0) return;
    if (this.fingers.size === 0) this.moved = 0;
    this.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  drag(event: PointerEvent, box: DOMRect): void {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const others = [...this.fingers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    this.fingers.set(event.pointerId, now);
    const other = others[0];
    this.moved += Math.hypot(now.x - before.x, now.y - before.y);
    if (this.moved < 4) return;
    const target = event.currentTarget as Element;
    if (!target.hasPointerCapture(event.pointerId)) target.setPointerCapture(event.pointerId);
    if (!other) return this.move(now.x - before.x, now.y - before.y);
    const spread = Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
    this.zoom(spread, (now.x + other.x) / 2 - box.left, (now.y + other.y) / 2 - box.top);
  }

  up(event: PointerEvent): void {
    this.fingers.delete(event.pointerId);
  }

  /// A click that ended a drag is none.
  get dragged(): boolean {
    return this.moved >= 4;
  }
}
