/** Entries of a live state as a healthy run has them, for tests to change. */

import type { LiveArtifact, LiveNode, LiveRun, LiveState, LiveWire } from "@/live/state";

export function liveRunOf(change: Partial<LiveRun>): LiveRun {
  return {
    id: "r1",
    state: "ready",
    reason: "",
    version: 1,
    wanted: true,
    requested_at: "2026-11-22T10:00:00.000Z",
    deadline: "2026-11-22T22:00:00.000Z",
    ...change,
  };
}

export function liveNodeOf(change: Partial<LiveNode>): LiveNode {
  return {
    state: "ready",
    reason: "",
    attempt: 1,
    component: "overlay@1.0.0",
    revision: 1,
    observed_revision: 1,
    engine_state: "running",
    measures: {},
    parameters: {},
    ...change,
  };
}

export function liveWireOf(change: Partial<LiveWire>): LiveWire {
  return { live: true, format: "h264", frames: 300, fps: 30, kbps: 1200, lost: 0, ...change };
}

export function liveArtifactOf(change: Partial<LiveArtifact>): LiveArtifact {
  return {
    node: "recorder",
    attempt: 1,
    name: "recording.mp4",
    media_type: "video/mp4",
    bytes: 3_565_158,
    complete: true,
    closed: true,
    ...change,
  };
}

export function liveStateOf(change: Partial<LiveState>): LiveState {
  return {
    pipeline: { name: "hello", revision: 1, saved_by: "alice" },
    nodes: {},
    wires: {},
    artifacts: {},
    ...change,
  };
}
