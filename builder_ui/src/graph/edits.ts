/** What a gesture makes of a graph: a graph in, another one out, what did not change shared. */

import { produce } from "immer";
import { type Components, own } from "@/graph/components";
import { refusalOf } from "@/graph/connection";
import { type Graph, type Position, type Wire, wireId } from "@/graph/document";
import { placeNode } from "@/graph/node_rules";
import { onCanvas } from "@/graph/placing";

/** With one more node. */
export function withNode(graph: Graph, name: string, component: string, position: Position): Graph {
  return produce(graph, (draft) => {
    draft.nodes[name] = { component, parameters: {} };
    draft.layout[name] = onCanvas(position);
  });
}

/** Without these nodes, the wires at them and these other wires. */
export function without(graph: Graph, nodes: ReadonlySet<string>, wires: ReadonlySet<string> = new Set()): Graph {
  const kept = graph.wires.filter(
    (wire) => !nodes.has(wire.source) && !nodes.has(wire.target) && !wires.has(wireId(wire)),
  );
  return produce(graph, (draft) => {
    for (const name of nodes) {
      Reflect.deleteProperty(draft.nodes, name);
      Reflect.deleteProperty(draft.layout, name);
    }
    if (kept.length < graph.wires.length) {
      draft.wires = kept;
    }
  });
}

/** Without these nodes; what each one took in goes on to those that it fed, where the types allow it. */
export function withoutKeepingChain(graph: Graph, nodes: ReadonlySet<string>, components: Components): Graph {
  let left = graph;
  for (const name of nodes) {
    const component = placeNode(name, left, components)?.component;
    const arriving = left.wires.filter((wire) => wire.target === name && wire.source !== name);
    const leaving = left.wires.filter((wire) => wire.source === name && wire.target !== name);
    left = without(left, new Set([name]));
    for (const { sourcePort, target, targetPort } of leaving) {
      const type = own(component?.outputs ?? {}, sourcePort)?.type;
      const feeders = arriving.filter((wire) => own(component?.inputs ?? {}, wire.targetPort)?.type === type);
      const bridges = feeders.map((wire) => ({ source: wire.source, sourcePort: wire.sourcePort, target, targetPort }));
      const bridge = bridges.find((wire) => refusalOf(wire, left, components) === null);
      left = bridge ? withWire(left, bridge) : left;
    }
  }
  return left;
}

/** With one more wire. */
export function withWire(graph: Graph, wire: Wire): Graph {
  return { ...graph, wires: [...graph.wires, wire] };
}

/** With a wire in the place of others. */
export function withWireInstead(graph: Graph, replaced: readonly Wire[], wire: Wire): Graph {
  const ids = new Set(replaced.map(wireId));
  const at = graph.wires.findIndex((each) => ids.has(wireId(each)));
  const wires = graph.wires.flatMap((each, index) => (ids.has(wireId(each)) ? (index === at ? [wire] : []) : [each]));
  return { ...graph, wires: at < 0 ? [...wires, wire] : wires };
}

/** The wires that a new one would have to replace, as its input takes one only. */
export function occupants(graph: Graph, wire: Wire, components: Components): Wire[] {
  const component = placeNode(wire.target, graph, components)?.component;
  if (own(component?.inputs ?? {}, wire.targetPort)?.multiple !== false) {
    return [];
  }
  return graph.wires.filter((each) => each.target === wire.target && each.targetPort === wire.targetPort);
}

/** With a node called otherwise, in the same place of the order; its wires and its position follow. */
export function renamed(graph: Graph, from: string, to: string): Graph {
  const name = (each: string): string => (each === from ? to : each);
  const rekey = <T>(record: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).map(([key, value]) => [name(key), value]));
  return {
    ...graph,
    nodes: rekey(graph.nodes),
    layout: rekey(graph.layout),
    wires: graph.wires.map((wire) => ({ ...wire, source: name(wire.source), target: name(wire.target) })),
  };
}

/** With a node that is there put into the middle of a wire, or the reason why it cannot. */
export function spliced(
  graph: Graph,
  wire: Wire,
  name: string,
  components: Components,
): { graph: Graph } | { refused: string } {
  const component = placeNode(name, graph, components)?.component;
  const apart = { ...graph, wires: graph.wires.filter((each) => wireId(each) !== wireId(wire)) };
  const { source, sourcePort, target, targetPort } = wire;
  for (const inward of Object.keys(component?.inputs ?? {})) {
    const first = { source, sourcePort, target: name, targetPort: inward };
    if (refusalOf(first, apart, components) !== null) {
      continue;
    }
    const half = withWireInstead(graph, [wire], first);
    for (const outward of Object.keys(component?.outputs ?? {})) {
      const second = { source: name, sourcePort: outward, target, targetPort };
      if (refusalOf(second, half, components) === null) {
        return { graph: withWire(half, second) };
      }
    }
  }
  const type = own(placeNode(source, graph, components)?.component.outputs ?? {}, sourcePort)?.type ?? "media";
  return { refused: `${name} does not take ${type} in and give it out: insert a transform of ${type}.` };
}
