/** What the server tells of a pipeline that people look at. What is unknown is absent, never null. */

export type NodeState = "starting" | "ready" | "degraded" | "draining" | "failed";
export type RunState = "waiting" | "starting" | "ready" | "degraded" | "stopping" | "stopped" | "failed";
/** What the container engine sees; "unknown" as well while nobody has looked. */
export type EngineState = "absent" | "created" | "paused" | "running" | "exited" | "unknown";
export type Connection = "connecting" | "live" | "lost" | "closed";

export type LivePipeline = { name: string; revision: number; saved_by: string };

/** What a run costs, in millionths of the currency's unit: what is settled, and what runs since when at which price. */
export type LiveCost = { settled: number; running: { since: string; per_hour: number }[]; currency: string };

export type LiveRun = {
  id: string;
  state: RunState;
  reason: string;
  version: number;
  wanted: boolean;
  requested_at: string;
  stopped_at?: string;
  deadline: string;
  cost?: LiveCost;
};

export type LiveNode = {
  state: NodeState;
  reason: string;
  attempt: number;
  component: string;
  revision: number;
  observed_revision: number;
  refused?: { revision: number; reason: string };
  given_up?: boolean;
  engine_state: EngineState;
  exit_code?: number;
  started_at?: string;
  ready_at?: string;
  measures: Record<string, number>;
  /** Those asked for last; absent where the state would be too large with them. */
  parameters?: Record<string, string | number | boolean>;
};

export type LiveWire = {
  live: boolean;
  generation?: number;
  format?: string;
  frames: number;
  fps: number;
  kbps: number;
  lost: number;
  latency_ms?: number;
  unread?: number;
};

export type LiveArtifact = {
  node: string;
  attempt: number;
  name: string;
  media_type: string;
  bytes: number;
  complete: boolean;
  closed: boolean;
};

export type LiveState = {
  pipeline: LivePipeline;
  run?: LiveRun;
  nodes: Record<string, LiveNode>;
  wires: Record<string, LiveWire>;
  artifacts: Record<string, LiveArtifact>;
};

const OVER: readonly RunState[] = ["stopped", "failed"];

/** Whether nothing of this run can follow. */
export function isOver(run: LiveRun | undefined): boolean {
  return run === undefined || OVER.includes(run.state);
}
