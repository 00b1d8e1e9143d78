/** What one graph has and another has not, in words that a person can decide by. */

import { own } from "@/graph/components";
import { type Graph, type GraphNode, wireId } from "@/graph/document";

/** What somebody did to a graph: names of nodes, ids of wires. `renamed`: the pipeline's name or description. */
export type Differences = {
  added: string[];
  removed: string[];
  changed: string[];
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
    changed: kept.filter((name) => textOf(own(before.nodes, name)) !== textOf(own(after.nodes, name))),
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

function textOf(node: GraphNode | undefined): string {
  const given = Object.entries(node?.parameters ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([node?.component, given]);
}
