// Keeps one WebSocket to the server open for as long as the page lives: a ticket, the connection, a watchdog for lines
// that died in silence (a sleeping laptop), and coming back after a random pause that grows.
import { signal } from "@preact/signals";
import { ask, Refused } from "../request";
import { pauseMs } from "./pause";
import { Subscriptions } from "./subscriptions";

export type Connection = "connecting" | "live" | "lost";

/// The state of the connection, and when it was last heard of (milliseconds of the browser's clock).
export const connection = signal<Connection>("connecting");
export const heard = signal(0);

/// The server speaks at least every 5 s.
const silenceMsMax = 15_000;
export class LiveSocket {
  readonly subscriptions = new Subscriptions();
  private socket: WebSocket | null = null;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setInterval> | undefined;
  private wanted = false;
  private attempt = 0;

  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    addEventListener("online", this.hurry);
    document.addEventListener("visibilitychange", this.hurry);
    this.watchdog = setInterval(() => this.watch(), 2_000);
    void this.connect();
  }

  stop(): void {
    this.wanted = false;
    removeEventListener("online", this.hurry);
    document.removeEventListener("visibilitychange", this.hurry);
    clearInterval(this.watchdog);
    clearTimeout(this.timer);
    this.drop();
    connection.value = "connecting";
  }

  /// The network is back, or somebody looks at the page again: no reason to wait any longer.
  private readonly hurry = (): void => {
    if (document.hidden || !this.wanted) return;
    if (this.socket?.readyState === WebSocket.OPEN) {
      this.socket.send('{"op":"ping"}');
    } else if (this.timer !== undefined) {
      this.failures = 0;
      void this.connect();
    }
  };

  private async connect(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const attempt = ++this.attempt;
    this.drop();
    try {
      const { ticket } = await ask<{ ticket: string }>("/v1/ws-tickets", { method: "POST" });
      if (attempt !== this.attempt || !this.wanted) return;
      this.open(ticket);
    } catch (fault) {
      if (attempt !== this.attempt || !this.wanted) return;
      if (fault instanceof Refused && fault.problem.status === 401) return;
      this.later();
    }
  }

  private open(ticket: string): void {
    const url = new URL("/v1/ws", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.searchParams.set("ticket", ticket);
    const socket = new WebSocket(url);
    this.socket = socket;
    socket.onopen = () => {
      this.failures = 0;
      heard.value = Date.now();
      connection.value = "live";
      this.subscriptions.opened((message) => socket.send(JSON.stringify(message)));
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      heard.value = Date.now();
      const stopping = this.subscriptions.received(JSON.parse(event.data));
      if (stopping) connection.value = "lost";
    };
    socket.onclose = () => {
      if (this.socket === socket) this.later();
    };
  }

  private watch(): void {
    if (this.socket?.readyState === WebSocket.OPEN && Date.now() - heard.value > silenceMsMax) this.later();
  }

  private later(): void {
    this.drop();
    connection.value = "lost";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.connect(), pauseMs(this.failures++, Math.random()));
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    this.subscriptions.closed();
    if (!socket) return;
    socket.onclose = null;
    socket.onmessage = null;
    socket.close();
  }
}
