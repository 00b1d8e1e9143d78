/** A WebRTC session that is kept up: connecting, live, waiting for the next attempt, or over with a reason. */

import { waitBefore } from "@/live/backoff";
import { closeSession, openSession, SessionRefused, type Address, type Session } from "@/preview/signalling";

/** Attempts in a row that may fail before people are asked; a gateway that says "503, later" is not a failure. */
const MAX_FAILURES = 8;
/** While ICE is "disconnected" it may yet come back by itself. */
const DISCONNECTED_MS = 4000;
const CONNECT_MS = 12_000;

export type PeerView =
  | { state: "off"; reason: string }
  | { state: "connecting"; reason: string }
  | { state: "connected"; reason: string }
  | { state: "waiting"; reason: string; retryAt: number }
  | { state: "refused"; reason: string };

export type PeerOptions = {
  address: () => Address | null;
  /** Add the transceivers of a new connection; called once an attempt. */
  prepare: (connection: RTCPeerConnection) => void;
  /** Whether the run still lives: only then a gateway that is not ready is waited for. */
  mayRetry: () => boolean;
  onView: (view: PeerView) => void;
};

export class Peer {
  connection: RTCPeerConnection | null = null;
  readonly #options: PeerOptions;
  #session: Session | null = null;
  #attempt: AbortController | null = null;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PeerOptions) {
    this.#options = options;
  }

  /** Begin, or begin anew after a refusal. */
  start(): void {
    this.#failures = 0;
    this.#connect("");
  }

  /** End the session; the reason is for people, "" when they asked for it. */
  stop(reason = ""): void {
    this.#close();
    this.#options.onView({ state: "off", reason });
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#attempt?.abort();
    this.#attempt = null;
    // A run that is over has no gateway to tell.
    const session = this.#options.mayRetry() ? this.#session : null;
    this.#session = null;
    const { connection } = this;
    this.connection = null;
    if (!connection) return;
    connection.onconnectionstatechange = null;
    // In this order: a gateway whose peer is gone has forgotten the session before it is asked to end it.
    void closeSession(session).then(() => {
      connection.close();
    });
  }

  #connect(reason: string): void {
    this.#close();
    const address = this.#options.address();
    if (!address) {
      this.#options.onView({ state: "refused", reason: "Your role in this team does not open this endpoint" });
      return;
    }
    this.#options.onView({ state: "connecting", reason });
    const connection = new RTCPeerConnection({ iceServers: [], bundlePolicy: "max-bundle" });
    this.connection = connection;
    this.#options.prepare(connection);
    connection.onconnectionstatechange = () => {
      this.#follow(connection);
    };
    const attempt = new AbortController();
    this.#attempt = attempt;
    void this.#open(connection, address, attempt.signal);
  }

  async #open(connection: RTCPeerConnection, address: Address, signal: AbortSignal): Promise<void> {
    try {
      const session = await openSession(connection, address, signal);
      if (signal.aborted) {
        void closeSession(session);
        return;
      }
      this.#session = session;
      if (connection.connectionState === "connected") return;
      this.#later(CONNECT_MS, () => {
        this.#fail("No media path to the gateway could be opened; a firewall may block UDP", undefined);
      });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof SessionRefused) this.#fail(error.message, error.retryAfter, error.status === 503);
      else this.#fail(`The browser could not use the answer (${error instanceof Error ? error.message : "unknown"})`, null);
    }
  }

  #follow(connection: RTCPeerConnection): void {
    if (connection !== this.connection) return;
    switch (connection.connectionState) {
      case "connected":
        clearTimeout(this.#timer);
        this.#failures = 0;
        this.#options.onView({ state: "connected", reason: "" });
        break;
      case "disconnected":
        this.#later(DISCONNECTED_MS, () => {
          this.#fail("The gateway is gone", undefined);
        });
        break;
      case "failed":
      case "closed":
        this.#fail("The connection to the gateway failed", undefined);
        break;
    }
  }

  #fail(reason: string, retryAfter: number | null | undefined, notReady = false): void {
    this.#close();
    if (!notReady) this.#failures += 1;
    const enough = retryAfter === null || this.#failures > MAX_FAILURES;
    if (enough || !this.#options.mayRetry()) {
      this.#options.onView({ state: "refused", reason });
      return;
    }
    const wait = retryAfter ?? waitBefore(this.#failures - 1, Math.random());
    this.#options.onView({ state: "waiting", reason, retryAt: Date.now() + wait });
    this.#later(wait, () => {
      this.#connect(reason);
    });
  }

  #later(ms: number, act: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, ms);
  }
}
