/** Live parameters: sent, then watched until the component says that it uses them. The tick means applied, not sent. */

import { create } from "zustand";
import { setLiveParameters } from "@/api/client";
import { ApiProblem, sentenceOf } from "@/api/problem";
import type { Value } from "@/api/types";
import { isOver } from "@/live/state";
import { useDocument } from "@/stores/document";
import { liveNode, useLive } from "@/stores/live";

export type ParameterChange =
  | { state: "sending" }
  | { state: "pending"; revision: number }
  | { state: "applied"; revision: number }
  | { state: "refused"; reason: string };

/** By "node.parameter". */
export const useParameterChanges = create<Readonly<Record<string, ParameterChange>>>()(() => ({}));

/** Between two requests for one node: a slider that is dragged is one change, not two hundred. */
const PAUSE_MS = 250;
/** More cannot be waiting: a pipeline has 500 nodes, and a form shows one of them. */
const MAX_CHANGES = 2000;
const TICK_MS = 4000;

/** What was asked for last, by the same keys: shown until the socket has it. */
const asked = new Map<string, Value>();

type Queue = { waiting: Record<string, Value>; sending: boolean };
const queues = new Map<string, Queue>();
let watching: (() => void) | null = null;

const keyOf = (node: string, parameter: string): string => `${node}.${parameter}`;

/** How the last change of a parameter fares. */
export function useParameterChange(node: string, parameter: string): ParameterChange | undefined {
  return useParameterChanges((changes) => changes[keyOf(node, parameter)]);
}

/** The value of a change that the live state does not show yet; undefined where it shows all that was asked for. */
export function valueUnderWay(change: ParameterChange | undefined, node: string, parameter: string, shown: number): Value | undefined {
  const isKnown = !change || change.state === "refused" || (change.state !== "sending" && change.revision <= shown);
  return isKnown ? undefined : asked.get(keyOf(node, parameter));
}

/** Whether a change of this node can be made live. */
export function canChangeLive(node: string): boolean {
  const live = useLive.getState();
  return live.connection !== "closed" && useDocument.getState().may.edit && !isOver(live.run) && liveNode(live, node) !== undefined;
}

/** Change parameters of a running node. While a request is under way the newest values wait, and the last one wins. */
export function changeLive(node: string, parameters: Readonly<Record<string, Value>>): void {
  const queue = queues.get(node) ?? { waiting: {}, sending: false };
  queues.set(node, queue);
  Object.assign(queue.waiting, parameters);
  for (const [name, value] of Object.entries(parameters)) asked.set(keyOf(node, name), value);
  tell(node, Object.keys(parameters), { state: "sending" });
  if (!queue.sending) void drain(node, queue);
}

/** Forget all changes, as when another pipeline is opened. */
export function forgetChanges(): void {
  queues.clear();
  asked.clear();
  watching?.();
  watching = null;
  useParameterChanges.setState({}, true);
}

async function drain(node: string, queue: Queue): Promise<void> {
  queue.sending = true;
  while (Object.keys(queue.waiting).length > 0) {
    const parameters = queue.waiting;
    queue.waiting = {};
    const outcomes = await send(node, parameters);
    for (const [name, outcome] of Object.entries(outcomes)) {
      // A newer value that waits has the say.
      if (!Object.hasOwn(queue.waiting, name)) tell(node, [name], outcome);
    }
    settle();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  queue.sending = false;
  if (queues.get(node) === queue) queues.delete(node);
}

async function send(node: string, parameters: Record<string, Value>): Promise<Record<string, ParameterChange>> {
  const all = (change: ParameterChange): Record<string, ParameterChange> =>
    Object.fromEntries(Object.keys(parameters).map((name) => [name, change]));
  const { run } = useLive.getState();
  if (!run || isOver(run)) return all({ state: "refused", reason: "The run is over; the next one uses this value." });
  try {
    const { team, slug } = useDocument.getState();
    const { revision } = await setLiveParameters({ team, slug }, run.id, node, parameters);
    watch();
    return all({ state: "pending", revision });
  } catch (error) {
    const outcomes = all({ state: "refused", reason: sentenceOf(error) });
    if (!(error instanceof ApiProblem)) return outcomes;
    for (const { parameter, message } of error.problems) {
      if (Object.hasOwn(outcomes, parameter)) outcomes[parameter] = { state: "refused", reason: message };
    }
    return outcomes;
  }
}

function tell(node: string, parameters: readonly string[], change: ParameterChange): void {
  const changes = { ...useParameterChanges.getState() };
  for (const name of parameters) changes[keyOf(node, name)] = change;
  const surplus = Object.keys(changes).slice(0, -MAX_CHANGES);
  for (const key of surplus) {
    Reflect.deleteProperty(changes, key);
    asked.delete(key);
  }
  useParameterChanges.setState(changes, true);
}

function watch(): void {
  watching ??= useLive.subscribe((live, before) => {
    if (live.nodes !== before.nodes || live.run !== before.run) settle();
  });
}

/** Compare what is pending with what the instances say. */
function settle(): void {
  const live = useLive.getState();
  let pending = 0;
  for (const [key, change] of Object.entries(useParameterChanges.getState())) {
    if (change.state !== "pending") continue;
    const [node, parameter] = splitKey(key);
    const outcome = outcomeOf(change.revision, node);
    if (!outcome) pending += 1;
    else tell(node, [parameter], outcome);
    if (outcome?.state === "applied") setTimeout(takeTickAway, TICK_MS, key, outcome);
  }
  if (pending === 0 || isOver(live.run)) {
    watching?.();
    watching = null;
  }
}

function outcomeOf(revision: number, node: string): ParameterChange | null {
  const live = useLive.getState();
  const told = liveNode(live, node);
  if (isOver(live.run) || !told) return { state: "refused", reason: "The run ended before the change was applied." };
  const { refused, observed_revision: observed } = told;
  if (refused && refused.revision >= revision) return { state: "refused", reason: refused.reason };
  return observed >= revision ? { state: "applied", revision } : null;
}

function takeTickAway(key: string, change: ParameterChange): void {
  const { [key]: now, ...rest } = useParameterChanges.getState();
  if (now !== change) return;
  asked.delete(key);
  useParameterChanges.setState(rest, true);
}

function splitKey(key: string): [string, string] {
  const at = key.lastIndexOf(".");
  return [key.slice(0, at), key.slice(at + 1)];
}
