/** What the run has of one parameter, and the draft has not: shown at the field, so that neither passes for the other. */

import type { Parameter } from "@/graph/components";
import { own } from "@/graph/components";
import type { Value } from "@/graph/document";
import { kindOf, shownValue } from "@/forms/kinds";
import { type ParameterChange, valueUnderWay } from "@/live/parameters";
import { isOver, type LiveNode } from "@/live/state";
import { useNodeLive, useRun } from "@/stores/live";

const MOST_CHARACTERS = 60;

/** The node of the run that goes on; undefined where it is in none. */
export function useRunningNode(node: string): LiveNode | undefined {
  const run = useRun();
  const live = useNodeLive(node);
  return isOver(run) ? undefined : live;
}

/** What of the run differs, and how far it has got; null where nothing does, or where it is a secret or not known. */
export function differenceOf(
  parameter: Parameter,
  name: string,
  drawn: Value | undefined,
  running: LiveNode,
  change: ParameterChange | undefined,
): { value: Value; words: string } | null {
  const isOnItsWay = change?.state === "sending" || (change !== undefined && change.state !== "refused" && change.revision > running.revision);
  if (!running.parameters || parameter.secret || parameter.apply !== "live" || isOnItsWay) {
    return null;
  }
  const value = shownValue(parameter, own(running.parameters, name));
  if (value === shownValue(parameter, drawn)) {
    return null;
  }
  const { revision, observed_revision: observed, refused } = running;
  const isRefused = refused !== undefined && refused.revision >= revision;
  const verb = isRefused ? "this run refused" : observed < revision ? "this run is getting" : "this run has";
  return { value, words: `${verb}: ${describe(parameter, value)}` };
}

/** The draft's values with those over them that the run was asked for last, also before the socket shows them. */
export function valuesInRun(
  node: string,
  parameters: Readonly<Record<string, Parameter>>,
  drawn: Readonly<Record<string, Value>>,
  running: LiveNode,
  changes: Readonly<Record<string, ParameterChange>>,
): Readonly<Record<string, Value>> {
  const values = { ...drawn };
  for (const [name, parameter] of Object.entries(parameters)) {
    if (parameter.apply !== "live" || parameter.secret || !running.parameters) {
      continue;
    }
    const underWay = valueUnderWay(changes[`${node}.${name}`], node, name, running.revision);
    const value = underWay ?? own(running.parameters, name);
    if (value === undefined) {
      Reflect.deleteProperty(values, name);
    } else {
      values[name] = value;
    }
  }
  return values;
}

function describe(parameter: Parameter, value: Value): string {
  if (typeof value === "boolean") {
    return value ? "on" : "off";
  }
  if (value === "") {
    return "nothing";
  }
  if (kindOf(parameter) === "image") {
    return "another picture";
  }
  const text = String(value);
  const short = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
  return [short, parameter.unit].filter(Boolean).join(" ");
}
