/** Joins the live socket to the store: whatever comes, the page is drawn at most once a frame. */

import { followEnds } from "@/live/ends";
import { followRights } from "@/live/rights";
import { LiveSocket } from "@/live/socket";
import { noteMovement, STALLED_MS } from "@/live/stalls";
import type { LiveState } from "@/live/state";
import { resetLive, showConnection, showState, useLive } from "@/stores/live";

/** A page in the background draws no frames, and still has to know when a run ends. */
const HIDDEN_MS = 500;

/** Calls `show` with the newest value, at most once an animation frame. */
export class Frame<T> {
  #next: { value: T } | null = null;
  readonly #show: (value: T) => void;

  constructor(show: (value: T) => void) {
    this.#show = show;
  }

  put(value: T): void {
    const waiting = this.#next !== null;
    this.#next = { value };
    if (waiting) return;
    if (document.hidden) setTimeout(this.flush, HIDDEN_MS);
    else requestAnimationFrame(this.flush);
  }

  readonly flush = (): void => {
    const next = this.#next;
    this.#next = null;
    if (next) this.#show(next.value);
  };
}

let current: LiveSocket | null = null;

/** Try the connection again now. */
export function retryLive(): void {
  current?.retry();
}

/** The address of a WebSocket on this site. */
export function socketAddress(path: string): string {
  const address = new URL(path, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

/** Follow a pipeline; `path` is the boot's `live`. Returns how to end it. */
export function connectLive(path: string): () => void {
  resetLive();
  const frame = new Frame<LiveState>((state) => {
    showState(state, Date.now());
  });
  const socket = new LiveSocket({
    url: socketAddress(path),
    onState: (state) => {
      frame.put(state);
    },
    onConnection: (view) => {
      document.documentElement.dataset["live"] = view.connection;
      showConnection(view);
    },
  });
  current = socket;
  socket.start();
  const forgetEnds = followEnds();
  const forgetRights = followRights();
  const timer = setInterval(lookForStalls, STALLED_MS / 2);
  // After a frame was asked for, the page may be hidden before it is drawn.
  document.addEventListener("visibilitychange", frame.flush);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", frame.flush);
    forgetEnds();
    forgetRights();
    socket.stop();
    if (current === socket) current = null;
    delete document.documentElement.dataset["live"];
  };
}

/** When nothing changes, nothing comes: only the clock tells that a wire stands still. */
function lookForStalls(): void {
  const live = useLive.getState();
  if (live.connection !== "live") return;
  const stalled = noteMovement(live.stalled, live, Date.now());
  if (stalled !== live.stalled) useLive.setState({ stalled });
}
