/** A part of a pipeline as text, to carry it from one to another by the clipboard. */

import { type Components, componentOf, own } from "@/graph/components";
import { type Graph, type Position, type Value, type Wire, readWire, wireId, writeWire } from "@/graph/document";
import { freeName, isNodeName } from "@/graph/names";
import { onCanvas, positionsOf } from "@/graph/placing";
import { withoutSecretValues } from "@/graph/secret_rules";
import { MAX_NODES, MAX_WIRES } from "@/graph/structure";

export const MAX_EXCERPT_CHARACTERS = 1024 * 1024;
const MARK = "media-pipeline-factory";
const VERSION = 1;
const OFFSET = 40;
const MAX_TRIES = 1000;

/** Nodes and what joins them, without name or description. */
export type Excerpt = Pick<Graph, "nodes" | "wires" | "layout">;

/** These nodes and the wires between them. */
export function excerptOf(graph: Graph, names: ReadonlySet<string>): Excerpt {
  const positions = positionsOf(graph);
  const chosen = Object.keys(graph.nodes).filter((name) => names.has(name));
  const pickFrom = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(chosen.flatMap((name) => {
      const each = own(record, name);
      return each === undefined ? [] : [[name, each]];
    }));
  return {
    nodes: pickFrom(graph.nodes),
    wires: graph.wires.filter(({ source, target }) => names.has(source) && names.has(target)),
    layout: pickFrom(positions),
  };
}

/** As text for the clipboard; of secrets their names alone. */
export function writeExcerpt(excerpt: Excerpt, components: Components): string {
  const nodes = Object.entries(excerpt.nodes).map(([name, { component, parameters }]) => {
    return [name, { component, parameters: withoutSecretValues(parameters, componentOf(component, components)) }];
  });
  const value = {
    [MARK]: VERSION,
    nodes: Object.fromEntries(nodes) as unknown,
    wires: excerpt.wires.map(writeWire),
    layout: excerpt.layout,
  };
  return JSON.stringify(value, null, 2);
}

/** Read a text from the clipboard; `refused` says why it is none of ours, and what to do. */
export function readExcerpt(text: string): Excerpt | { refused: string } {
  if (text.length > MAX_EXCERPT_CHARACTERS) {
    return { refused: "The text in the clipboard is larger than 1 MiB: copy fewer nodes at a time." };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { refused: "There are no nodes in the clipboard: copy some from a pipeline first." };
  }
  if (!isRecord(value) || value[MARK] !== VERSION) {
    return { refused: "There are no nodes in the clipboard: copy some from a pipeline first." };
  }
  const nodes = readNodes(value.nodes);
  const wires = readWires(value.wires ?? []);
  const layout = readLayout(value.layout ?? {});
  if (!nodes || !wires || !layout || Object.keys(nodes).length === 0) {
    return { refused: "The nodes in the clipboard cannot be read: copy them again." };
  }
  return {
    nodes,
    wires: wires.filter(({ source, target }) => Object.hasOwn(nodes, source) && Object.hasOwn(nodes, target)),
    layout: Object.fromEntries(Object.entries(layout).filter(([name]) => Object.hasOwn(nodes, name))),
  };
}

/** Put an excerpt into a graph under free names, at a position or beside what stands there; `names` are the new ones. */
export function insertExcerpt(graph: Graph, excerpt: Excerpt, at?: Position): { graph: Graph; names: string[] } {
  const taken = new Set(Object.keys(graph.nodes));
  const naming = new Map<string, string>();
  for (const name of Object.keys(excerpt.nodes)) {
    const fresh = taken.has(name) || !isNodeName(name) ? freeName(name, taken) : name;
    taken.add(fresh);
    naming.set(name, fresh);
  }
  const called = (name: string): string => naming.get(name) ?? name;
  const rekey = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
    Object.entries(record).map(([name, each]) => [called(name), each]);
  const shift = shiftOf(graph, excerpt, at);
  const placed = rekey(positionsOf({ name: "", description: "", ...excerpt }));
  const moved = placed.map(([name, { x, y }]) => [name, onCanvas({ x: x + shift.x, y: y + shift.y })] as const);
  const wires = excerpt.wires.map((wire) => ({ ...wire, source: called(wire.source), target: called(wire.target) }));
  return {
    graph: {
      ...graph,
      nodes: { ...graph.nodes, ...Object.fromEntries(rekey(excerpt.nodes)) },
      wires: [...graph.wires, ...wires],
      layout: { ...graph.layout, ...Object.fromEntries(moved) },
    },
    names: [...naming.values()],
  };
}

/** How far to move an excerpt: its corner to a position, or a step aside until its first node covers no other. */
function shiftOf(graph: Graph, excerpt: Excerpt, at: Position | undefined): Position {
  const ours = Object.values(excerpt.layout);
  if (at) {
    const left = ours.length === 0 ? 0 : Math.min(...ours.map(({ x }) => x));
    const top = ours.length === 0 ? 0 : Math.min(...ours.map(({ y }) => y));
    return { x: at.x - left, y: at.y - top };
  }
  const taken = new Set(Object.values(graph.layout).map(({ x, y }) => `${Math.round(x)},${Math.round(y)}`));
  let step = 0;
  const covers = (shift: number): boolean =>
    ours.some(({ x, y }) => taken.has(`${Math.round(x + shift)},${Math.round(y + shift)}`));
  while (covers(step) && step < MAX_TRIES * OFFSET) {
    step += OFFSET;
  }
  return { x: step, y: step };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isValue(value: unknown): value is Value {
  return typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value));
}

function readNodes(value: unknown): Graph["nodes"] | undefined {
  if (!isRecord(value) || Object.keys(value).length > MAX_NODES) {
    return undefined;
  }
  const nodes: [string, Graph["nodes"][string]][] = [];
  for (const [name, each] of Object.entries(value)) {
    const parameters = isRecord(each) ? (each.parameters ?? {}) : undefined;
    if (!isRecord(each) || typeof each.component !== "string" || !isRecord(parameters)) {
      return undefined;
    }
    const given = Object.entries(parameters).filter((entry): entry is [string, Value] => isValue(entry[1]));
    if (given.length < Object.keys(parameters).length) {
      return undefined;
    }
    nodes.push([name, { component: each.component, parameters: Object.fromEntries(given) }]);
  }
  return Object.fromEntries(nodes);
}

function readWires(value: unknown): Wire[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_WIRES) {
    return undefined;
  }
  const wires = value.map((each) => (typeof each === "string" ? readWire(each) : undefined));
  if (!wires.every((wire) => wire !== undefined)) {
    return undefined;
  }
  return [...new Map(wires.map((wire) => [wireId(wire), wire])).values()];
}

function readLayout(value: unknown): Record<string, Position> | undefined {
  if (!isRecord(value) || Object.keys(value).length > MAX_NODES) {
    return undefined;
  }
  const placed: [string, Position][] = [];
  for (const [name, each] of Object.entries(value)) {
    if (!isRecord(each) || typeof each.x !== "number" || typeof each.y !== "number") {
      return undefined;
    }
    placed.push([name, onCanvas({ x: each.x, y: each.y })]);
  }
  return Object.fromEntries(placed);
}
