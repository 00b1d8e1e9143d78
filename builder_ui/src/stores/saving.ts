/** Saves what is drawn without being asked: one request at a time, never over somebody else's work, never losing any. */

import { create } from "zustand";
import { getPipeline, savePipeline } from "@/api/client";
import { ApiProblem, type Reported, sentenceOf } from "@/api/problem";
import type { Pipeline } from "@/api/types";
import { type Differences, differencesOf } from "@/graph/differences";
import { fromDocument, type Graph, sameDocument, toDocument } from "@/graph/document";
import { mergeGraphs } from "@/graph/merge";
import { rebase, refresh, replaceGraph, useDocument } from "@/stores/document";
import { useLive } from "@/stores/live";
import { findUnsaved, forgetUnsaved, keepUnsaved, type Unsaved } from "@/stores/unsaved";

export type SavingState = "saved" | "dirty" | "saving" | "conflict" | "offline" | "refused";

/** Two people changed the pipeline: what each did since the last graph that both had. */
export type Conflict = { mine: Graph; theirs: Pipeline; differences: { mine: Differences; theirs: Differences } };

export type SavingStore = {
  state: SavingState;
  /** Why it is not saved, and what to do: a sentence. */
  error?: string;
  /** The rules that the server refused it by. */
  reasons: readonly Reported[];
  conflict?: Conflict;
  /** When the next attempt is made, in ms of Date.now(). */
  retryAt?: number;
  /** After a merge: what both had changed, and now is as mine. */
  both: readonly string[];
  /** What this tab had not saved when it was closed or reloaded; take it or drop it. */
  recovered?: Unsaved;
};

export const AUTOSAVE_MS = 800;
export const MAX_WAIT_MS = 30_000;
/** After so many in a row it waits for `online`, a change or a person. */
export const MAX_ATTEMPTS = 20;
const MAX_ROUNDS = 5;
const KEEP_MS = 250;

const REFUSED: Readonly<Record<number, string>> = {
  401: "You are signed out, so nothing is saved. Sign in in another tab, then save here; your changes are kept.",
  403: "You may not save this pipeline any more. Ask an owner of the team, or copy your changes into one of yours.",
  404: "This pipeline is gone, or you are no member of its team any more. Copy your changes into another pipeline.",
};

const NOTHING: SavingStore = { state: "saved", reasons: [], both: [] };

export const useSaving = create<SavingStore>()(() => NOTHING);

type Session = {
  timer: number;
  keeping: number;
  underWay: Promise<void> | null;
  looking: boolean;
  failures: number;
  /** What was sent and never answered: it may have been saved. */
  unanswered: Graph | null;
};

let session: Session | null = null;

/** Watch the open pipeline, after `load`; the result stops it. */
export function startSaving(): () => void {
  const { team, slug, graph } = useDocument.getState();
  const mine: Session = { timer: 0, keeping: 0, underWay: null, looking: false, failures: 0, unanswered: null };
  session = mine;
  const found = findUnsaved({ team, slug });
  const recovered = found && !sameDocument(found.graph, graph) ? { recovered: found } : {};
  useSaving.setState({ ...NOTHING, ...recovered }, true);
  const forgetDocument = useDocument.subscribe((now, before) => {
    if (now.graph !== before.graph) noteChange();
  });
  const forgetLive = useLive.subscribe((now, before) => {
    if (now.pipeline !== before.pipeline) void lookForOthers();
  });
  window.addEventListener("online", saveNow);
  window.addEventListener("beforeunload", warn);
  window.addEventListener("pagehide", keep);
  return () => {
    keep();
    forgetDocument();
    forgetLive();
    window.removeEventListener("online", saveNow);
    window.removeEventListener("beforeunload", warn);
    window.removeEventListener("pagehide", keep);
    window.clearTimeout(mine.timer);
    window.clearTimeout(mine.keeping);
    session = session === mine ? null : session;
  };
}

/** Save now. Resolves when it is saved or cannot be; `state` and `error` say which. */
export async function save(): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS && session; round += 1) {
    await session.underWay;
    if (!isDirty() || useSaving.getState().state === "conflict") break;
    await send();
    if (useSaving.getState().state !== "dirty") break;
  }
}

/** In a conflict: show what they saved; mine is one undo away. */
export function takeTheirs(): void {
  const theirs = settleConflict();
  if (theirs) {
    const graph = fromDocument(theirs.document);
    rebase(graph, theirs);
    replaceGraph(`taking over what ${saverOf(theirs)} saved`, graph);
    noteChange();
  }
}

/** In a conflict: save mine over what they saved. */
export async function keepMine(): Promise<void> {
  const theirs = settleConflict();
  if (theirs) {
    rebase(fromDocument(theirs.document), theirs);
    noteChange();
    await save();
  }
}

/** In a conflict: join both; what both changed stays mine and is listed in `both`. */
export async function merge(): Promise<void> {
  const { common, graph: mine } = useDocument.getState();
  const theirs = settleConflict();
  if (theirs) {
    const graph = fromDocument(theirs.document);
    const merged = mergeGraphs(common, mine, graph);
    rebase(graph, theirs);
    replaceGraph(`merge with what ${saverOf(theirs)} saved`, merged.graph);
    useSaving.setState({ both: merged.both });
    noteChange();
    await save();
  }
}

/** Bring back what this tab had not saved; one undo takes it away again. */
export function takeRecovered(): void {
  const { recovered, ...rest } = useSaving.getState();
  if (recovered) {
    const { graph, revision } = useDocument.getState();
    const isFresh = recovered.revision === revision;
    const merged = isFresh ? { graph: recovered.graph, both: [] } : mergeGraphs(recovered.common, recovered.graph, graph);
    useSaving.setState({ ...rest, both: merged.both }, true);
    replaceGraph("return of what was not saved", merged.graph);
    if (!isDirty()) settle();
  }
}

export function dropRecovered(): void {
  const rest = { ...useSaving.getState() };
  delete rest.recovered;
  useSaving.setState(rest, true);
  forgetUnsaved(useDocument.getState());
}

/** The list of what both had changed was read. */
export function dismissBoth(): void {
  useSaving.setState({ both: [] });
}

function saverOf(pipeline: Pipeline): string {
  return pipeline.saved_by === "" ? "someone else" : pipeline.saved_by;
}

function isBusy(watched: Session): boolean {
  return watched.underWay !== null;
}

function isDirty(): boolean {
  const { graph, common } = useDocument.getState();
  return graph !== common;
}

/** Go to a state; what is not given does not hold any more, but for what people have yet to read. */
function enter(state: SavingState, more: Partial<SavingStore> = {}): void {
  const { both, recovered } = useSaving.getState();
  useSaving.setState({ reasons: [], ...(recovered ? { recovered } : {}), both, ...more, state }, true);
}

function noteChange(): void {
  const { state, conflict, both } = useSaving.getState();
  if (!session) return;
  if (conflict && !isDirty()) {
    // Mine was undone: there is nothing left to decide.
    enter("saved");
    refresh(conflict.theirs);
  } else if (conflict) {
    enter("conflict", { conflict: conflictWith(conflict.theirs) });
  } else if (!isDirty()) {
    window.clearTimeout(session.timer);
    if (state !== "saving") settle();
  } else {
    // While a request is under way it says "saving", and what came after it is looked at when it ends.
    if (state !== "saving") enter("dirty", { both });
    sendAfter(AUTOSAVE_MS);
  }
  window.clearTimeout(session.keeping);
  session.keeping = window.setTimeout(keep, KEEP_MS);
}

function settle(): void {
  enter("saved");
  if (!useSaving.getState().recovered) forgetUnsaved(useDocument.getState());
}

function sendAfter(wait: number): void {
  if (session) {
    window.clearTimeout(session.timer);
    session.timer = window.setTimeout(() => void send(), wait);
  }
}

function saveNow(): void {
  if (useSaving.getState().state === "offline") void save();
}

async function send(): Promise<void> {
  if (!session || isBusy(session) || useSaving.getState().conflict) return;
  const mine = session;
  window.clearTimeout(mine.timer);
  mine.underWay = put(mine).finally(() => { mine.underWay = null; });
  await mine.underWay;
  if (session === mine) void lookForOthers();
}

async function put(mine: Session): Promise<void> {
  const { team, slug, revision, graph, common } = useDocument.getState();
  if (sameDocument(graph, common)) {
    rebase(graph, { revision });
    settle();
    return;
  }
  enter("saving");
  try {
    const saved = await savePipeline({ team, slug }, revision, toDocument(graph));
    if (session !== mine) return;
    mine.failures = 0;
    mine.unanswered = null;
    rebase(graph, saved);
    if (isDirty()) {
      enter("dirty");
      sendAfter(AUTOSAVE_MS);
    } else {
      settle();
    }
  } catch (error) {
    if (session === mine) refuse(mine, error, graph);
  }
}

function refuse(mine: Session, error: unknown, sent: Graph): void {
  if (!(error instanceof ApiProblem) || error.isPassing) {
    mine.unanswered = sent;
    wait(mine, error);
  } else if (error.status === 412 && error.extras.current) {
    meet(mine, error.extras.current as Pipeline);
  } else {
    enter("refused", { error: REFUSED[error.status] ?? sentenceOf(error), reasons: error.problems });
  }
}

/** Somebody saved: mine after all, if it is what I sent and heard nothing of; else there is a conflict. */
function meet(mine: Session, theirs: Pipeline): void {
  const saved = fromDocument(theirs.document);
  const { graph } = useDocument.getState();
  const own = [mine.unanswered, graph].find((each) => each !== null && sameDocument(each, saved));
  mine.unanswered = null;
  mine.failures = 0;
  if (own) {
    rebase(own, theirs);
    useSaving.setState({ state: "dirty" });
    noteChange();
  } else {
    enter("conflict", { conflict: conflictWith(theirs) });
    keep();
  }
}

function wait(mine: Session, error: unknown): void {
  mine.failures += 1;
  const pause = Math.min(MAX_WAIT_MS, 1000 * 2 ** (mine.failures - 1));
  const delay = Math.max(pause, error instanceof ApiProblem ? (error.retryAfterMs ?? 0) : 0);
  const isLast = mine.failures >= MAX_ATTEMPTS;
  const kept = "Your changes are kept in this tab.";
  enter("offline", { error: `${sentenceOf(error)} ${kept}`, ...(isLast ? {} : { retryAt: Date.now() + delay }) });
  if (isLast) {
    mine.failures = 0;
  } else {
    sendAfter(delay);
  }
}

function conflictWith(theirs: Pipeline): Conflict {
  const { common, graph: mine } = useDocument.getState();
  const differences = {
    mine: differencesOf(common, mine),
    theirs: differencesOf(common, fromDocument(theirs.document)),
  };
  return { mine, theirs, differences };
}

function settleConflict(): Pipeline | undefined {
  const { conflict } = useSaving.getState();
  if (conflict) enter("dirty");
  return conflict?.theirs;
}

/** The live state tells a newer revision than ours: show it, or where something is changed here, say so. */
async function lookForOthers(): Promise<void> {
  const mine = session;
  const told = useLive.getState().pipeline?.revision ?? 0;
  const { team, slug, revision, loaded } = useDocument.getState();
  if (!mine || !loaded || mine.looking || isBusy(mine) || told <= revision || useSaving.getState().conflict) return;
  mine.looking = true;
  try {
    const theirs = await getPipeline({ team, slug });
    const isNews = session === mine && theirs.revision > useDocument.getState().revision;
    if (!isNews || isBusy(mine)) return;
    if (isDirty()) {
      window.clearTimeout(mine.timer);
      meet(mine, theirs);
    } else {
      refresh(theirs);
    }
  } catch {
    // The next save or the next news of it finds out the same.
  } finally {
    mine.looking = false;
  }
}

function keep(): void {
  const { team, slug, graph, common, revision } = useDocument.getState();
  if (session && isDirty() && !useSaving.getState().recovered) {
    keepUnsaved({ team, slug }, { graph, common, revision, at: Date.now() });
  }
}

function warn(event: BeforeUnloadEvent): void {
  if (isDirty()) {
    keep();
    event.preventDefault();
  }
}
