/** Run and Stop, how the run fares and for how long, and what keeps it from beginning. */

import { Play, Square } from "lucide-react";
import { useBlock } from "@/live/block";
import { formatClock } from "@/live/format";
import { useNow } from "@/live/clock";
import { StateShape } from "@/live/NodeStatus";
import { RunCost } from "@/live/RunCost";
import { closedBecause, startRun, stopRun, useRunCommand } from "@/live/run";
import { runLookOf, runTimeOf } from "@/live/run_look";
import { isOver, type LiveRun } from "@/live/state";
import { useDocument } from "@/stores/document";
import { useLive, useRun } from "@/stores/live";

function RunTime({ run }: { run: LiveRun }) {
  const now = useNow(!isOver(run));
  return (
    <span className="run-time" title={`Asked for at ${new Date(run.requested_at).toLocaleString()}`}>
      <span className="visually-hidden">Run time </span>
      {formatClock(runTimeOf(run, now))}
    </span>
  );
}

function RunButton({ busy }: { busy: boolean }) {
  const problems = useDocument((store) => store.problems.length);
  const block = useBlock();
  return (
    <>
      <button
        type="button"
        className="button button-primary run-button"
        aria-disabled={busy || block !== ""}
        aria-describedby={block ? "run-block" : undefined}
        title={block || "Save and run (Ctrl+Enter)"}
        onClick={() => {
          void startRun();
        }}
      >
        <Play size={15} aria-hidden /> Run
      </button>
      {block && (
        <span className="run-block" id="run-block">
          {problems > 0 ? `${problems} ${problems === 1 ? "problem" : "problems"}` : ""}
          <span className="visually-hidden">{block}</span>
        </span>
      )}
    </>
  );
}

function StopButton({ canStop }: { canStop: boolean }) {
  const may = useDocument((store) => store.may.run);
  const closed = useLive(closedBecause);
  const block = closed || (may ? "" : "Your role in this team may not stop runs.");
  const isOff = !canStop || block !== "";
  return (
    <button
      type="button"
      className="button button-danger run-button"
      aria-disabled={isOff}
      title={block || "End the run"}
      onClick={() => {
        if (!isOff) void stopRun();
      }}
    >
      <Square size={14} aria-hidden /> Stop
    </button>
  );
}

export function RunBar() {
  const run = useRun();
  const doing = useRunCommand((store) => store.doing);
  const { look, word, reason, canStop, busy } = runLookOf(run, doing);
  return (
    <div className="run-bar" role="group" aria-label="Run">
      {canStop || word === "stopping" ? (
        <StopButton canStop={canStop} />
      ) : (
        <RunButton busy={busy} />
      )}
      <span className="run-state" data-look={look} title={reason || undefined}>
        <StateShape look={look} />
        <span className="run-word">{word}</span>
        {run && doing !== "saving" && !(doing === "starting" && isOver(run)) && (
          <>
            <RunTime run={run} />
            {run.cost && <RunCost cost={run.cost} />}
          </>
        )}
        {reason && <span className="run-reason">{reason}</span>}
      </span>
      <span className="visually-hidden" role="status">
        {`Run: ${word}${reason ? `. ${reason}` : ""}`}
      </span>
    </div>
  );
}
