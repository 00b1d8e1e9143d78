// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { blockOf, startRun, stopRun, useRunCommand } from "@/live/run";
import { FakeApi, json, problem } from "@/live/tests/fake_api";
import { liveRunOf, liveStateOf } from "@/live/tests/live_entries";
import { openPipeline, PLACE } from "@/live/tests/open_pipeline";
import { useDocument } from "@/stores/document";
import { resetLive, showState } from "@/stores/live";
import { useSaving } from "@/stores/saving";

let api: FakeApi;
const command = () => useRunCommand.getState();
const showRun = (change: Parameters<typeof liveRunOf>[0]): void => {
  showState(liveStateOf({ run: liveRunOf(change) }), 0);
};

beforeEach(() => {
  api = new FakeApi();
  resetLive();
  openPipeline();
  // An empty pipeline has a problem; whether it is one is not tested here.
  useDocument.setState({ problems: [] });
  useSaving.setState({ state: "saved", reasons: [], both: [] }, true);
  useRunCommand.setState({ doing: "", error: "", isBlock: false });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("Run", () => {
  it("asks for the revision that is saved, and is starting until the socket shows that run", async () => {
    api.on(`POST ${PLACE}/runs`, () => json({ id: "r2" }, 201));
    const done = startRun();
    expect(command().doing).toBe("starting");
    await vi.waitFor(() => {
      expect(api.asked).toHaveLength(1);
    });
    expect(JSON.parse(api.asked[0]?.body ?? "")).toEqual({ revision: 7 });
    showRun({ id: "r1", state: "stopped" });
    await Promise.resolve();
    expect(command().doing).toBe("starting");
    showRun({ id: "r2", state: "waiting" });
    await done;
    expect(command()).toEqual({ doing: "", error: "", isBlock: false });
  });

  it("does not wait for ever for a socket that is lost", async () => {
    vi.useFakeTimers();
    api.on(`POST ${PLACE}/runs`, () => json({ id: "r2" }, 201));
    const done = startRun();
    await vi.advanceTimersByTimeAsync(10_000);
    await done;
    expect(command().doing).toBe("");
  });

  it("says why it was refused, with everything that the server names", async () => {
    const problems = [{ message: "“overlay” has no input.", remedy: "Connect one." }];
    api.on(`POST ${PLACE}/runs`, () => problem(422, "It cannot run as it is.", { problems, reasons: ["Too large."] }));
    await startRun();
    expect(command().error).toBe("It cannot run as it is. Too large. “overlay” has no input. Connect one.");
  });

  it("does not begin while the draft cannot be saved", async () => {
    useSaving.setState({ state: "offline", error: "The server was not reached." });
    await startRun();
    expect(command().error).toBe(
      "The run has not begun, because the draft could not be saved. The server was not reached.",
    );
    expect(api.asked).toEqual([]);
  });

  it("does nothing while a run is there", async () => {
    showRun({});
    await startRun();
    expect(api.asked).toEqual([]);
  });

  it.each([
    [false, 0, "saved", "Your role in this team may look, but not run. Ask an admin for the role of an operator."],
    [true, 1, "saved", "1 problem has to be solved first."],
    [true, 2, "conflict", "Someone else has saved this pipeline too. Decide whose changes to keep, then run."],
    [true, 0, "dirty", ""],
  ])("is blocked with a reason (may: %s, problems: %i, saving: %s)", (may, problems, saving, sentence) => {
    expect(blockOf(may, problems, saving, true)).toBe(sentence);
  });
});

describe("Stop", () => {
  it("is stopping until the socket shows it", async () => {
    showRun({});
    api.on(`POST ${PLACE}/runs/r1/stop`, () => json({ id: "r1" }, 202));
    const done = stopRun();
    expect(command().doing).toBe("stopping");
    await vi.waitFor(() => {
      expect(api.asked).toHaveLength(1);
    });
    showRun({ wanted: false, state: "stopping" });
    await done;
    expect(command()).toEqual({ doing: "", error: "", isBlock: false });
  });

  it("asks once when it is pressed twice", async () => {
    showRun({});
    api.on(`POST ${PLACE}/runs/r1/stop`, () => json({ id: "r1" }, 202));
    const done = Promise.all([stopRun(), stopRun()]);
    await vi.waitFor(() => {
      expect(api.asked).toHaveLength(1);
    });
    showRun({ state: "stopped", wanted: false });
    await done;
    expect(api.asked).toHaveLength(1);
  });

  it("is content when the run has ended by itself", async () => {
    showRun({});
    api.on(`POST ${PLACE}/runs/r1/stop`, () => problem(409, "It is over."));
    await stopRun();
    expect(command().error).toBe("");
  });
});
