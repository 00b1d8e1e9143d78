/**
 * Whether a pipeline can run: every rule at once, each problem with its place and its remedy. Twin of validate.py, both
 * tested from tests/factory/domain/graph/cases.json.
 */

import { checkCircles } from "@/graph/circles";
import type { Components } from "@/graph/components";
import { type Graph, wireId } from "@/graph/document";
import { checkComponents, checkInputs, checkParameters, placeNodes } from "@/graph/node_rules";
import { placeOf, type Problem } from "@/graph/problems";
import { checkKnown } from "@/graph/secret_rules";
import { checkStructure, isTooLarge } from "@/graph/structure";
import { checkWire } from "@/graph/wire_rules";

/**
 * Everything wrong with a graph, in a settled order; empty where it can run. A place has one problem of a kind.
 *
 * `secrets` are the names of those that the team has; null where nobody knows them yet.
 */
export function validate(graph: Graph, components: Components, secrets: ReadonlySet<string> | null = null): Problem[] {
  const found = new Map<string, Problem>();
  for (const problem of checkEverything(graph, components, secrets)) {
    const place = placeOf(problem);
    if (!found.has(place)) {
      found.set(place, problem);
    }
  }
  return [...found.values()];
}

function* checkEverything(
  graph: Graph,
  components: Components,
  secrets: ReadonlySet<string> | null,
): Generator<Problem> {
  yield* checkStructure(graph);
  if (isTooLarge(graph)) {
    return;
  }
  const placed = placeNodes(graph, components);
  yield* checkComponents(graph, components);
  for (const node of placed.values()) {
    yield* checkParameters(graph.nodes[node.name] ?? { component: "", parameters: {} }, node);
  }
  if (secrets !== null) {
    yield* checkKnown(graph, components, secrets);
  }
  yield* checkCircles(graph);
  const arrivals = new Map<string, Map<string, Set<string>>>();
  for (const wire of graph.wires) {
    yield* checkWire(wire, placed);
    const ports = arrivals.get(wire.target) ?? new Map<string, Set<string>>();
    arrivals.set(wire.target, ports.set(wire.targetPort, (ports.get(wire.targetPort) ?? new Set()).add(wireId(wire))));
  }
  for (const node of placed.values()) {
    yield* checkInputs(node, arrivals.get(node.name) ?? new Map<string, Set<string>>());
  }
}
