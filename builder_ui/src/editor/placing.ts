/** Adding components from the palette, from a search at the pointer, and from the loose end of a wire. */
import { wireAt } from "@/editor/canvas_places";
import { announce, toast } from "@/editor/notices";
import type { Picker } from "@/editor/workspace";
import { fittingPort } from "@/graph/connection";
import { componentOf, type Component } from "@/graph/components";
import { type Position, type Wire, wireId } from "@/graph/document";
import { useDocument } from "@/stores/document";
import { addConnected, addNode, insertOnWire } from "@/stores/verbs";

/** Half of a usual node: what is dropped stands with its middle at the pointer. */
const MIDDLE: Position = { x: 110, y: 40 };

export function centred({ x, y }: Position): Position {
  return { x: x - MIDDLE.x, y: y - MIDDLE.y };
}

/** Put a component down at a point; on a wire that it fits into, into that wire. */
export function putDown(ref: string, screen: Position, position: Position): void {
  const wire = wireOf(wireAt(screen));
  const added = wire && fitsInto(wire, ref) ? insertOnWire(wire, ref, centred(position)) : { name: addNode(ref, centred(position)) };
  tell(added, ref);
}

/** Do what the search at the pointer was opened for; the name of the new node, or null where it was refused. */
export function pickFor({ position, from, onWire }: Picker, ref: string): string | null {
  if (from) {
    return tell(addConnected(from, ref, position), ref);
  }
  if (onWire) {
    return tell(insertOnWire(onWire, ref), ref);
  }
  return tell({ name: addNode(ref, centred(position)) }, ref);
}

/** The components that the search may offer: all, or those that a port or both ends of a wire can be joined to. */
export function offeredFor({ from, onWire }: Picker, components: readonly Component[]): Component[] {
  const { graph, components: all } = useDocument.getState();
  if (from) {
    return components.filter(({ ref }) => fittingPort(graph, all, from, ref) !== undefined);
  }
  return onWire ? components.filter(({ ref }) => fitsInto(onWire, ref)) : [...components];
}

export function wireOf(id: string | null): Wire | undefined {
  return id === null ? undefined : useDocument.getState().graph.wires.find((wire) => wireId(wire) === id);
}

function fitsInto(wire: Wire, ref: string): boolean {
  const { graph, components } = useDocument.getState();
  const source = { node: wire.source, port: wire.sourcePort, side: "output" as const };
  const target = { node: wire.target, port: wire.targetPort, side: "input" as const };
  return [source, target].every((end) => fittingPort(graph, components, end, ref) !== undefined);
}

function tell(added: { name: string } | { refused: string }, ref: string): string | null {
  if ("refused" in added) {
    toast(added.refused, "danger");
    announce(added.refused);
    return null;
  }
  const title = componentOf(ref, useDocument.getState().components)?.title ?? ref;
  announce(`${title} added as ${added.name}`);
  return added.name;
}
