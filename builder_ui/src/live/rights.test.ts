// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { followRights } from "@/live/rights";
import { LiveSocket } from "@/live/socket";
import { FakeApi, json } from "@/live/tests/fake_api";
import { FakeSocket } from "@/live/tests/fake_socket";
import { openPipeline, PLACE } from "@/live/tests/open_pipeline";
import { useDocument } from "@/stores/document";
import { resetLive, showConnection, useLive } from "@/stores/live";

let api: FakeApi;
let forget: () => void;
let socket: LiveSocket;
const say = () => { FakeSocket.newest.say({ type: "snapshot", seq: 1, state: {} }); };

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all.length = 0;
  resetLive();
  openPipeline();
  api = new FakeApi().on(`GET ${PLACE}`, () => json({ may: { edit: false, run: false } }));
  forget = followRights();
  socket = new LiveSocket({
    url: "ws://here/live/",
    open: (url) => new FakeSocket(url) as unknown as WebSocket,
    onState: () => undefined,
    onConnection: showConnection,
  });
  socket.start();
});

afterEach(() => {
  socket.stop();
  forget();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("asks nothing when the page opens, and anew when the server says that the role is another", async () => {
  say();
  await vi.advanceTimersByTimeAsync(1000);
  expect(api.asked).toEqual([]);
  FakeSocket.newest.end(4409);
  expect(useLive.getState().connection).toBe("connecting");
  await vi.advanceTimersByTimeAsync(1500);
  expect(useDocument.getState().may).toEqual({ edit: false, run: false });
  expect(FakeSocket.all).toHaveLength(2);
});

it("asks again after any time away, in which nobody could tell it", async () => {
  say();
  FakeSocket.newest.end(1006);
  await vi.advanceTimersByTimeAsync(3000);
  expect(api.asked).toEqual([]);
  say();
  await vi.advanceTimersByTimeAsync(0);
  expect(useDocument.getState().may).toEqual({ edit: false, run: false });
});
