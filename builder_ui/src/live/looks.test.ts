import { describe, expect, it } from "vitest";
import { formatBitrate, formatBytes, formatClock, formatCount, formatDuration, formatRate } from "@/live/format";
import { lookOf, sentenceOf } from "@/live/node_look";
import { runLookOf, runTimeOf } from "@/live/run_look";
import type { LiveNode, LiveRun, LiveWire } from "@/live/state";
import { wireDetailOf, wireLookOf } from "@/live/wire_look";
import { liveNodeOf, liveRunOf, liveWireOf } from "@/live/tests/live_entries";

const RUN = liveRunOf({});
const node = (change: Partial<LiveNode>): LiveNode => liveNodeOf(change);
const wire = (change: Partial<LiveWire>): LiveWire => liveWireOf(change);

describe("numbers on the canvas", () => {
  it("are short", () => {
    expect([0, 0.5, 9.96, 29.97, 120].map(formatRate)).toEqual(["0 fps", "0.5 fps", "10 fps", "30 fps", "120 fps"]);
    expect([0, 850.4, 999.6, 1234, 250_000].map(formatBitrate)).toEqual([
      "0 kbit/s", "850 kbit/s", "1.0 Mbit/s", "1.2 Mbit/s", "250 Mbit/s",
    ]);
    expect([0, 9999, 12_345, 9_999_999].map(formatCount)).toEqual(["0", "9999", "12 k", "10.0 M"]);
    expect([0, 1023, 1024, 3.4 * 2 ** 20, 2 ** 30].map(formatBytes)).toEqual([
      "0 B", "1023 B", "1.0 KiB", "3.4 MiB", "1.0 GiB",
    ]);
  });

  it("say times as clocks and as words", () => {
    expect([-5, 7000, 754_000, 3_723_000].map(formatClock)).toEqual(["0:00", "0:07", "12:34", "1:02:03"]);
    expect([7000, 754_000, 12_000_000, 3_600_000].map(formatDuration)).toEqual(["7 s", "12 min", "3 h 20 min", "1 h"]);
  });
});

describe("the look of a node", () => {
  const cases: [string, LiveRun | undefined, LiveNode | undefined, string, string][] = [
    ["without a run", undefined, undefined, "idle", "not running"],
    ["that was added after the run began", RUN, undefined, "idle", "not in this run"],
    ["that was not in a run that is over", liveRunOf({ state: "stopped" }), undefined, "idle", "not running"],
    ["that takes media", RUN, node({}), "ready", "ready"],
    ["that is not as asked", RUN, node({ state: "degraded" }), "degraded", "degraded"],
    ["before anyone has looked", liveRunOf({ state: "waiting" }), node({ state: "starting" }), "starting", "waiting"],
    ["on its second attempt", RUN, node({ state: "starting", attempt: 2 }), "starting", "restarting"],
    ["that writes out what it holds", RUN, node({ state: "draining" }), "draining", "finishing"],
    ["that broke", RUN, node({ state: "failed" }), "failed", "failed"],
    ["that was given up", RUN, node({ given_up: true }), "failed", "failed"],
    ["that has done its work", RUN, node({ engine_state: "exited", exit_code: 0 }), "stopped", "finished"],
    ["of a run that is over", liveRunOf({ state: "stopped" }), node({}), "stopped", "stopped"],
    ["that failed in a run that is over", liveRunOf({ state: "failed" }), node({ state: "failed" }), "failed", "failed"],
  ];
  it.each(cases)("%s is told by shape and word", (_name, run, live, look, word) => {
    expect(lookOf(run, live)).toMatchObject({ look, word });
  });

  it("is one sentence for those who do not see it", () => {
    const look = lookOf(RUN, node({ state: "failed", reason: "out of memory", attempt: 3 }));
    expect(sentenceOf("overlay", look)).toBe("overlay: failed, attempt 3. out of memory");
  });
});

describe("the look of a wire", () => {
  it("is what flows", () => {
    const look = wireLookOf(RUN, wire({ fps: 29.97, kbps: 1234, lost: 0 }), undefined, "video");
    expect(look).toEqual({ fare: "flowing", text: "30 fps · 0 lost\n1.2 Mbit/s" });
  });

  it("has no pictures to count where it is sound", () => {
    expect(wireLookOf(RUN, wire({ format: "opus", fps: 51, kbps: 54.2, lost: 3 }), undefined, "audio").text).toBe("54 kbit/s\n3 lost");
    expect(wireDetailOf(wire({ format: "opus", frames: 500 }), "audio")).toContain("500 packets in all");
  });

  it("says no rate before one is measured", () => {
    expect(wireLookOf(RUN, wire({ fps: 0, kbps: 0 }), undefined, "video")).toEqual({ fare: "flowing", text: "measuring" });
    expect(wireLookOf(RUN, wire({ format: "message", fps: 0, kbps: 0 }), undefined, "data").text).toBe("0 msg/s · 0 lost\n0 kbit/s");
  });

  it("counts messages of data as messages", () => {
    expect(wireLookOf(RUN, wire({ format: "message", fps: 2, kbps: 3 }), undefined, "data").text).toBe("2 msg/s · 0 lost\n3 kbit/s");
  });

  it("tells standing still, being cut and not having begun apart", () => {
    expect(wireLookOf(RUN, wire({ fps: 0, lost: 7 }), 46, "video")).toEqual({ fare: "stalled", text: "nothing for 46 s\n7 lost" });
    expect(wireLookOf(RUN, wire({ fps: 0, lost: 7 }), "unknown", "video").text).toBe("stalled\n7 lost");
    expect(wireLookOf(RUN, wire({ fps: 0, frames: 0 }), 46, "video")).toEqual({ fare: "waiting", text: "waiting" });
    expect(wireLookOf(RUN, wire({ live: false }), undefined, "video").fare).toBe("dead");
    expect(wireLookOf(liveRunOf({ state: "starting" }), wire({ live: false }), undefined, "video").fare).toBe("waiting");
    expect(wireLookOf(RUN, wire({ frames: 0 }), undefined, "video").fare).toBe("waiting");
    expect(wireLookOf(liveRunOf({ state: "stopped" }), wire({}), undefined, "video").fare).toBe("idle");
    expect(wireLookOf(RUN, undefined, undefined, "video").fare).toBe("idle");
  });

  it("says the rest on hover", () => {
    expect(wireDetailOf(wire({ format: "h264", latency_ms: 0.214, frames: 12_000, unread: 3, generation: 2 }), "video")).toBe(
      "Format h264 · hop 0.2 ms · 12 k frames in all · 3 unread · generation 2",
    );
  });
});

describe("the look of a run", () => {
  it("is what was asked for until the socket says more", () => {
    expect(runLookOf(undefined, "starting")).toMatchObject({ word: "starting", busy: true, canStop: false });
    expect(runLookOf(liveRunOf({ state: "stopped" }), "starting")).toMatchObject({ word: "starting", busy: true });
    expect(runLookOf(RUN, "stopping")).toMatchObject({ word: "stopping", busy: true, canStop: false });
    expect(runLookOf(liveRunOf({ wanted: false }), "")).toMatchObject({ word: "stopping", canStop: false });
  });

  it("is what the socket says", () => {
    expect(runLookOf(undefined, "")).toMatchObject({ look: "idle", word: "not running", canStop: false });
    expect(runLookOf(RUN, "")).toMatchObject({ look: "ready", word: "running", canStop: true });
    expect(runLookOf(liveRunOf({ state: "failed", reason: "overlay failed", wanted: false }), "")).toMatchObject({
      look: "failed", word: "failed", reason: "overlay failed", canStop: false,
    });
  });

  it("has lasted until its end, or until now", () => {
    const began = Date.parse(RUN.requested_at);
    expect(runTimeOf(RUN, began + 5000)).toBe(5000);
    expect(runTimeOf(RUN, began - 5000)).toBe(0);
    expect(runTimeOf(liveRunOf({ stopped_at: "2026-11-22T10:00:09.000Z" }), began + 50_000)).toBe(9000);
  });
});
