/** What can be undone: one entry a gesture, each a graph before and one after, which share all that did not change. */

import type { Graph } from "@/graph/document";
import { mergeGraphs } from "@/graph/merge";

export const MAX_ENTRIES = 200;

/** How a change joins the one before: same key, not sealed by the end of a gesture, not later than `within` ms. */
export type Merging = { merge?: string; within?: number };

type Entry = { label: string; before: Graph; after: Graph; merge: string | undefined; at: number };

export type History = { done: readonly Entry[]; undone: readonly Entry[] };
export type Step = { history: History; graph: Graph };

export const NO_HISTORY: History = { done: [], undone: [] };

/** The history after a change; what was undone before it is forgotten. */
export function record(
  history: History,
  change: { label: string; before: Graph; after: Graph; now: number } & Merging,
): History {
  const { label, before, after, now, merge, within = Infinity } = change;
  const last = history.done.at(-1);
  const joins = last !== undefined && merge !== undefined && last.merge === merge && now - last.at <= within;
  if (joins && last.after === before && history.undone.length === 0) {
    return { done: [...history.done.slice(0, -1), { label, before: last.before, after, merge, at: now }], undone: [] };
  }
  return { done: [...history.done, { label, before, after, merge, at: now }].slice(-MAX_ENTRIES), undone: [] };
}

/** A gesture is over: what comes next is an entry of its own, whatever its key. */
export function seal(history: History): History {
  const last = history.done.at(-1);
  if (last?.merge === undefined) {
    return history;
  }
  return { ...history, done: [...history.done.slice(0, -1), { ...last, merge: undefined }] };
}

/** One step back from a graph, or null where there is none. */
export function stepBack(history: History, graph: Graph): Step | null {
  const last = history.done.at(-1);
  if (last === undefined) {
    return null;
  }
  return {
    history: { done: history.done.slice(0, -1), undone: [...history.undone, last] },
    graph: replay(last.after, last.before, graph),
  };
}

/** One step forward again, or null where there is none. */
export function stepForward(history: History, graph: Graph): Step | null {
  const last = history.undone.at(-1);
  if (last === undefined) {
    return null;
  }
  return {
    history: { done: [...history.done, { ...last, merge: undefined }], undone: history.undone.slice(0, -1) },
    graph: replay(last.before, last.after, graph),
  };
}

/** Go from one graph to another; where someone else's changes came in between, they stay. */
function replay(from: Graph, to: Graph, current: Graph): Graph {
  return current === from ? to : mergeGraphs(from, to, current).graph;
}
