/** Publishing to an endpoint from this page: a capture, and a peer that sends it until told to stop. */

import { closeCapture, openCapture, type Choice } from "@/preview/capture";
import { preferFormats } from "@/preview/codecs";
import { addressOf, isRunWanted } from "@/preview/endpoints";
import { Peer, type PeerView } from "@/preview/peer";
import { useDocument } from "@/stores/document";

export type PublishView = { peer: PeerView; stream: MediaStream | null; publishing: boolean };

function formatsOf(node: string, kind: "audio" | "video"): readonly string[] {
  const { graph, components } = useDocument.getState();
  const outputs = components[graph.nodes[node]?.component ?? ""]?.outputs ?? {};
  return Object.values(outputs)
    .filter((port) => port.type === kind)
    .flatMap((port) => port.formats);
}

export class Publishing {
  readonly peer: Peer;
  #stream: MediaStream | null = null;
  #publishing = false;
  #gone = false;
  #view: PeerView = { state: "off", reason: "" };
  readonly #node: string;
  readonly #show: (view: PublishView) => void;

  constructor(node: string, show: (view: PublishView) => void) {
    this.#node = node;
    this.#show = show;
    this.peer = new Peer({
      address: () => addressOf(node),
      prepare: (connection) => {
        this.#send(connection);
      },
      mayRetry: isRunWanted,
      onView: (view) => {
        this.#view = view;
        if (view.state === "refused") this.#publishing = false;
        this.#tell();
      },
    });
  }

  /** Whether something is being captured. */
  get isOpen(): boolean {
    return this.#stream !== null;
  }

  /** Open what was chosen and show it; while publishing, it takes the place of what is sent. Throws CaptureRefused. */
  async open(choice: Choice): Promise<void> {
    const stream = await openCapture(choice);
    if (this.#gone) {
      closeCapture(stream);
      return;
    }
    const before = this.#stream;
    this.#stream = stream;
    for (const track of stream.getTracks()) {
      track.onended = () => {
        this.stop("The device or the shared window is gone");
      };
    }
    if (this.#publishing) await this.#replace(stream);
    closeCapture(before);
    this.#tell();
  }

  /** Send what is open. */
  start(): void {
    if (!this.#stream) return;
    this.#publishing = true;
    window.addEventListener("pagehide", this.#leave);
    this.peer.start();
  }

  /** Send no more and let the devices go; `reason` is "" when people asked for it. */
  stop(reason = ""): void {
    window.removeEventListener("pagehide", this.#leave);
    this.#publishing = false;
    closeCapture(this.#stream);
    this.#stream = null;
    this.peer.stop(reason);
  }

  /** The panel is closed: whatever is still being opened is let go. */
  dispose(): void {
    this.#gone = true;
    this.stop();
  }

  /** The panel is there again. */
  revive(): void {
    this.#gone = false;
  }

  #send(connection: RTCPeerConnection): void {
    const stream = this.#stream;
    if (!stream) return;
    for (const track of stream.getTracks()) {
      const kind = track.kind === "audio" ? "audio" : "video";
      const transceiver = connection.addTransceiver(track, { direction: "sendonly", streams: [stream] });
      preferFormats(transceiver, kind, formatsOf(this.#node, kind));
    }
  }

  async #replace(stream: MediaStream): Promise<void> {
    const senders = this.peer.connection?.getSenders() ?? [];
    const tracks = stream.getTracks();
    const kinds = (all: readonly (MediaStreamTrack | null)[]): string => all.map((each) => each?.kind).sort().join();
    // Other kinds of tracks need another offer (RFC 9725 has no renegotiation): a new session.
    if (kinds(senders.map((sender) => sender.track)) !== kinds(tracks)) {
      this.peer.start();
      return;
    }
    for (const sender of senders) {
      await sender.replaceTrack(tracks.find((track) => track.kind === sender.track?.kind) ?? null);
    }
  }

  #tell(): void {
    this.#show({ peer: this.#view, stream: this.#stream, publishing: this.#publishing });
  }

  readonly #leave = (): void => {
    this.stop();
  };
}
