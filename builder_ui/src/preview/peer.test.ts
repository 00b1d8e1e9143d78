// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeApi, problem } from "@/live/tests/fake_api";
import { Peer, type PeerView } from "@/preview/peer";
import { FakeConnection } from "@/preview/tests/fake_connection";

const OFFER = "POST /whep/e1";
const END = "DELETE /whep/e1/s1";
let api: FakeApi;
let views: PeerView[];
let peer: Peer;
let wanted: boolean;
const states = (): string[] => views.map(({ state }) => state);
const newest = (): PeerView | undefined => views.at(-1);
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const created = (): Response => new Response("answer", { status: 201, headers: { Location: "/whep/e1/s1" } });
const later = (seconds: string): Response => {
  const response = problem(503, "The pipeline is not running");
  response.headers.set("Retry-After", seconds);
  return response;
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("RTCPeerConnection", FakeConnection);
  FakeConnection.all.length = 0;
  api = new FakeApi();
  views = [];
  wanted = true;
  peer = new Peer({
    address: () => ({ address: "https://elsewhere.example/whep/e1", pass: () => Promise.resolve("secret") }),
    prepare: (connection) => {
      connection.addTransceiver("video", { direction: "recvonly" });
    },
    mayRetry: () => wanted,
    onView: (view) => views.push(view),
  });
});

afterEach(() => {
  peer.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("a session", () => {
  it("is an offer with the token to our own origin, an answer, and DELETE at the end", async () => {
    api.on(OFFER, created).on(END, () => new Response());
    peer.start();
    await pass(0);
    FakeConnection.newest.become("connected");
    peer.stop();
    await pass(0);
    expect(states()).toEqual(["connecting", "connected", "off"]);
    expect(FakeConnection.newest.remote).toBe("answer");
    expect(FakeConnection.newest.configuration.iceServers).toEqual([]);
    const [offer, end] = api.asked;
    expect(offer).toMatchObject({ address: `${location.origin}/whep/e1`, body: "offer" });
    expect(offer?.headers.get("Authorization")).toBe("Bearer secret");
    expect(offer?.headers.get("Content-Type")).toBe("application/sdp");
    expect(end).toMatchObject({ method: "DELETE", address: `${location.origin}/whep/e1/s1` });
    expect(end?.headers.get("Authorization")).toBe("Bearer secret");
  });

  it("sends its token to nobody else, whatever Location says", async () => {
    api.on(OFFER, () => new Response("answer", { status: 201, headers: { Location: "https://evil.example/s1" } }));
    peer.start();
    await pass(0);
    peer.stop();
    await pass(0);
    expect(api.asked).toHaveLength(1);
  });

  it("is not deleted where the run is over and nobody is there to do so", async () => {
    api.on(OFFER, created);
    peer.start();
    await pass(0);
    wanted = false;
    peer.stop();
    await pass(0);
    expect(api.asked.map(({ method }) => method)).toEqual(["POST"]);
  });

  it("waits no longer than a second for candidates", async () => {
    api.on(OFFER, created);
    peer.start();
    FakeConnection.newest.iceGatheringState = "gathering";
    await pass(999);
    expect(api.asked).toHaveLength(0);
    await pass(1);
    expect(api.asked).toHaveLength(1);
  });

  it("that is stopped while it is asked for is deleted", async () => {
    let answer: (response: Response) => void = () => undefined;
    api.on(OFFER, () => new Promise<Response>((resolve) => { answer = resolve; })).on(END, () => new Response());
    peer.start();
    await pass(0);
    peer.stop();
    answer(created());
    await pass(0);
    expect(newest()).toEqual({ state: "off", reason: "" });
    expect(FakeConnection.newest.remote).toBeNull();
    expect(api.asked.map(({ method }) => method)).toEqual(["POST", "DELETE"]);
  });
});

describe("a gateway that is not ready", () => {
  it("is asked again when it says so, as long as the run lives", async () => {
    api.on(OFFER, () => later("3"), created);
    peer.start();
    await pass(0);
    expect(newest()).toMatchObject({ state: "waiting", reason: "The pipeline is not running" });
    await pass(2999);
    expect(api.asked).toHaveLength(1);
    await pass(1);
    expect(api.asked).toHaveLength(2);
    expect(newest()?.state).toBe("connecting");
  });

  it("is given as much time as its run has", async () => {
    api.on(OFFER, () => later("1"));
    peer.start();
    await pass(60_000);
    expect(newest()?.state).toBe("waiting");
    wanted = false;
    await pass(1000);
    expect(newest()).toEqual({ state: "refused", reason: "The pipeline is not running" });
  });

  it("cannot put us off for more than half a minute", async () => {
    api.on(OFFER, () => later("86400"));
    peer.start();
    await pass(0);
    expect(newest()).toMatchObject({ state: "waiting", retryAt: Date.now() + 30_000 });
  });
});

describe("a refusal", () => {
  it.each([401, 404, 406, 409, 422])("with %i is final, and says why", async (status) => {
    api.on(OFFER, () => problem(status, "Someone is publishing here already"));
    peer.start();
    await pass(60_000);
    expect(newest()).toEqual({ state: "refused", reason: "Someone is publishing here already" });
    expect(api.asked).toHaveLength(1);
  });

  it("without a right to it is told before anyone is asked", () => {
    const views: PeerView[] = [];
    const none = new Peer({ address: () => null, prepare: vi.fn(), mayRetry: () => true, onView: (view) => views.push(view) });
    none.start();
    expect(views.at(-1)?.state).toBe("refused");
    expect(FakeConnection.all).toHaveLength(0);
  });

  it("of our own making gives up after eight failures in a row", async () => {
    api.on(OFFER, () => problem(502, "The gateway's answer is incomplete"));
    peer.start();
    await pass(200_000);
    expect(newest()).toEqual({ state: "refused", reason: "The gateway's answer is incomplete" });
    expect(api.asked).toHaveLength(9);
  });
});

describe("a broken connection", () => {
  it("is made anew, and the old session deleted", async () => {
    api.on(OFFER, created).on(END, () => new Response());
    peer.start();
    await pass(0);
    FakeConnection.newest.become("connected");
    FakeConnection.newest.become("failed");
    expect(newest()).toMatchObject({ state: "waiting", reason: "The connection to the gateway failed" });
    await pass(1000);
    expect(FakeConnection.all).toHaveLength(2);
    expect(api.asked.map(({ method }) => method)).toEqual(["POST", "DELETE", "POST"]);
  });

  it("that comes back by itself is left alone", async () => {
    api.on(OFFER, created);
    peer.start();
    await pass(0);
    FakeConnection.newest.become("connected");
    FakeConnection.newest.become("disconnected");
    await pass(3000);
    FakeConnection.newest.become("connected");
    await pass(60_000);
    expect(FakeConnection.all).toHaveLength(1);
  });

  it("that never carries anything is called so", async () => {
    api.on(OFFER, created).on(END, () => new Response());
    peer.start();
    await pass(12_000);
    expect(newest()).toMatchObject({
      state: "waiting",
      reason: "No media path to the gateway could be opened; a firewall may block UDP",
    });
  });
});
