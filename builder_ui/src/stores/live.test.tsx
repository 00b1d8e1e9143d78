// @vitest-environment jsdom
import { act, cleanup, render, screen } from "@testing-library/react";
import { Profiler, type ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NodeStatus } from "@/live/NodeStatus";
import { WireStatus } from "@/live/WireStatus";
import { mergePatch, type Json } from "@/live/merge_patch";
import { liveNodeOf, liveRunOf, liveStateOf, liveWireOf } from "@/live/tests/live_entries";
import type { LiveState } from "@/live/state";
import { resetLive, showConnection, showState, useLive } from "@/stores/live";

const START = liveStateOf({
  run: liveRunOf({}),
  nodes: { a: liveNodeOf({}), constructor: liveNodeOf({ state: "failed", reason: "out of memory", attempt: 2 }) },
  wires: { "a.video->b.video": liveWireOf({}), "a.audio->b.audio": liveWireOf({ format: "opus", fps: 50, kbps: 64 }) },
});

let renders: string[] = [];
const watch = (id: string, child: ReactNode): ReactNode => (
  <Profiler id={id} key={id} onRender={(rendered) => renders.push(rendered)}>
    {child}
  </Profiler>
);
const change = (state: LiveState, patch: Json): LiveState =>
  mergePatch(state, patch) as unknown as LiveState;
const show = (state: LiveState, now = 0): void => {
  act(() => {
    showState(state, now);
  });
};

beforeEach(() => {
  resetLive();
  renders = [];
});

afterEach(cleanup);

describe("labels on the canvas", () => {
  it("render again only when a state has changed; numbers are written past React", () => {
    render(
      <>
        {watch("node a", <NodeStatus node="a" />)}
        {watch("video", <WireStatus carried="video" wireId="a.video->b.video" />)}
        {watch("audio", <WireStatus carried="video" wireId="a.audio->b.audio" />)}
      </>,
    );
    show(START);
    renders = [];
    const faster = change(START, { wires: { "a.video->b.video": { fps: 25, frames: 325 } } });
    show(faster);
    expect(screen.getByText("25 fps · 0 lost 1.2 Mbit/s")).toBeTruthy();
    expect(renders).toEqual([]);
    show(change(faster, { nodes: { a: { state: "degraded" } } }));
    expect(renders).toEqual(["node a"]);
  });

  it("show state, attempt and reason of a node, whatever its name", () => {
    render(<NodeStatus node="constructor" />);
    show(START);
    expect(screen.getByRole("img").getAttribute("aria-label")).toBe("constructor: failed, attempt 2. out of memory");
    expect(screen.getByText("attempt 2")).toBeTruthy();
  });

  it("show nothing of a node that is not there, even one named like a method", () => {
    render(<NodeStatus node="toString" />);
    expect(screen.getByText("not running")).toBeTruthy();
  });
});

describe("a wire that stands still", () => {
  const still = change(START, { wires: { "a.video->b.video": { fps: 0 } } });

  it("is called so after two seconds, and no longer when it moves", () => {
    showState(still, 1000);
    expect(useLive.getState().stalled).toEqual({});
    showState(still, 2999);
    expect(useLive.getState().stalled).toEqual({});
    showState(still, 3000);
    expect(useLive.getState().stalled).toEqual({ "a.video->b.video": "unknown" });
    showState(change(still, { wires: { "a.video->b.video": { frames: 301 } } }), 3100);
    expect(useLive.getState().stalled).toEqual({});
  });

  it("says for how long, where its last frame was seen", () => {
    showState(START, 0);
    showState(change(still, { wires: { "a.video->b.video": { frames: 301 } } }), 1000);
    showState(change(still, { wires: { "a.video->b.video": { frames: 301 } } }), 47_200);
    expect(useLive.getState().stalled["a.video->b.video"]).toBe(46);
  });

  it("is not called so while it carries messages, which come when they come", () => {
    const quiet = change(still, { wires: { "a.video->b.video": { format: "message" } } });
    showState(quiet, 0);
    showState(quiet, 60_000);
    expect(useLive.getState().stalled).toEqual({});
  });

  it("is not called so once the run is over", () => {
    showState(still, 0);
    showState(change(still, { run: { state: "stopped" } }), 60_000);
    expect(useLive.getState().stalled).toEqual({});
  });
});

describe("the connection", () => {
  it("forgets why it was lost when it is live again, and keeps what is shown", () => {
    showState(START, 0);
    showConnection({ connection: "lost", closeReason: "The connection to the server broke", retryAt: 5 });
    expect(useLive.getState()).toMatchObject({ connection: "lost", retryAt: 5, run: { id: "r1" } });
    showConnection({ connection: "live" });
    const { connection, closeReason, retryAt } = useLive.getState();
    expect({ connection, closeReason, retryAt }).toEqual({ connection: "live", closeReason: undefined, retryAt: undefined });
  });

  it("forgets the run when the state has none", () => {
    showState(START, 0);
    showState(liveStateOf({}), 0);
    expect(useLive.getState().run).toBeUndefined();
  });
});
