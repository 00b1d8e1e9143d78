/** A node's log while someone looks: every two seconds as long as it may grow, once when it cannot. */

import { useEffect, useState } from "react";
import { getNodeLog } from "@/api/client";
import { ApiProblem, sentenceOf } from "@/api/problem";
import type { NodeLog } from "@/api/types";
import { useDocument } from "@/stores/document";

export const TAIL_LINES = 500;
const EVERY_MS = 2000;
const LONGEST_MS = 15_000;

export type LogView = { log: NodeLog | null; error: string };

/** Follow the log of one attempt; `attempt` undefined is the newest. */
export function useNodeLog(run: string | undefined, node: string, attempt: number | undefined, live: boolean): LogView {
  const [view, setView] = useState<LogView & { of: string }>({ log: null, error: "", of: "" });
  const of = `${run ?? ""}/${node}/${attempt ?? ""}`;
  useEffect(() => {
    if (!run) return undefined;
    return poll(run, node, attempt, live, (next) => {
      setView((before) => (next.error && before.of === of ? { ...before, error: next.error } : { ...next, of }));
    });
  }, [run, node, attempt, live, of]);
  return view.of === of ? view : { log: null, error: "" };
}

/** Ask now and again until the returned function is called; hidden pages ask nothing. */
export function poll(
  run: string,
  node: string,
  attempt: number | undefined,
  live: boolean,
  show: (view: LogView) => void,
): () => void {
  let ended = false;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = async (): Promise<void> => {
    let more = live;
    if (!document.hidden) {
      try {
        const { team, slug } = useDocument.getState();
        const log = await getNodeLog({ team, slug }, run, node, TAIL_LINES, attempt);
        if (ended) return;
        show({ log, error: "" });
        more = live && log.live;
        failures = 0;
      } catch (error) {
        if (ended) return;
        show({ log: null, error: sentenceOf(error) });
        failures += 1;
        more = live || !(error instanceof ApiProblem) || error.isPassing;
        if (error instanceof ApiProblem && error.status === 403) more = false;
      }
    }
    if (more) timer = setTimeout(() => void look(), Math.min(EVERY_MS * 2 ** Math.min(failures, 4), LONGEST_MS));
  };
  void look();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
