/** Names of nodes: which are free, and why one cannot be taken. */

import type { Graph } from "@/graph/document";

export const MAX_NODE_NAME = 32;
const NODE_NAME = /^[a-z][a-z0-9_-]{0,31}$/;

/** Whether a text can be a node's name at all. */
export function isNodeName(name: string): boolean {
  return NODE_NAME.test(name);
}

/** `overlay`, or where that is taken `overlay_2`, `overlay_3` and so on. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  const trunk = wanted.slice(0, MAX_NODE_NAME).replace(/_\d+$/, "");
  const base = isNodeName(trunk) ? trunk : "node";
  if (!taken.has(base)) {
    return base;
  }
  // One more try than there are names: one of them is free.
  for (let number = 2; number <= taken.size + 2; number += 1) {
    const tail = `_${String(number)}`;
    const name = base.slice(0, MAX_NODE_NAME - tail.length) + tail;
    if (!taken.has(name)) {
      return name;
    }
  }
  throw new Error(`no name is free beside ${String(taken.size)} others`);
}

/** Why a node cannot be renamed so, with a remedy; null where it can, or where nothing changes. */
export function refuseName(from: string, to: string, graph: Graph): string | null {
  if (!isNodeName(to)) {
    return "A node's name has lowercase letters, digits, _ and -, a letter first, at most 32: choose another one.";
  }
  if (to !== from && Object.hasOwn(graph.nodes, to)) {
    return `There is a node ${to} already: choose another name, or rename that one first.`;
  }
  return null;
}
