/** The rules of one wire: ports that exist, the right way round, of one type, with a format. Twin of wire_rules.py. */

import { own } from "@/graph/components";
import { type Wire, wireId } from "@/graph/document";
import { formatsFor, planWire } from "@/graph/formats";
import { advise } from "@/graph/nearest";
import type { PlacedNode } from "@/graph/node_rules";
import { shown } from "@/graph/parameters";
import { problem, type Problem } from "@/graph/problems";

/** What is wrong with a wire, as far as the components at its ends are known. */
export function* checkWire(wire: Wire, placed: ReadonlyMap<string, PlacedNode>): Generator<Problem> {
  const source = placed.get(wire.source);
  const target = placed.get(wire.target);
  const gives = source && own(source.component.outputs, wire.sourcePort);
  const takes = target && own(target.component.inputs, wire.targetPort);
  if (source && !gives) {
    yield refusePort(source, wire.sourcePort, wire, "output");
  }
  if (target && !takes) {
    yield refusePort(target, wire.targetPort, wire, "input");
  }
  if (!gives || !takes) {
    return;
  }
  const id = wireId(wire);
  const place = { port: wire.targetPort, wire: id };
  const end = `${wire.target}.${wire.targetPort}`;
  if (gives.type !== takes.type) {
    const message = `${wire.source}.${wire.sourcePort} gives ${gives.type}, ${end} takes ${takes.type}.`;
    const remedy = `Connect ${end} to an output that gives ${takes.type}.`;
    yield problem("type_mismatch", wire.target, message, remedy, place);
    return;
  }
  const offered = formatsFor(gives, source.parameters);
  const taken = formatsFor(takes, target.parameters);
  if (planWire(offered, taken).length === 0) {
    const message = `No format can pass ${id}: offered ${listed(offered)}, taken ${listed(taken)}.`;
    const remedy = "Change the parameters that decide the formats, or remove the wire.";
    yield problem("no_shared_format", wire.target, message, remedy, place);
  }
}

function refusePort(placed: PlacedNode, port: string, wire: Wire, kind: "input" | "output"): Problem {
  const { component, name } = placed;
  const [right, wrong] =
    kind === "output" ? [component.outputs, component.inputs] : [component.inputs, component.outputs];
  if (Object.hasOwn(wrong, port)) {
    const [is, does] = kind === "output" ? ["an input", "begins"] : ["an output", "ends"];
    const message = `${name}.${port} is ${is}, and the wire ${wireId(wire)} ${does} at it.`;
    return problem("wrong_direction", name, message, "Draw it the other way.", { port, wire: wireId(wire) });
  }
  const message = `${component.ref} has no ${kind} ${shown(port)}.`;
  return problem("unknown_port", name, message, advise(port, Object.keys(right)), { port });
}

function listed(formats: readonly string[]): string {
  return formats.join(", ") || "nothing";
}
