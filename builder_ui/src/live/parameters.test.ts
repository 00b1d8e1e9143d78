// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { changeLive, forgetChanges, useParameterChanges } from "@/live/parameters";
import { FakeApi, json, problem } from "@/live/tests/fake_api";
import { liveNodeOf, liveRunOf, liveStateOf } from "@/live/tests/live_entries";
import { openPipeline, PLACE } from "@/live/tests/open_pipeline";
import type { LiveNode, LiveRun } from "@/live/state";
import { resetLive, showState } from "@/stores/live";

const PATCH = `PATCH ${PLACE}/runs/r1/nodes/overlay`;
let api: FakeApi;
const changes = () => useParameterChanges.getState();
const show = (node: Partial<LiveNode>, run: Partial<LiveRun> = {}): void => {
  showState(liveStateOf({ run: liveRunOf(run), nodes: { overlay: liveNodeOf(node) } }), 0);
};
const bodies = (): unknown[] => api.asked.map(({ body }) => (JSON.parse(body) as { parameters: unknown }).parameters);
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  api = new FakeApi();
  resetLive();
  forgetChanges();
  openPipeline();
  show({ revision: 1, observed_revision: 1 });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("a live change", () => {
  it("is applied when the component says that it uses it, and not when it was sent", async () => {
    api.on(PATCH, () => json({ revision: 2 }));
    changeLive("overlay", { text: "hello" });
    expect(changes()).toEqual({ "overlay.text": { state: "sending" } });
    await pass(0);
    expect(changes()).toEqual({ "overlay.text": { state: "pending", revision: 2 } });
    show({ revision: 2, observed_revision: 1 });
    expect(changes()["overlay.text"]?.state).toBe("pending");
    show({ revision: 2, observed_revision: 2 });
    expect(changes()["overlay.text"]?.state).toBe("applied");
    await pass(4000);
    expect(changes()).toEqual({});
  });

  it("is applied at once when the socket was faster than the answer", async () => {
    api.on(PATCH, () => {
      show({ revision: 2, observed_revision: 2 });
      return json({ revision: 2 });
    });
    changeLive("overlay", { text: "hello" });
    await pass(0);
    expect(changes()["overlay.text"]?.state).toBe("applied");
  });

  it("is refused with the component's own words", async () => {
    api.on(PATCH, () => json({ revision: 2 }));
    changeLive("overlay", { size: 900 });
    await pass(0);
    show({ revision: 2, refused: { revision: 2, reason: "the text does not fit" } });
    expect(changes()["overlay.size"]).toEqual({ state: "refused", reason: "the text does not fit" });
  });

  it("is refused parameter by parameter when the API refuses it", async () => {
    const problems = [{ parameter: "size", message: "It is at most 200." }];
    api.on(PATCH, () => problem(422, "It does not fit the manifest.", { problems }));
    changeLive("overlay", { size: 900, text: "hello" });
    await pass(0);
    expect(changes()).toEqual({
      "overlay.size": { state: "refused", reason: "It is at most 200." },
      "overlay.text": { state: "refused", reason: "It does not fit the manifest." },
    });
  });

  it("sends the last of many values, with one request under way at a time", async () => {
    let answer: (response: Response) => void = () => undefined;
    api.on(PATCH, () => new Promise<Response>((resolve) => { answer = resolve; }), () => json({ revision: 3 }));
    for (let size = 0; size < 100; size += 1) changeLive("overlay", { size });
    await pass(1000);
    expect(bodies()).toEqual([{ size: 0 }]);
    answer(json({ revision: 2 }));
    await pass(250);
    expect(bodies()).toEqual([{ size: 0 }, { size: 99 }]);
    expect(changes()["overlay.size"]).toEqual({ state: "pending", revision: 3 });
  });

  it("is refused when the run ends before it is applied", async () => {
    api.on(PATCH, () => json({ revision: 2 }));
    changeLive("overlay", { text: "hello" });
    await pass(0);
    show({}, { state: "stopped" });
    expect(changes()["overlay.text"]).toEqual({
      state: "refused",
      reason: "The run ended before the change was applied.",
    });
  });

  it("asks nobody when the run is over already", async () => {
    show({}, { state: "stopped" });
    changeLive("overlay", { text: "hello" });
    await pass(0);
    expect(api.asked).toEqual([]);
    expect(changes()["overlay.text"]).toEqual({
      state: "refused",
      reason: "The run is over; the next one uses this value.",
    });
  });
});
