/** What people do to the open pipeline: each verb is one gesture. Where one is refused, it says why and what to do. */

import { componentOf, own } from "@/graph/components";
import { type End, fittingPort, refusalOf, wireBetween } from "@/graph/connection";
import { type Graph, type Position, type Value, type Wire, wireId } from "@/graph/document";
import { occupants, renamed, spliced, without, withNode, withoutKeepingChain, withWire, withWireInstead } from "@/graph/edits";
import { freeName, refuseName } from "@/graph/names";
import { freePosition, onCanvas, placeAtEnd, placeBetween, withRoomFor } from "@/graph/placing";
import { change, replaceGraph, useDocument } from "@/stores/document";
import type { Merging } from "@/stores/history";
import { select, useSelection } from "@/stores/selection";

/** Why something was not done, a sentence with a remedy; null where it was. */
export type Refusal = string | null;

/** Typing and arrow keys that follow within this time are one gesture. */
const PAUSE_MS = 1000;

/** Place a component and select it; the name of the new node. */
export function addNode(ref: string, position?: Position): string {
  const { graph } = useDocument.getState();
  const name = nameFor(ref, graph);
  const at = position ? freePosition(position, graph) : placeAtEnd(graph);
  finish(`adding of ${name}`, withNode(graph, name, ref, at), [name]);
  return name;
}

/** Place a component and connect it to a port, as after dropping a wire on empty canvas. */
export function addConnected(from: End, ref: string, position: Position): { name: string } | { refused: string } {
  const { graph, components } = useDocument.getState();
  const port = fittingPort(graph, components, from, ref);
  if (port === undefined) {
    return { refused: `${ref} has no port that fits ${from.node}.${from.port}: choose another component.` };
  }
  const name = nameFor(ref, graph);
  const grown = withNode(graph, name, ref, freePosition(position, graph));
  const side = from.side === "output" ? "input" : "output";
  const wire = wireBetween(from, { node: name, port, side });
  const refused = refusalOf(wire, grown, components);
  if (refused !== null) {
    return { refused };
  }
  finish(`adding of ${name}`, withWire(grown, wire), [name]);
  return { name };
}

/** Put a new node into the middle of a wire; what follows moves aside where it would be hidden. */
export function insertOnWire(wire: Wire, ref: string, position?: Position): { name: string } | { refused: string } {
  const { graph, components } = useDocument.getState();
  const name = nameFor(ref, graph);
  const at = position ? freePosition(position, graph) : placeBetween(wire, graph);
  const result = spliced(withNode(graph, name, ref, at), wire, name, components);
  if ("refused" in result) {
    return result;
  }
  finish(`inserting of ${name}`, withRoomFor(name, wire, result.graph), [name]);
  return { name };
}

/** Call a node otherwise; wires, position and selection follow. */
export function renameNode(from: string, to: string): Refusal {
  const { graph } = useDocument.getState();
  const refused = refuseName(from, to, graph);
  if (refused !== null || from === to || !Object.hasOwn(graph.nodes, from)) {
    return refused;
  }
  const { nodes } = useSelection.getState();
  const chosen = [...nodes].map((name) => (name === from ? to : name));
  finish(`renaming of ${from} to ${to}`, renamed(graph, from, to), chosen);
  return null;
}

/** Change the pipeline's own name or description. */
export function describePipeline(fields: { name?: string; description?: string }): void {
  const merging = { merge: `pipeline ${Object.keys(fields).join(" ")}`, within: PAUSE_MS };
  change("change of the pipeline's name", (draft) => { Object.assign(draft, fields); }, merging);
}

/** Give a parameter a value, or with undefined its default again. */
export function setParameter(node: string, parameter: string, value: Value | undefined): void {
  const merging = { merge: `parameter ${node}.${parameter}`, within: PAUSE_MS };
  change(`change of ${parameter} of ${node}`, (draft) => {
    const parameters = own(draft.nodes, node)?.parameters;
    if (parameters && value === undefined) {
      Reflect.deleteProperty(parameters, parameter);
    } else if (parameters && value !== undefined) {
      parameters[parameter] = value;
    }
  }, merging);
}

/** Draw a wire. With `replace`, the wire that occupies the input goes. */
export function connect(wire: Wire, { replace = false }: { replace?: boolean } = {}): Refusal {
  const { graph, components } = useDocument.getState();
  const leaving = replace ? occupants(graph, wire, components) : [];
  return rewire(`connecting of ${wire.source} with ${wire.target}`, leaving, wire);
}

/** Move an end of a wire to another port. */
export function reconnect(old: Wire, wire: Wire, { replace = false }: { replace?: boolean } = {}): Refusal {
  if (wireId(old) === wireId(wire)) {
    return null;
  }
  const { graph, components } = useDocument.getState();
  const leaving = replace ? occupants(graph, wire, components) : [];
  return rewire(`moving of a wire of ${wire.source}`, [old, ...leaving], wire);
}

export function disconnect(wire: Wire): void {
  removeWires([wireId(wire)]);
}

export function removeNodes(names: Iterable<string>): void {
  remove(new Set(names), new Set());
}

export function removeWires(ids: Iterable<string>): void {
  remove(new Set(), new Set(ids));
}

/** Remove the selected nodes and wires. */
export function removeSelected(): void {
  const { nodes, wires } = useSelection.getState();
  remove(nodes, wires);
}

/** Remove nodes, and connect what fed them with what they fed where the types allow it. */
export function removeKeepingChain(names: Iterable<string> = useSelection.getState().nodes): void {
  const { graph, components } = useDocument.getState();
  const chosen = new Set([...names].filter((name) => Object.hasOwn(graph.nodes, name)));
  if (chosen.size > 0) {
    finish(`removal of ${counted(chosen.size, "node")}`, withoutKeepingChain(graph, chosen, components));
  }
}

/** Place nodes; one gesture with the same `merge` until `endGesture`. */
export function moveNodes(positions: Readonly<Record<string, Position>>, merging: Merging & { label?: string } = {}): void {
  const { label, ...rest } = merging;
  const names = Object.keys(positions);
  const moved = names.length === 1 ? `move of ${names[0] ?? ""}` : `move of ${counted(names.length, "node")}`;
  change(label ?? moved, (draft) => {
    for (const [name, wanted] of Object.entries(positions)) {
      const at = onCanvas(wanted);
      const old = own(draft.layout, name);
      if (Object.hasOwn(draft.nodes, name) && (old?.x !== at.x || old.y !== at.y)) {
        draft.layout[name] = at;
      }
    }
  }, rest);
}

function rewire(label: string, leaving: readonly Wire[], wire: Wire): Refusal {
  const { graph, components } = useDocument.getState();
  const ids = new Set(leaving.map(wireId));
  const apart = { ...graph, wires: graph.wires.filter((each) => !ids.has(wireId(each))) };
  const refused = refusalOf(wire, apart, components);
  if (refused === null) {
    replaceGraph(label, withWireInstead(graph, leaving, wire));
  }
  return refused;
}

function remove(nodes: ReadonlySet<string>, wires: ReadonlySet<string>): void {
  const { graph } = useDocument.getState();
  const present = new Set([...nodes].filter((name) => Object.hasOwn(graph.nodes, name)));
  const drawn = graph.wires.map(wireId).filter((id) => wires.has(id));
  const [only] = present;
  const what =
    present.size === 0 ? counted(drawn.length, "wire") : present.size === 1 ? only : counted(present.size, "node");
  if (present.size + drawn.length > 0) {
    replaceGraph(`removal of ${what ?? "nothing"}`, without(graph, present, wires));
  }
}

function nameFor(ref: string, graph: Graph): string {
  const trunk = componentOf(ref, useDocument.getState().components)?.name ?? ref.split("@", 1)[0] ?? "";
  return freeName(trunk, new Set(Object.keys(graph.nodes)));
}

function finish(label: string, graph: Graph, selected?: readonly string[]): void {
  if (useDocument.getState().may.edit) {
    replaceGraph(label, graph);
    if (selected) {
      select(selected);
    }
  }
}

function counted(count: number, noun: string): string {
  return count === 1 ? `a ${noun}` : `${count} ${noun}s`;
}
