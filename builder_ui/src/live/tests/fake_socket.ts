/** Both ends of a WebSocket without a network, for tests. */

export class FakeSocket {
  static readonly all: FakeSocket[] = [];
  readyState: number = WebSocket.CONNECTING;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: { type: string; seq?: number }[] = [];
  closedWith: number | null = null;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  static get newest(): FakeSocket {
    const socket = FakeSocket.all.at(-1);
    if (!socket) throw new Error("No socket was opened");
    return socket;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as { type: string; seq?: number });
  }

  close(code: number): void {
    this.closedWith ??= code;
    this.readyState = WebSocket.CLOSED;
  }

  /** The server says something. */
  say(message: unknown): void {
    this.readyState = WebSocket.OPEN;
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }

  /** The server, or the network, closes it. */
  end(code: number): void {
    this.readyState = WebSocket.CLOSED;
    this.onclose?.({ code });
  }

  get resyncs(): number {
    return this.sent.filter(({ type }) => type === "resync").length;
  }
}
