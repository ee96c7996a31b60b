// The client's side of the live protocol, without a socket: what to send when a connection opens or a view is wanted,
// and what to make of each message. Pure but for its own state, so that tests drive it through cuts and gaps.
import type { Channel, Problem } from "../contract";
import { applyDelta } from "./delta";

/// What somebody wants to see.
export interface Wanted {
  channel: Channel;
  process: string;
  filter: Record<string, string | string[]>;
}

export interface Watcher {
  /// The whole view, after a snapshot or a delta.
  shown: (data: object) => void;
  /// It was compared with the server's views at this moment.
  current: (asOf: string) => void;
  failed: (problem: Problem) => void;
}

interface Subscription {
  ref: number;
  wanted: Wanted;
  watcher: Watcher;
  data?: object;
  epoch?: string;
  seq?: number;
  asked: boolean; // on the connection at hand
}

interface Message {
  type: string;
  ref?: number;
  epoch?: string;
  seq?: number;
  prev?: number;
  recovered?: boolean;
  as_of?: string;
  data?: { as_of?: string };
  code?: string;
  detail?: string;
}

/// Errors that end a subscription which stands.
const ending = new Set(["forbidden", "storage_failed", "internal"]);

export class Subscriptions {
  private readonly standing = new Map<number, Subscription>();
  private nextRef = 1;
  private send: ((message: object) => void) | null = null;

  /// Begins to watch; the returned function ends it.
  watch(wanted: Wanted, watcher: Watcher): () => void {
    const subscription: Subscription = { ref: this.nextRef++, wanted, watcher, asked: false };
    this.standing.set(subscription.ref, subscription);
    this.ask(subscription.ref);
    return () => {
      this.standing.delete(subscription.ref);
      if (subscription.asked) this.send?.({ op: "unsubscribe", ref: subscription.ref });
    };
  }

  /// A connection stands: everything wanted is asked for, from where it was cut.
  opened(send: (message: object) => void): void {
    this.send = send;
    for (const ref of this.standing.keys()) this.ask(ref);
  }

  closed(): void {
    this.send = null;
    for (const subscription of this.standing.values()) subscription.asked = false;
  }

  /// Returns true where the server says that it is about to stop.
  received(message: Message): boolean {
    if (message.type === "drain") return true;
    const ref = message.ref;
    const subscription = ref === undefined ? undefined : this.standing.get(ref);
    if (!subscription || ref === undefined) return false;
    if (message.type === "snapshot") this.snapshot(ref, subscription, message);
    else if (message.type === "delta") this.delta(ref, subscription, message);
    else if (message.type === "heartbeat") this.heartbeat(ref, subscription, message);
    else if (message.type === "snapshot_required") this.askAnew(ref, subscription, false);
    else if (message.type === "error") this.failed(subscription, message);
    return false;
  }

  private ask(ref: number): void {
    const subscription = this.standing.get(ref);
    if (!this.send || !subscription) return;
    const { wanted, epoch, seq, data } = subscription;
    subscription.asked = true;
    this.send({
      op: "subscribe",
      ref,
      channel: wanted.channel,
      ...(wanted.channel === "uploads" ? {} : { process: wanted.process }),
      ...(Object.keys(wanted.filter).length > 0 ? { filter: wanted.filter } : {}),
      ...(data && epoch !== undefined && seq !== undefined ? { resume: { epoch, seq } } : {}),
    });
  }

  private snapshot(ref: number, subscription: Subscription, message: Message): void {
    if (message.epoch !== undefined) subscription.epoch = message.epoch;
    if (message.seq !== undefined) subscription.seq = message.seq;
    if (message.recovered) {
      if (!subscription.data) this.askAnew(ref, subscription, false);
      return;
    }
    subscription.data = message.data ?? {};
    this.show(subscription, message.data?.as_of);
  }

  private delta(ref: number, subscription: Subscription, message: Message): void {
    if (!subscription.data || message.prev !== subscription.seq) return this.askAnew(ref, subscription, true);
    subscription.data = applyDelta(subscription.wanted.channel, subscription.data, message.data ?? {});
    if (message.seq !== undefined) subscription.seq = message.seq;
    this.show(subscription, message.data?.as_of);
  }

  private heartbeat(ref: number, subscription: Subscription, message: Message): void {
    if (message.seq !== subscription.seq) return this.askAnew(ref, subscription, true);
    if (message.as_of) subscription.watcher.current(message.as_of);
  }

  private show(subscription: Subscription, asOf: string | undefined): void {
    subscription.watcher.shown(subscription.data!);
    if (asOf) subscription.watcher.current(asOf);
  }

  private failed(subscription: Subscription, message: Message): void {
    const code = message.code ?? "internal";
    subscription.watcher.failed({ title: message.detail || code, status: 0, code });
    if (ending.has(code)) subscription.asked = false;
  }

  /// The same subscription under a new ref, so that what is still under way for the old one is not mistaken for it. With
  /// `resume` the server may send what is missing alone, else all of it.
  private askAnew(ref: number, subscription: Subscription, resume: boolean): void {
    this.standing.delete(ref);
    if (resume) {
      this.send?.({ op: "unsubscribe", ref });
    } else {
      delete subscription.data;
      delete subscription.epoch;
      delete subscription.seq;
    }
    subscription.ref = this.nextRef++;
    this.standing.set(subscription.ref, subscription);
    this.ask(subscription.ref);
  }
}
