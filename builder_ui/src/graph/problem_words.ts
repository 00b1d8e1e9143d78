/** Problems as they are shown: where a place is named beside the sentence, the sentence does not name it again. PURE. */

import { componentOf, type Components, own } from "@/graph/components";
import type { Graph } from "@/graph/document";
import type { Problem } from "@/graph/problems";

type Said = Pick<Problem, "message" | "remedy" | "parameter">;
type Placed = Pick<Problem, "node" | "port" | "parameter">;

/** "2 is out of bounds; give a value from 8 to 200." for what the terminal, which has no field, says in longer words. */
export function sentenceAtField({ message, remedy, parameter }: Said): string {
  if (parameter === "") {
    return `${message} ${remedy}`;
  }
  if (message === `${parameter} has no value and no default.`) {
    return "It has no value and no default: give it one.";
  }
  const [before, then] = [`${parameter}: `, `For ${parameter} `];
  if (message.startsWith(before) && remedy.startsWith(then)) {
    return `${message.slice(before.length).replace(/\.$/, "")}; ${remedy.slice(then.length)}`;
  }
  return `${message} ${remedy}`;
}

/** "overlay · Font size", "overlay.video", "overlay", or "pipeline". */
export function placeWords({ node, port, parameter }: Placed, graph: Graph, components: Components): string {
  if (node === "") {
    return "pipeline";
  }
  if (port !== "") {
    return `${node}.${port}`;
  }
  return parameter === "" ? node : `${node} · ${titleOf(node, parameter, graph, components)}`;
}

/** What a parameter is called beside its field; its name where the component does not know it. */
export function titleOf(node: string, parameter: string, graph: Graph, components: Components): string {
  const component = componentOf(own(graph.nodes, node)?.component ?? "", components);
  return own(component?.parameters ?? {}, parameter)?.title ?? parameter;
}
