/** What one graph has and another has not, in words that a person can decide by. */

import { componentOf, type Components, own } from "@/graph/components";
import { type Graph, type GraphNode, type Value, wireId } from "@/graph/document";
import { shown } from "@/graph/parameters";

/** One parameter of a node, or with "" its component; undefined where the default is in force. */
export type Changed = { node: string; component: string; parameter: string; before: Value | undefined; after: Value | undefined };

/** What somebody did to a graph: names of nodes, ids of wires. `renamed`: the pipeline's name or description. */
export type Differences = {
  added: string[];
  removed: string[];
  changed: Changed[];
  moved: string[];
  wiresAdded: string[];
  wiresRemoved: string[];
  renamed: boolean;
};

export function differencesOf(before: Graph, after: Graph): Differences {
  const [earlier, later] = [Object.keys(before.nodes), Object.keys(after.nodes)];
  const kept = later.filter((name) => Object.hasOwn(before.nodes, name));
  const [wiresBefore, wiresAfter] = [before.wires.map(wireId), after.wires.map(wireId)];
  const [idsBefore, idsAfter] = [new Set(wiresBefore), new Set(wiresAfter)];
  return {
    added: later.filter((name) => !Object.hasOwn(before.nodes, name)),
    removed: earlier.filter((name) => !Object.hasOwn(after.nodes, name)),
    changed: kept.flatMap((name) => changesOf(name, own(before.nodes, name), own(after.nodes, name))),
    moved: kept.filter((name) => {
      const [from, to] = [own(before.layout, name), own(after.layout, name)];
      return from?.x !== to?.x || from?.y !== to?.y;
    }),
    wiresAdded: wiresAfter.filter((id) => !idsBefore.has(id)),
    wiresRemoved: wiresBefore.filter((id) => !idsAfter.has(id)),
    renamed: before.name !== after.name || before.description !== after.description,
  };
}

/** Whether there is no difference at all. */
export function isNothing(differences: Differences): boolean {
  return Object.values(differences).every((each) => each === false || (Array.isArray(each) && each.length === 0));
}

/** `caption: Text "a" → "b"`; a default says that it is one. */
export function changeWords({ node, component, parameter, before, after }: Changed, components: Components): string {
  if (parameter === "") {
    return `${node}: ${String(before)} → ${String(after)}`;
  }
  const declared = own(componentOf(component, components)?.parameters ?? {}, parameter);
  const value = (given: Value | undefined): string => {
    const usual = declared?.default ?? undefined;
    return given !== undefined ? shown(given) : usual !== undefined ? `${shown(usual)} (default)` : "nothing";
  };
  return `${node}: ${declared?.title ?? parameter} ${value(before)} → ${value(after)}`;
}

function changesOf(node: string, before: GraphNode | undefined, after: GraphNode | undefined): Changed[] {
  const [earlier, later] = [before?.parameters ?? {}, after?.parameters ?? {}];
  const component = after?.component ?? "";
  const names = [...new Set([...Object.keys(earlier), ...Object.keys(later)])].sort();
  const parameters = names
    .map((parameter) => ({ node, component, parameter, before: own(earlier, parameter), after: own(later, parameter) }))
    .filter((each) => each.before !== each.after);
  const exchanged = { node, component, parameter: "", before: before?.component, after: after?.component };
  return exchanged.before === exchanged.after ? parameters : [exchanged, ...parameters];
}
