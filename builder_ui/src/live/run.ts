/** Run and Stop as people ask for them: what is under way before the live socket shows it, and what went wrong. */

import { create } from "zustand";
import { startRun as postRun, stopRun as postStop } from "@/api/client";
import { ApiProblem, sentenceOf } from "@/api/problem";
import { isOver } from "@/live/state";
import { useDocument } from "@/stores/document";
import { type LiveStore, useLive } from "@/stores/live";
import { save, useSaving } from "@/stores/saving";

export type RunCommand = {
  doing: "" | "saving" | "starting" | "stopping";
  /** Why the last command did not work, a sentence. */
  error: string;
  /** Whether nothing was tried, because of what `blockOf` says. */
  isBlock: boolean;
  /** Whether credit or a cap kept the run from beginning: the billing page helps. */
  isMoney?: boolean | undefined;
};

/** The socket shows what was asked for within this time, or is not there to do so. */
const SHOWN_MS = 10_000;

export const useRunCommand = create<RunCommand>()(() => ({ doing: "", error: "", isBlock: false }));

const PAYMENT_REQUIRED = 402;

const tell = (doing: RunCommand["doing"], error = "", isMoney?: boolean): void => {
  useRunCommand.setState({ doing, error, isBlock: false, isMoney });
};

/** Take the last error away. */
export function dismissRunError(): void {
  useRunCommand.setState({ error: "", isBlock: false, isMoney: undefined });
}

/** Why Run cannot be pressed, a sentence; "" when it can. */
export function blockOf(may: boolean, problems: number, saving: string, loaded: boolean, closed = ""): string {
  if (closed) return closed;
  if (!loaded) return "The pipeline is loading.";
  if (!may) return "Your role in this team may look, but not run. Ask an admin for the role of an operator.";
  if (saving === "conflict") return "Someone else has saved this pipeline too. Decide whose changes to keep, then run.";
  if (problems > 0) return `${problems} ${problems === 1 ? "problem has" : "problems have"} to be solved first.`;
  return "";
}

/** Why this page has no say any more, a sentence; "" while it has. */
export function closedBecause({ connection, closeReason }: Pick<LiveStore, "connection" | "closeReason">): string {
  return connection === "closed" ? (closeReason ?? "This page is no longer connected.") : "";
}

/** Save the draft, then run it; does nothing while something is under way. */
export async function startRun(): Promise<void> {
  const { may, problems, loaded } = useDocument.getState();
  if (useRunCommand.getState().doing || !isOver(useLive.getState().run)) return;
  const block = blockOf(may.run, problems.length, useSaving.getState().state, loaded, closedBecause(useLive.getState()));
  if (block) {
    useRunCommand.setState({ doing: "", error: block, isBlock: true, isMoney: undefined });
    return;
  }
  try {
    if (may.edit && useSaving.getState().state !== "saved") {
      tell("saving");
      await save();
      const { state, error } = useSaving.getState();
      if (state !== "saved") {
        tell("", `The run has not begun, because the draft could not be saved. ${error ?? ""}`.trim());
        return;
      }
    }
    tell("starting");
    const { team, slug, revision } = useDocument.getState();
    const run = await postRun({ team, slug }, revision);
    await shown((live) => live.run?.id === run.id);
    tell("");
  } catch (error) {
    const isMoney = error instanceof ApiProblem && error.status === PAYMENT_REQUIRED;
    tell("", reasonOf(error), isMoney || undefined);
  }
}

/** End the run; asking again, or when it has ended by itself, is no error. */
export async function stopRun(): Promise<void> {
  const { run } = useLive.getState();
  if (!run || isOver(run) || useRunCommand.getState().doing === "stopping") return;
  try {
    tell("stopping");
    const { team, slug } = useDocument.getState();
    await postStop({ team, slug }, run.id);
    await shown((live) => live.run?.id !== run.id || !live.run.wanted || isOver(live.run));
    tell("");
  } catch (error) {
    tell("", error instanceof ApiProblem && error.status === 409 ? "" : reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof ApiProblem)) return sentenceOf(error);
  const reasons = error.extras["reasons"];
  const more = Array.isArray(reasons) ? reasons.filter((each) => typeof each === "string") : [];
  const told = error.problems.map((problem) => `${problem.message} ${problem.remedy}`.trim());
  return [...new Set([sentenceOf(error), ...more, ...told])].slice(0, 4).join(" ");
}

/** Resolves when the live state says so, or has had the time to. */
function shown(is: (live: ReturnType<typeof useLive.getState>) => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (is(useLive.getState())) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      forget();
      resolve();
    };
    const timer = setTimeout(done, SHOWN_MS);
    const forget = useLive.subscribe((live) => {
      if (is(live)) done();
    });
  });
}
