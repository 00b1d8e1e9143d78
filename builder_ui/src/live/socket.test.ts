// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeSocket } from "@/live/tests/fake_socket";
import type { Json } from "@/live/merge_patch";
import { diff, randomState, seeded } from "@/live/tests/random_states";
import { LiveSocket, SILENCE_MS, SNAPSHOT_MS } from "@/live/socket";
import type { ConnectionView } from "@/stores/live";

let shown: Json[] = [];
let views: ConnectionView[] = [];
let socket: LiveSocket;
const newest = (): ConnectionView | undefined => views.at(-1);
const snapshot = (seq: number, state: Json = { nodes: {} }): Json => ({ type: "snapshot", seq, state });
const patch = (seq: number, change: Json = {}): Json => ({ type: "patch", seq, patch: change });
const whole = (state: Json): Json => ({ nodes: {}, wires: {}, artifacts: {}, ...(state as { [name: string]: Json }) });

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all.length = 0;
  shown = [];
  views = [];
  socket = new LiveSocket({
    url: "ws://here/live/",
    open: (url) => new FakeSocket(url) as unknown as WebSocket,
    onState: (state) => shown.push(state),
    onConnection: (view) => views.push(view),
    random: () => 1,
  });
  socket.start();
});

afterEach(() => {
  socket.stop();
  vi.useRealTimers();
});

describe("the live socket", () => {
  it("shows the snapshot, then every patch, and acknowledges each", () => {
    FakeSocket.newest.say(snapshot(1, { nodes: { a: { fps: 1 } } }));
    FakeSocket.newest.say(patch(2, { nodes: { a: { fps: 2 } } }));
    expect(newest()).toEqual({ connection: "live" });
    expect(shown).toEqual([whole({ nodes: { a: { fps: 1 } } }), whole({ nodes: { a: { fps: 2 } } })]);
    expect(FakeSocket.newest.sent).toEqual([{ type: "ack", seq: 1 }, { type: "ack", seq: 2 }]);
  });

  it("draws nothing for a heartbeat", () => {
    FakeSocket.newest.say(snapshot(1));
    FakeSocket.newest.say(patch(2));
    expect(shown).toHaveLength(1);
    expect(FakeSocket.newest.sent).toContainEqual({ type: "ack", seq: 2 });
  });

  it("asks once for a snapshot after a gap, and ignores patches until it comes", () => {
    FakeSocket.newest.say(snapshot(1));
    for (const seq of [3, 4, 2]) FakeSocket.newest.say(patch(seq, { nodes: { wrong: {} } }));
    expect(FakeSocket.newest.resyncs).toBe(1);
    expect(shown).toHaveLength(1);
    FakeSocket.newest.say(snapshot(5, { nodes: { right: {} } }));
    expect(shown.at(-1)).toEqual(whole({ nodes: { right: {} } }));
  });

  it("takes a message that comes twice once", () => {
    FakeSocket.newest.say(snapshot(1));
    FakeSocket.newest.say(patch(2, { nodes: { a: {} } }));
    FakeSocket.newest.say(patch(2, { nodes: { a: null } }));
    expect(shown.at(-1)).toEqual(whole({ nodes: { a: {} } }));
    expect(FakeSocket.newest.resyncs).toBe(0);
  });

  it.each(["not json", "[]", '{"type":"patch","seq":2,"patch":null}', '{"type":"patch","seq":"2","patch":{}}', '{"seq":2}'])(
    "asks for a snapshot when it is told nonsense: %s",
    (text) => {
      FakeSocket.newest.say(snapshot(1));
      FakeSocket.newest.say(text);
      expect(FakeSocket.newest.resyncs).toBe(1);
      expect(shown).toHaveLength(1);
    },
  );

  it("equals the server's state after every message, whatever is lost, doubled or swapped on the way", () => {
    const random = seeded(42);
    for (let round = 0; round < 60; round += 1) playRound(random);
  });
});

/** A server as ours: it numbers what it sends and answers a resync with a snapshot; the network mangles patches. */
function playRound(random: () => number): void {
  const server = { state: randomState(random) as Json, seq: 0 };
  const connection = FakeSocket.newest;
  let asked = connection.resyncs;
  const mail: Json[] = [];
  const send = (message: (seq: number) => Json): void => {
    server.seq += 1;
    mail.push(message(server.seq));
  };
  const sendSnapshot = (): void => {
    send((seq) => snapshot(seq, server.state));
  };
  const sendPatch = (change: Json): void => {
    send((seq) => patch(seq, change));
  };
  const deliver = (): void => {
    for (const message of mail.splice(0)) connection.say(message);
    while (connection.resyncs > asked) {
      asked = connection.resyncs;
      sendSnapshot();
      for (const message of mail.splice(0)) connection.say(message);
    }
  };
  sendSnapshot();
  deliver();
  for (let step = 0; step < 30; step += 1) {
    const next = randomState(random);
    sendPatch(diff(server.state, next));
    server.state = next;
    const fate = random();
    if (fate < 0.1) mail.pop();
    else if (fate < 0.2) mail.push(...mail.slice(-1));
    else if (fate < 0.3) mail.reverse();
    if (random() < 0.6) deliver();
  }
  sendPatch({});
  deliver();
  expect(shown.at(-1)).toEqual(whole(server.state));
}

describe("a lost connection", () => {
  it("is tried again after 1, 2, 4, 8 and then every 15 s", () => {
    const waits: number[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      FakeSocket.newest.end(1006);
      const view = newest();
      const wait = (view?.retryAt ?? 0) - Date.now();
      waits.push(wait);
      expect(view).toMatchObject({ connection: "lost", closeReason: "The connection to the server broke" });
      vi.advanceTimersByTime(wait);
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000]);
    expect(FakeSocket.all).toHaveLength(7);
  });

  it("begins with the shortest wait after one that held", () => {
    FakeSocket.newest.end(1006);
    vi.advanceTimersByTime(15_000);
    FakeSocket.newest.say(snapshot(1));
    vi.advanceTimersByTime(11_000);
    FakeSocket.newest.end(1006);
    expect(newest()?.retryAt).toBe(Date.now() + 1000);
  });

  it("shows a fresh snapshot on the next one, and keeps what is equal", () => {
    FakeSocket.newest.say(snapshot(7, { nodes: { a: { fps: 1 }, b: { fps: 1 } } }));
    FakeSocket.newest.end(1006);
    vi.advanceTimersByTime(1000);
    FakeSocket.newest.say(snapshot(1, { nodes: { a: { fps: 1 }, b: { fps: 2 } } }));
    const [before, after] = shown as { nodes: Record<string, Json> }[];
    expect(after?.nodes["a"]).toBe(before?.nodes["a"]);
    expect(after?.nodes["b"]).toEqual({ fps: 2 });
  });

  it("is found by silence", () => {
    FakeSocket.newest.say(snapshot(1));
    vi.advanceTimersByTime(SILENCE_MS - 1);
    expect(newest()?.connection).toBe("live");
    vi.advanceTimersByTime(1);
    expect(newest()?.connection).toBe("lost");
  });

  it("is found when no snapshot comes", () => {
    vi.advanceTimersByTime(SNAPSHOT_MS);
    expect(newest()?.connection).toBe("lost");
  });

  it.each(["online", "visibilitychange"])("is tried at once on %s", (event) => {
    FakeSocket.newest.end(1006);
    (event === "online" ? window : document).dispatchEvent(new Event(event));
    expect(FakeSocket.all).toHaveLength(2);
    vi.advanceTimersByTime(15_000 - 1 - SNAPSHOT_MS);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("is given up at once on offline, once, and tried again", () => {
    FakeSocket.newest.say(snapshot(1));
    window.dispatchEvent(new Event("offline"));
    expect(newest()?.connection).toBe("lost");
    window.dispatchEvent(new Event("offline"));
    expect(views.filter(({ connection }) => connection === "lost")).toHaveLength(1);
    vi.advanceTimersByTime(1000);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("takes nothing more from the socket before", () => {
    const old = FakeSocket.newest;
    old.say(snapshot(1));
    const hear = old.onmessage;
    old.end(1006);
    hear?.({ data: JSON.stringify(patch(2, { nodes: { ghost: {} } })) });
    expect(shown).toHaveLength(1);
  });
});

describe("a closed connection", () => {
  it.each([
    [4401, "You are signed out. Sign in again."],
    [4403, "You may no longer see this pipeline. Ask an owner or an admin of the team to let you in again."],
    [4404, "This pipeline is gone: someone has archived it."],
  ])("with code %i says why, and is not tried again by itself", (code, sentence) => {
    FakeSocket.newest.end(code);
    expect(newest()).toMatchObject({ connection: "closed", closeReason: sentence });
    window.dispatchEvent(new Event("online"));
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all).toHaveLength(1);
    socket.retry();
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("leads back here after signing in", () => {
    FakeSocket.newest.end(4401);
    expect(newest()?.closeLink).toEqual({ href: "/accounts/login/?next=%2F", text: "Sign in" });
  });

  it("waits longest when there are too many windows", () => {
    FakeSocket.newest.end(4429);
    expect(newest()?.retryAt).toBe(Date.now() + 15_000);
  });

  it("stays closed after stop", () => {
    socket.stop();
    expect(FakeSocket.newest.closedWith).toBe(1000);
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.all).toHaveLength(1);
  });
});
