// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { endsOf, followEnds, useEnds } from "@/live/ends";
import { FakeApi, json } from "@/live/tests/fake_api";
import { liveNodeOf, liveRunOf, liveStateOf } from "@/live/tests/live_entries";
import { openPipeline, PLACE } from "@/live/tests/open_pipeline";
import { resetLive, showState } from "@/stores/live";

const CHANGES = [
  { node: "", new: "degraded", reason: "caption: it ended with exit code 137\nits last lines" },
  { node: "caption", new: "starting", reason: "attempt 2" },
  { node: "", new: "ready", reason: "" },
];
let api: FakeApi;
let forget: () => void;
const show = (attempt: number, id = "r1"): void => {
  showState(liveStateOf({ run: liveRunOf({ id }), nodes: { caption: liveNodeOf({ attempt }) } }), 0);
};

beforeEach(() => {
  vi.useFakeTimers();
  api = new FakeApi().on(`GET ${PLACE}/runs/r1`, () => json({ changes: CHANGES }));
  resetLive();
  openPipeline();
  forget = followEnds();
});

afterEach(() => {
  forget();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("why an attempt ended", () => {
  it("is read from what was said of the run and of the node", () => {
    expect(endsOf(CHANGES)).toEqual({ caption: "it ended with exit code 137" });
    expect(endsOf([...CHANGES, { node: "caption", new: "failed", reason: "no memory" }])).toEqual({ caption: "no memory" });
  });

  it("is asked for once a restart, and not before there is one", async () => {
    show(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(api.asked).toHaveLength(0);
    show(2);
    show(2);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(api.asked).toHaveLength(1);
    expect(useEnds.getState().reasons).toEqual({ caption: "it ended with exit code 137" });
    show(3);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(api.asked).toHaveLength(2);
  });

  it("is forgotten with its run", async () => {
    show(2);
    await vi.advanceTimersByTimeAsync(10_000);
    show(1, "r2");
    expect(useEnds.getState().reasons).toEqual({});
  });
});
