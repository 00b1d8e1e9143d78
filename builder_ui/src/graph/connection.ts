/** Whether a wire can be drawn, asked with every movement of the pointer: a sentence with a remedy, or null. */

import { type Components, type InputPort, type OutputPort, own } from "@/graph/components";
import { type Graph, type Wire, wireId } from "@/graph/document";
import { formatsFor, planWire } from "@/graph/formats";
import { placeNode } from "@/graph/node_rules";

/** A port of a node. */
export type End = { node: string; port: string; side: "output" | "input" };

/** Why a wire cannot be drawn, with what to do instead; null when it can. */
export function refusalOf(wire: Wire, graph: Graph, components: Components): string | null {
  const source = placeNode(wire.source, graph, components);
  const target = placeNode(wire.target, graph, components);
  if (!source || !target) {
    const lost = source ? wire.target : wire.source;
    const isThere = Object.hasOwn(graph.nodes, lost);
    return isThere
      ? `The component of ${lost} is not known: choose another component for it first.`
      : `There is no node ${lost}: connect one that there is.`;
  }
  if (wire.source === wire.target) {
    return `${wire.source} cannot feed itself: connect it to another node.`;
  }
  const gives = own(source.component.outputs, wire.sourcePort);
  const takes = own(target.component.inputs, wire.targetPort);
  if (!gives || !takes) {
    return refuseDirection(wire, gives, takes);
  }
  const from = `${wire.source}.${wire.sourcePort}`;
  const to = `${wire.target}.${wire.targetPort}`;
  const drawn = graph.wires.filter((each) => each.target === wire.target && each.targetPort === wire.targetPort);
  if (drawn.some((each) => wireId(each) === wireId(wire))) {
    return `${from} is connected to ${to} already: one wire is enough.`;
  }
  if (gives.type !== takes.type) {
    return `${from} carries ${gives.type} and ${to} takes ${takes.type}: connect it to ${articled(gives.type)} input.`;
  }
  const offered = formatsFor(gives, source.parameters);
  const taken = formatsFor(takes, target.parameters);
  if (taken.length === 0 || offered.length === 0) {
    const closed = taken.length === 0 ? to : from;
    return `${closed} is closed by the parameters of its node: change these, or use another port.`;
  }
  if (planWire(offered, taken).length === 0) {
    const formats = `${from} gives ${offered.join(", ")} and ${to} takes ${taken.join(", ")}`;
    return `${formats}: change the parameters that decide the formats, or put a transform between.`;
  }
  const [occupant] = drawn;
  if (occupant && !takes.multiple) {
    const feeder = `${occupant.source}.${occupant.sourcePort}`;
    return `${to} takes one wire and has one from ${feeder}: remove that wire first, or move its end.`;
  }
  if (leadsTo(graph, wire.target, wire.source)) {
    return `Media would go round in a circle, as ${wire.target} feeds ${wire.source}: connect it to a node that does not.`;
  }
  return null;
}

/** The ports that a wire from (or to) this one could join now, in the order of nodes and ports. */
export function compatibleTargets(graph: Graph, components: Components, from: End): End[] {
  return Object.keys(graph.nodes).flatMap((node) => {
    const placed = placeNode(node, graph, components);
    const side = from.side === "output" ? ("input" as const) : ("output" as const);
    const ports = placed ? Object.keys(side === "input" ? placed.component.inputs : placed.component.outputs) : [];
    return ports
      .map((port) => ({ node, port, side }))
      .filter((end) => refusalOf(wireBetween(from, end), graph, components) === null);
  });
}

/** A component that a wire from (or to) this port could be drawn to, and the first of its ports that fits. */
export type Fitting = { ref: string; port: string };

/** What could be added at the loose end of a wire, as with its default parameters. */
export function compatibleComponents(graph: Graph, components: Components, from: End): Fitting[] {
  return Object.keys(components).flatMap((ref) => {
    const port = fittingPort(graph, components, from, ref);
    return port === undefined ? [] : [{ ref, port }];
  });
}

/** The first port of a component, not yet placed, that a wire from (or to) this end could join. */
export function fittingPort(graph: Graph, components: Components, from: End, ref: string): string | undefined {
  const here = placeNode(from.node, graph, components);
  const component = own(components, ref);
  const port =
    from.side === "output" ? own(here?.component.outputs ?? {}, from.port) : own(here?.component.inputs ?? {}, from.port);
  if (!here || !component || !port) {
    return undefined;
  }
  const ours = formatsFor(port, here.parameters);
  const defaults = Object.fromEntries(
    Object.entries(component.parameters).flatMap(([name, each]) => (each.default === null ? [] : [[name, each.default]])),
  );
  const opposite: Record<string, OutputPort | InputPort> =
    from.side === "output" ? component.inputs : component.outputs;
  const fitting = Object.entries(opposite).find(([, each]) => {
    const others = formatsFor(each, defaults);
    const planned = from.side === "output" ? planWire(ours, others) : planWire(others, ours);
    return each.type === port.type && planned.length > 0;
  });
  return fitting?.[0];
}

/** The wire between two ports, whichever of them it was begun at. */
export function wireBetween(one: End, other: End): Wire {
  const [source, target] = one.side === "output" ? [one, other] : [other, one];
  return { source: source.node, sourcePort: source.port, target: target.node, targetPort: target.port };
}

function refuseDirection(wire: Wire, gives: OutputPort | undefined, takes: InputPort | undefined): string {
  const from = `${wire.source}.${wire.sourcePort}`;
  const to = `${wire.target}.${wire.targetPort}`;
  if (!gives && !takes) {
    return `A wire goes from an output to an input: begin at ${to} and end at ${from}.`;
  }
  return gives
    ? `${from} and ${to} are both outputs: end the wire at an input.`
    : `${from} and ${to} are both inputs: begin the wire at an output.`;
}

function articled(type: string): string {
  return type === "audio" ? `an ${type}` : `a ${type}`;
}

const onwardOf = new WeakMap<readonly Wire[], Map<string, string[]>>();

/** Where each node leads, kept as long as the wires stay the same. */
function onward(wires: readonly Wire[]): Map<string, string[]> {
  const known = onwardOf.get(wires);
  if (known) {
    return known;
  }
  const found = new Map<string, string[]>();
  for (const { source, target } of wires) {
    const targets = found.get(source);
    if (targets) {
      targets.push(target);
    } else {
      found.set(source, [target]);
    }
  }
  onwardOf.set(wires, found);
  return found;
}

function leadsTo(graph: Graph, from: string, to: string): boolean {
  const links = onward(graph.wires);
  const seen = new Set([from]);
  const left = [from];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (name === to) {
      return true;
    }
    for (const next of links.get(name) ?? []) {
      if (!seen.has(next)) {
        seen.add(next);
        left.push(next);
      }
    }
  }
  return false;
}
