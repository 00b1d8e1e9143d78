/** Watching an endpoint: a peer that receives, its picture, and when it stops by itself. */

import { addressOf, isRunWanted } from "@/preview/endpoints";
import { Peer, type PeerView } from "@/preview/peer";
import { takeTurn } from "@/preview/turns";

/** A picture that nobody can see is not fetched for longer than this. */
export const HIDDEN_MS = 60_000;

export class Watching {
  readonly stream = new MediaStream();
  readonly peer: Peer;
  #giveBack: (() => void) | null = null;
  #hidden: ReturnType<typeof setTimeout> | undefined;
  #resume = false;
  #seen = true;
  readonly #show: (view: PeerView) => void;

  constructor(node: string, show: (view: PeerView) => void) {
    this.#show = show;
    this.peer = new Peer({
      address: () => addressOf(node),
      prepare: (connection) => {
        this.#receive(connection);
      },
      mayRetry: isRunWanted,
      onView: (view) => {
        this.#follow(view);
      },
    });
  }

  /** Fetch the picture, and keep it until `stop`. */
  start(): void {
    document.addEventListener("visibilitychange", this.#lookAway);
    window.addEventListener("pagehide", this.#leave);
    this.#giveBack?.();
    this.#giveBack = takeTurn(() => {
      this.stop("Stopped, because two other pictures are being watched");
    });
    this.peer.start();
  }

  /** Let it go; `reason` is "" when people asked for it. */
  stop(reason = ""): void {
    document.removeEventListener("visibilitychange", this.#lookAway);
    window.removeEventListener("pagehide", this.#leave);
    clearTimeout(this.#hidden);
    this.#giveBack?.();
    this.#giveBack = null;
    this.#resume = false;
    this.peer.stop(reason);
    this.#forgetTracks();
  }

  /** Whether the place of the picture can be seen on the page: not folded away, not scrolled out. */
  setSeen(seen: boolean): void {
    this.#seen = seen;
    if (this.#giveBack) this.#lookAway();
  }

  #receive(connection: RTCPeerConnection): void {
    this.#forgetTracks();
    for (const kind of ["video", "audio"] as const) {
      const { receiver } = connection.addTransceiver(kind, { direction: "recvonly" });
      this.stream.addTrack(receiver.track);
    }
  }

  #forgetTracks(): void {
    for (const track of this.stream.getTracks()) this.stream.removeTrack(track);
  }

  #follow(view: PeerView): void {
    if (view.state === "refused") {
      this.#giveBack?.();
      this.#giveBack = null;
    }
    this.#show(view);
  }

  readonly #leave = (): void => {
    this.stop();
  };

  readonly #lookAway = (): void => {
    clearTimeout(this.#hidden);
    // A picture in a window of its own is seen.
    if ((document.hidden || !this.#seen) && !document.pictureInPictureElement) {
      this.#hidden = setTimeout(() => {
        this.#resume = true;
        this.peer.stop("Paused while nobody can see it");
      }, HIDDEN_MS);
    } else if (this.#resume) {
      this.#resume = false;
      this.peer.start();
    }
  };
}
