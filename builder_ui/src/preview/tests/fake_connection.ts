/** A peer connection without media, for tests: candidates are there at once, and the test says how it fares. */

export class FakeConnection extends EventTarget {
  static readonly all: FakeConnection[] = [];
  connectionState: RTCPeerConnectionState = "new";
  iceGatheringState: RTCIceGatheringState = "complete";
  localDescription: { sdp: string } | null = null;
  remote: string | null = null;
  onconnectionstatechange: (() => void) | null = null;
  readonly transceivers: { kind: string; init: RTCRtpTransceiverInit }[] = [];

  constructor(readonly configuration: RTCConfiguration) {
    super();
    FakeConnection.all.push(this);
  }

  static get newest(): FakeConnection {
    const connection = FakeConnection.all.at(-1);
    if (!connection) throw new Error("No connection was made");
    return connection;
  }

  addTransceiver(kind: string, init: RTCRtpTransceiverInit): { receiver: { track: object } } {
    this.transceivers.push({ kind, init });
    return { receiver: { track: {} } };
  }

  setLocalDescription(): Promise<void> {
    this.localDescription = { sdp: "offer" };
    return Promise.resolve();
  }

  setRemoteDescription({ sdp }: { sdp: string }): Promise<void> {
    this.remote = sdp;
    return Promise.resolve();
  }

  close(): void {
    this.connectionState = "closed";
  }

  /** It becomes so. */
  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}
