/** Why a node's attempt before this one ended: the restart is quicker than the eye, and the reason has to stay. */

import { create } from "zustand";
import { getRun } from "@/api/client";
import type { RunChange } from "@/api/types";
import { useDocument } from "@/stores/document";
import { useLive, type LiveStore } from "@/stores/live";

type Ends = { run: string; reasons: Readonly<Record<string, string>> };

/** Of the newest run, by node: one sentence. */
export const useEnds = create<Ends>()(() => ({ run: "", reasons: {} }));

/** Restarts come in bursts; the run's history is asked for once a burst. */
const PAUSE_MS = 500;

/** Why the attempt before the present one of this node ended; "" where there was none, or nobody knows. */
export function useLastEnd(node: string): string {
  return useEnds((ends) => lastEnd(ends, node));
}

export function lastEnd({ reasons }: Ends, node: string): string {
  return Object.hasOwn(reasons, node) ? (reasons[node] ?? "") : "";
}

/** Follow the live store; returns how to end it. */
export function followEnds(): () => void {
  let known = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (live: LiveStore, before?: LiveStore): void => {
    if (live.nodes === before?.nodes && live.run?.id === before.run?.id) return;
    const restarted = restartsOf(live);
    if (restarted === known) return;
    known = restarted;
    if (useEnds.getState().run !== live.run?.id) useEnds.setState({ run: live.run?.id ?? "", reasons: {} });
    clearTimeout(timer);
    if (restarted) timer = setTimeout(() => void ask(live.run?.id ?? ""), PAUSE_MS);
  };
  const ask = async (run: string): Promise<void> => {
    try {
      const { team, slug } = useDocument.getState();
      const { changes } = await getRun({ team, slug }, run);
      if (useEnds.getState().run === run) useEnds.setState({ reasons: endsOf(changes) });
    } catch {
      // The next restart, or the node's log, tells it.
    }
  };
  const forget = useLive.subscribe(look);
  look(useLive.getState());
  return () => {
    clearTimeout(timer);
    forget();
    useEnds.setState({ run: "", reasons: {} });
  };
}

function restartsOf({ run, nodes }: LiveStore): string {
  const restarted = Object.entries(nodes).filter(([, { attempt }]) => attempt > 1);
  return run && restarted.length > 0 ? [run.id, ...restarted.map(([name, { attempt }]) => `${name} ${attempt}`)].join() : "";
}

/** The newest reason of each node: what it said itself when it failed, else what the run said of it. */
export function endsOf(changes: readonly Pick<RunChange, "node" | "new" | "reason">[]): Record<string, string> {
  const reasons: Record<string, string> = {};
  for (const { node, new: state, reason } of changes) {
    const line = reason.split("\n", 1)[0] ?? "";
    if (node !== "" && state === "failed" && line) reasons[node] = line;
    const of = /^([^\s:]+): (.+)$/.exec(line);
    if (node === "" && of?.[1] && of[2]) reasons[of[1]] = of[2];
  }
  return reasons;
}
