/** The rules that need no component: names, limits, wires between nodes that exist. Twin of structure.py. */

import { type Graph, type GraphNode, wireId } from "@/graph/document";
import { isNodeName } from "@/graph/names";
import { advise } from "@/graph/nearest";
import { charactersOf, isStorableText, LARGEST_NUMBER, number, type Parameters, shown } from "@/graph/parameters";
import { problem, type Problem } from "@/graph/problems";

export const MAX_NODES = 1000;
export const MAX_WIRES = 4000;
export const MAX_PARAMETERS = 64;
/** Of one node's parameters as JSON; they travel in one control message, beside little else. */
export const MAX_PARAMETERS_BYTES = 61_440;
export const MAX_NAME_CHARACTERS = 80;
export const MAX_DESCRIPTION_CHARACTERS = 2000;
/** Unknown names that are compared with all known ones; the rest are reported without a guess. */
export const MAX_ADVISED = 20;
export const MAX_POSITION = 1_000_000;

const PORT_NAME = /^[a-z][a-z0-9_]{0,39}$/;
const COMPONENT = /^[a-z][a-z0-9_]{0,39}@[0-9][0-9a-z.-]{0,38}$/;
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

/** Every problem that shows without knowing any component; takes time in proportion to the graph. */
export function* checkStructure(graph: Graph): Generator<Problem> {
  if (isTooLarge(graph)) {
    const message = `${Object.keys(graph.nodes).length} nodes and ${graph.wires.length} wires are too many.`;
    yield problem("too_large", "", message, `Keep to ${MAX_NODES} nodes and ${MAX_WIRES} wires.`);
    return;
  }
  yield* checkTexts(graph);
  if (Object.keys(graph.nodes).length === 0) {
    yield problem("empty", "", "The pipeline has no nodes.", "Add a gateway, and a sink for what it brings.");
  }
  for (const [name, node] of Object.entries(graph.nodes)) {
    yield* checkNode(name, node);
  }
  yield* checkWires(graph);
  yield* checkLayout(graph);
}

/** Whether it has more nodes or wires than a pipeline may have; then nothing else is worth looking at. */
export function isTooLarge(graph: Graph): boolean {
  const largest = Math.max(Object.keys(graph.nodes).length, Object.keys(graph.layout).length);
  return largest > MAX_NODES || graph.wires.length > MAX_WIRES;
}

function* checkTexts({ name, description }: Graph): Generator<Problem> {
  const length = charactersOf(name);
  if (length === 0 || length > MAX_NAME_CHARACTERS || name !== name.trim() || UNPRINTABLE.test(name)) {
    const remedy = `Give it 1 to ${MAX_NAME_CHARACTERS} characters on one line.`;
    yield problem("bad_name", "", `${shown(name)} cannot be the pipeline's name.`, remedy);
  }
  if (!isStorableText(description)) {
    yield problem("bad_name", "", "The description holds characters that cannot be stored.", "Remove them.");
  }
  const described = charactersOf(description);
  if (described > MAX_DESCRIPTION_CHARACTERS) {
    const message = `The description has ${described} characters.`;
    yield problem("too_large", "", message, `Keep to ${MAX_DESCRIPTION_CHARACTERS}.`);
  }
}

function* checkNode(name: string, node: GraphNode): Generator<Problem> {
  if (!isNodeName(name)) {
    const remedy = "Use lowercase letters, digits, _ and -, a letter first, at most 32.";
    yield problem("bad_name", name, `${shown(name)} cannot be a node's name.`, remedy);
  }
  if (!COMPONENT.test(node.component)) {
    const message = `${shown(node.component)} is not a component's reference.`;
    yield problem("unknown_component", name, message, "Write name@version, such as overlay@1.0.0.");
  }
  const given = Object.entries(node.parameters);
  if (given.length > MAX_PARAMETERS) {
    yield problem("too_large", name, `${given.length} parameters are too many.`, `Keep to ${MAX_PARAMETERS}.`);
  }
  for (const [parameter, value] of given.slice(0, MAX_PARAMETERS)) {
    if (!PORT_NAME.test(parameter)) {
      const message = `${shown(parameter)} cannot be a parameter's name.`;
      yield problem("unknown_parameter", name, message, "Remove it.", { parameter });
      continue;
    }
    const wrong = problemOfValue(value);
    if (wrong !== "") {
      yield problem("bad_parameter", name, `${parameter} ${wrong}.`, "Change it.", { parameter });
    }
  }
  const size = parametersBytes(node.parameters);
  if (size > MAX_PARAMETERS_BYTES) {
    yield problem("too_large", name, `The parameters are ${size} bytes.`, `Keep them under ${MAX_PARAMETERS_BYTES}.`);
  }
}

/** How much of a control message the parameters of one node take, as JSON in ASCII. */
export function parametersBytes(parameters: Parameters): number {
  const text = JSON.stringify(parameters);
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    bytes += text.charCodeAt(index) > 0x7e ? 5 : 0;
  }
  return bytes;
}

function problemOfValue(value: unknown): string {
  if (typeof value === "boolean") {
    return "";
  }
  if (typeof value === "string") {
    return isStorableText(value) ? "" : "holds characters that cannot be stored";
  }
  if (typeof value === "number") {
    const exact = Number.isFinite(value) && Math.abs(value) <= LARGEST_NUMBER;
    return exact ? "" : `cannot be ${shown(value)}, numbers end at ${LARGEST_NUMBER}`;
  }
  return "must be text, a number, true or false";
}

function* checkWires(graph: Graph): Generator<Problem> {
  const seen = new Set<string>();
  let unknown = 0;
  for (const wire of graph.wires) {
    const id = wireId(wire);
    const ends = [
      [wire.source, wire.sourcePort, wire.target],
      [wire.target, wire.targetPort, wire.source],
    ] as const;
    for (const [node, port, beside] of ends) {
      if (!Object.hasOwn(graph.nodes, node)) {
        unknown += 1;
        const message = `A wire to or from ${beside} names the node ${shown(node)}, which does not exist.`;
        const isAdvised = unknown <= MAX_ADVISED;
        const remedy = isAdvised ? advise(node, Object.keys(graph.nodes)) : "Add it, or remove the wire.";
        yield problem("unknown_node", node, message, remedy, { port, wire: id });
      } else if (!PORT_NAME.test(port)) {
        const message = `${shown(port)} cannot be a port's name.`;
        yield problem("unknown_port", node, message, "Name a port of the component.", { port });
      }
    }
    if (seen.has(id)) {
      const place = { port: wire.targetPort, wire: id };
      yield problem("duplicate_wire", wire.target, `${id} is there twice.`, "Remove one of the two.", place);
    }
    seen.add(id);
  }
}

function* checkLayout(graph: Graph): Generator<Problem> {
  for (const [node, { x, y }] of Object.entries(graph.layout)) {
    if (!Object.hasOwn(graph.nodes, node)) {
      const message = `The layout names the node ${shown(node)}, which does not exist.`;
      yield problem("unknown_node", node, message, "Remove it from the layout.");
    } else if (![x, y].every((place) => Math.abs(place) <= MAX_POSITION)) {
      const message = `${node} stands at ${decimal(x)}, ${decimal(y)}, which is off every canvas.`;
      yield problem("bad_name", node, message, `Keep within ${MAX_POSITION} pixels.`);
    }
  }
}

/** A position as Python writes it: always with a point. */
function decimal(value: number): string {
  return Number.isInteger(value) ? `${number(value)}.0` : number(value);
}
