/** On each node: its state as a shape and a word, why, and which attempt it is. */

import { memo, type PointerEvent } from "react";
import { formatDuration } from "@/live/format";
import { lastEnd, useEnds, useLastEnd } from "@/live/ends";
import { lookOf, sentenceOf, type Look } from "@/live/node_look";
import { liveNode, useLive, useNodeLive } from "@/stores/live";

const SHAPES: Record<Look, string> = {
  idle: "M6 2.2a3.8 3.8 0 1 1 0 7.6 3.8 3.8 0 0 1 0-7.6z",
  starting: "M6 1.5A4.5 4.5 0 1 1 1.5 6",
  ready: "M6 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z",
  degraded: "M6 1.2 11 10.4H1z",
  draining: "M1.5 2.5h9L6 10.5z",
  failed: "M2.4 2.4l7.2 7.2M9.6 2.4L2.4 9.6",
  stopped: "M2.2 2.2h7.6v7.6H2.2z",
};

/** The shape of a state. */
export function StateShape({ look }: { look: Look }) {
  return (
    <svg className="live-shape" data-look={look} viewBox="0 0 12 12" aria-hidden="true">
      <path d={SHAPES[look]} />
    </svg>
  );
}

function showUptime(event: PointerEvent<HTMLElement>, name: string): void {
  const node = liveNode(useLive.getState(), name);
  const run = useLive.getState().run;
  const parts = [sentenceOf(name, lookOf(run, node))];
  const end = lastEnd(useEnds.getState(), name);
  if (end && (node?.attempt ?? 1) > 1) parts.push(`Before: ${end}`);
  const since = node?.ready_at ?? node?.started_at;
  if (since && node?.engine_state === "running") {
    parts.push(`${node.ready_at ? "Ready" : "Up"} for ${formatDuration(Date.now() - Date.parse(since))}`);
  }
  event.currentTarget.title = parts.join("\n");
}

/** State, reason and attempts of one node; re-renders when these change and not when its measures do. */
export const NodeStatus = memo(function NodeStatus({ node: name }: { node: string }) {
  const node = useNodeLive(name);
  const run = useLive((store) => store.run);
  const look = lookOf(run, node);
  const end = useLastEnd(name);
  const before = look.attempts > 1 && end ? `attempt ${look.attempts - 1}: ${end}` : "";
  const reason = look.reason || before;
  return (
    <span
      className="node-status"
      data-look={look.look}
      role="img"
      aria-label={sentenceOf(name, { ...look, reason })}
      onPointerEnter={(event) => {
        showUptime(event, name);
      }}
    >
      <StateShape look={look.look} />
      <span className="node-status-word">{look.word}</span>
      {look.attempts > 1 && <span className="node-status-attempts">attempt {look.attempts}</span>}
      {reason && <span className="node-status-reason">{reason}</span>}
    </span>
  );
});
