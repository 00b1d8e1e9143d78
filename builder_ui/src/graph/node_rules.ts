/** The rules of one node: its component, its parameters, and what must be connected to it. Twin of node_rules.py. */

import { type Component, componentOf, type Components, own } from "@/graph/components";
import type { Graph, GraphNode, Value } from "@/graph/document";
import { formatsFor } from "@/graph/formats";
import { advise, adviseReference } from "@/graph/nearest";
import { missingParameters, problemOf, shown, withDefaults } from "@/graph/parameters";
import { problem, type Problem } from "@/graph/problems";
import { refuseValue } from "@/graph/secret_rules";
import { MAX_ADVISED, MAX_PARAMETERS, MAX_PARAMETERS_BYTES, parametersBytes } from "@/graph/structure";

/** A node whose component is known; `parameters` has the defaults filled in. */
export type PlacedNode = { name: string; component: Component; parameters: Readonly<Record<string, Value>> };

/** One node with its component, where that is known. */
export function placeNode(name: string, graph: Graph, components: Components): PlacedNode | undefined {
  const node = own(graph.nodes, name);
  const component = node && componentOf(node.component, components);
  return component && { name, component, parameters: withDefaults(component, node.parameters) };
}

/** The nodes whose component is known, by name. */
export function placeNodes(graph: Graph, components: Components): Map<string, PlacedNode> {
  return new Map(
    Object.keys(graph.nodes).flatMap((name) => {
      const placed = placeNode(name, graph, components);
      return placed ? [[name, placed]] : [];
    }),
  );
}

/** Nodes whose component is not there; the first few unknown references are compared with all that exist. */
export function* checkComponents(graph: Graph, components: Components): Generator<Problem> {
  const advice = new Map<string, string>();
  for (const [name, { component: ref }] of Object.entries(graph.nodes)) {
    if (componentOf(ref, components)) {
      continue;
    }
    const isAdvised = advice.size < MAX_ADVISED;
    const remedy =
      advice.get(ref) ?? (isAdvised ? adviseReference(ref, Object.keys(components)) : "Choose one that there is.");
    advice.set(ref, remedy);
    yield problem("unknown_component", name, `There is no component ${shown(ref)}.`, remedy);
  }
}

/** Parameters that the component does not have, cannot take, or misses, and too much of them. */
export function* checkParameters(node: GraphNode, placed: PlacedNode): Generator<Problem> {
  const { component } = placed;
  let unknown = 0;
  for (const [name, value] of Object.entries(node.parameters).slice(0, MAX_PARAMETERS)) {
    const declared = own(component.parameters, name);
    if (!declared) {
      unknown += 1;
      const message = `${component.ref} has no parameter ${shown(name)}.`;
      const remedy = unknown <= MAX_ADVISED ? advise(name, Object.keys(component.parameters)) : "Remove it.";
      yield problem("unknown_parameter", placed.name, message, remedy, { parameter: name });
      continue;
    }
    // What a component asks of a secret holds for its value, which nobody knows before it is handed over.
    const refusal = declared.secret ? refuseValue(declared, value) : problemOf(declared, value);
    if (refusal !== null) {
      const message = `${name}: ${refusal.message}.`;
      yield problem("bad_parameter", placed.name, message, `For ${name} ${refusal.remedy}.`, { parameter: name });
    }
  }
  for (const name of missingParameters(component, node.parameters)) {
    const message = `${name} has no value and no default.`;
    yield problem("bad_parameter", placed.name, message, `Give ${name} a value.`, { parameter: name });
  }
  const size = parametersBytes(placed.parameters);
  if (size > MAX_PARAMETERS_BYTES) {
    const message = `The parameters are ${size} bytes, defaults included.`;
    yield problem("too_large", placed.name, message, `Keep them under ${MAX_PARAMETERS_BYTES}.`);
  }
}

/** Inputs with too many wires or too few; `arrivals` has the ids of the wires that end at each input. */
export function* checkInputs(placed: PlacedNode, arrivals: ReadonlyMap<string, ReadonlySet<string>>): Generator<Problem> {
  const { name: node, component } = placed;
  const opened = Object.entries(component.inputs).filter(
    ([name, port]) => formatsFor(port, placed.parameters).length > 0 || arrivals.has(name),
  );
  for (const [name, port] of opened) {
    const wires = [...(arrivals.get(name) ?? [])].sort();
    if (wires.length > 1 && !port.multiple) {
      const listed = wires.slice(0, 4).join(", ");
      const message = `${wires.length} wires end at ${node}.${name}, which takes one: ${listed}.`;
      yield problem("occupied_input", node, message, "Keep one of them.", { port: name });
    }
    if (port.required && wires.length === 0) {
      const remedy = `Draw a wire to it from an output that gives ${port.type}.`;
      yield problem("missing_input", node, `Nothing is connected to ${node}.${name}.`, remedy, { port: name });
    }
  }
  const isBothWays = component.kind === "gateway" && Object.keys(component.outputs).length > 0;
  const isOptional = opened.length > 0 && !opened.some(([, port]) => port.required);
  if (isOptional && !isBothWays && arrivals.size === 0) {
    const remedy = `It needs at least one wire; draw one to ${opened.map(([name]) => name).join(" or ")}.`;
    yield problem("unconnected", node, `Nothing is connected to ${node}.`, remedy);
  }
}
