/** The live protocol as the browser speaks it: a snapshot, then numbered patches; any gap asks for a snapshot again. */

import { LONGEST_WAIT_MS, waitBefore } from "@/live/backoff";
import { closingOf } from "@/live/close_reasons";
import { mergePatch, share, TooDeep, type Json } from "@/live/merge_patch";
import { completeState, readMessage, type Message } from "@/live/messages";
import type { LiveState } from "@/live/state";
import type { ConnectionView } from "@/stores/live";

/** The server says something at least every 10 s. */
export const SILENCE_MS = 25_000;
/** A snapshot that was asked for has come by then, or the connection is made anew. */
export const SNAPSHOT_MS = 8_000;
/** A connection that has lasted so long was a good one: the next loss begins with the shortest wait. */
const STEADY_MS = 10_000;
const UNUSABLE = 4000;

export type LiveSocketOptions = {
  url: string;
  onState: (state: LiveState) => void;
  onConnection: (view: ConnectionView) => void;
  open?: (url: string) => WebSocket;
  random?: () => number;
};

export class LiveSocket {
  readonly #options: Required<LiveSocketOptions>;
  #socket: WebSocket | null = null;
  #state: Json | undefined;
  #seq = 0;
  #awaiting = true;
  #attempt = 0;
  #openedAt = 0;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #late: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #stopped = true;
  #final = false;

  constructor(options: LiveSocketOptions) {
    this.#options = { open: (url) => new WebSocket(url), random: Math.random, ...options };
  }

  /** Connect, and stay connected until `stop`. */
  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    window.addEventListener("online", this.#hurry);
    window.addEventListener("offline", this.#giveUp);
    document.addEventListener("visibilitychange", this.#hurry);
    this.#options.onConnection({ connection: "connecting" });
    this.#connect();
  }

  /** Close for good. */
  stop(): void {
    this.#stopped = true;
    window.removeEventListener("online", this.#hurry);
    window.removeEventListener("offline", this.#giveUp);
    document.removeEventListener("visibilitychange", this.#hurry);
    this.#drop(1000);
    clearTimeout(this.#again);
  }

  /** Try now what would be tried later; also after a final close, when people ask for it. */
  retry(): void {
    if (this.#stopped || this.#socket) return;
    clearTimeout(this.#again);
    this.#final = false;
    this.#connect();
  }

  readonly #hurry = (): void => {
    if (!document.hidden && !this.#final) this.retry();
  };

  /** The browser knows before any silence tells; whoever waits longer looks at what is no longer so. */
  readonly #giveUp = (): void => {
    if (this.#socket) this.#lose(1006);
  };

  #connect(): void {
    let socket: WebSocket;
    try {
      socket = this.#options.open(this.#options.url);
    } catch {
      this.#lose(1006);
      return;
    }
    this.#socket = socket;
    this.#awaiting = true;
    this.#openedAt = Date.now();
    this.#hear();
    this.#expectSnapshot();
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (this.#socket === socket) this.#take(event.data);
    };
    socket.onclose = (event) => {
      if (this.#socket === socket) this.#lose(event.code);
    };
  }

  #take(data: unknown): void {
    this.#hear();
    const message = readMessage(data);
    if (!message) {
      this.#resync();
      return;
    }
    try {
      this.#apply(message);
    } catch (error) {
      if (!(error instanceof TooDeep)) throw error;
      this.#resync();
    }
    this.#send({ type: "ack", seq: message.seq });
  }

  #apply(message: Message): void {
    if (message.type === "snapshot") {
      this.#state = share(this.#state, completeState(message.state));
      this.#seq = message.seq;
      this.#awaiting = false;
      clearTimeout(this.#late);
      this.#options.onConnection({ connection: "live" });
    } else {
      // What comes between a gap and the next snapshot, or a second time, is in that snapshot.
      if (this.#awaiting || message.seq <= this.#seq) return;
      if (message.seq !== this.#seq + 1) {
        this.#resync();
        return;
      }
      this.#seq = message.seq;
      const before = this.#state;
      this.#state = mergePatch(before, message.patch);
      if (this.#state === before) return;
      this.#state = completeState(this.#state as { [name: string]: Json });
    }
    this.#options.onState(this.#state as unknown as LiveState);
  }

  #resync(): void {
    if (this.#awaiting) return;
    this.#awaiting = true;
    this.#expectSnapshot();
    this.#send({ type: "resync" });
  }

  #send(message: { type: "ack"; seq: number } | { type: "resync" }): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #hear(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#lose(1006);
    }, SILENCE_MS);
  }

  #expectSnapshot(): void {
    clearTimeout(this.#late);
    this.#late = setTimeout(() => {
      this.#lose(1006);
    }, SNAPSHOT_MS);
  }

  #drop(code: number): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#late);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    socket.close(code);
  }

  #lose(code: number): void {
    this.#drop(UNUSABLE);
    if (this.#stopped) return;
    if (!this.#awaiting && Date.now() - this.#openedAt > STEADY_MS) this.#attempt = 0;
    const closing = closingOf(code, location.pathname);
    if (closing.retry === "never") {
      this.#final = true;
      const link = closing.link ? { closeLink: closing.link } : {};
      this.#options.onConnection({ connection: "closed", closeReason: closing.reason, ...link });
      return;
    }
    const wait = closing.retry === "late" ? LONGEST_WAIT_MS : waitBefore(this.#attempt, this.#options.random());
    this.#attempt += 1;
    if (closing.retry === "now") this.#options.onConnection({ connection: "connecting", closeReason: closing.reason });
    else this.#options.onConnection({ connection: "lost", closeReason: closing.reason, retryAt: Date.now() + wait });
    clearTimeout(this.#again);
    this.#again = setTimeout(() => {
      this.#connect();
    }, wait);
  }
}
