/** How the run is shown beside its buttons. Pure. */

import { firstLine, type Look } from "@/live/node_look";
import type { RunCommand } from "@/live/run";
import { isOver, type LiveRun, type RunState } from "@/live/state";

export type RunLook = { look: Look; word: string; reason: string; canStop: boolean; busy: boolean };

const LOOKS: Record<RunState, Look> = {
  waiting: "starting",
  starting: "starting",
  ready: "ready",
  degraded: "degraded",
  stopping: "draining",
  stopped: "stopped",
  failed: "failed",
};
const WORDS: Record<RunState, string> = {
  waiting: "waiting",
  starting: "starting",
  ready: "running",
  degraded: "degraded",
  stopping: "stopping",
  stopped: "stopped",
  failed: "failed",
};

/** What was asked for counts at once; the socket has the last word. */
export function runLookOf(run: LiveRun | undefined, doing: RunCommand["doing"]): RunLook {
  if (doing === "saving") return { look: "starting", word: "saving", reason: "", canStop: false, busy: true };
  if (doing === "starting" && isOver(run)) {
    return { look: "starting", word: "starting", reason: "", canStop: false, busy: true };
  }
  if (!run) return { look: "idle", word: "not running", reason: "", canStop: false, busy: false };
  const over = isOver(run);
  const reason = firstLine(run.reason);
  const ending = !over && (doing === "stopping" || !run.wanted || run.state === "stopping");
  if (ending) return { look: "draining", word: "stopping", reason, canStop: false, busy: true };
  return { look: LOOKS[run.state], word: WORDS[run.state], reason, canStop: !over, busy: false };
}

/** How long it has run, or did, in ms. */
export function runTimeOf(run: LiveRun, now: number): number {
  const end = run.stopped_at === undefined ? now : Date.parse(run.stopped_at);
  return Math.max(0, end - Date.parse(run.requested_at));
}
