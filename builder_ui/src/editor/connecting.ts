/** The gestures of drawing a wire and of moving one of its ends, from the pointer's press to its release. */
import type { Connection, FinalConnectionState, OnConnectStartParams } from "@xyflow/react";
import { type CanvasEdge } from "@/editor/canvas_arrays";
import { isOnCanvas, nodeAt, pointOf } from "@/editor/canvas_places";
import { dropOn } from "@/editor/connection_gesture";
import { announce, toast } from "@/editor/notices";
import { openPicker, pull, useWorkspace } from "@/editor/workspace";
import type { End } from "@/graph/connection";
import type { Position, Wire } from "@/graph/document";
import { useDocument } from "@/stores/document";
import { connect, disconnect, reconnect } from "@/stores/verbs";

/** The wire whose end was grabbed: React Flow tells of it just before it tells that a wire is being drawn. */
let grabbed: Wire | null = null;

export function grabWire(edge: CanvasEdge): void {
  grabbed = edge.data?.wire ?? null;
}

export function startWire({ nodeId, handleId, handleType }: OnConnectStartParams): void {
  if (nodeId !== null && handleId !== null && handleType !== null) {
    const side = handleType === "source" ? "output" : "input";
    pull({ from: { node: nodeId, port: handleId, side }, moving: grabbed });
  }
  grabbed = null;
}

/** Whether the wire could end where the pointer is; React Flow snaps to such ports. */
export function canEnd(connection: Pick<Connection, "source" | "sourceHandle" | "target" | "targetHandle">): boolean {
  const { pulled } = useWorkspace.getState();
  const { graph, components } = useDocument.getState();
  const wire = wireOf(connection);
  const from: End = pulled?.from ?? { node: wire.source, port: wire.sourcePort, side: "output" };
  const to: End =
    from.side === "output"
      ? { node: wire.target, port: wire.targetPort, side: "input" }
      : { node: wire.source, port: wire.sourcePort, side: "output" };
  return dropOn({ port: to }, pulled ?? { from, moving: null }, graph, components).is === "connect";
}

/** Two ports pressed one after the other, instead of a drag between them. */
export function connectByClick(connection: Connection): void {
  if (useWorkspace.getState().pulled === null) {
    say(connect(wireOf(connection)), wireOf(connection));
  }
}

/** The pointer let go: connect, say why not, or ask what to add. */
export function endWire(event: MouseEvent | TouchEvent, state: FinalConnectionState, toCanvas: (at: Position) => Position): void {
  const { pulled } = useWorkspace.getState();
  pull(null);
  if (pulled === null) {
    return;
  }
  const at = pointOf(event);
  const { graph, components } = useDocument.getState();
  const handle = state.toHandle;
  const port: End | null =
    handle?.id == null ? null : { node: handle.nodeId, port: handle.id, side: handle.type === "target" ? "input" : "output" };
  const node = nodeAt(at);
  if (port?.node === pulled.from.node && port.port === pulled.from.port && port.side === pulled.from.side) {
    return;
  }
  const drop = dropOn(port ? { port } : node === null ? {} : { node }, pulled, graph, components);
  if (drop.is === "connect") {
    say(pulled.moving ? reconnect(pulled.moving, drop.wire) : connect(drop.wire), drop.wire);
  } else if (drop.is === "refuse") {
    if (port !== null || node !== pulled.from.node) {
      say(drop.reason, null);
    }
  } else if (pulled.moving) {
    disconnect(pulled.moving);
    announce(`Wire from ${pulled.moving.source} to ${pulled.moving.target} removed`);
  } else if (isOnCanvas(at)) {
    openPicker({ position: toCanvas(at), screen: at, from: pulled.from });
  }
}

/** Tell how connecting went. */
export function say(refusal: string | null, wire: Wire | null): void {
  if (refusal !== null) {
    toast(refusal, "danger");
    announce(refusal);
  } else if (wire) {
    announce(`${wire.source}.${wire.sourcePort} connected to ${wire.target}.${wire.targetPort}`);
  }
}

function wireOf({ source, sourceHandle, target, targetHandle }: Pick<Connection, "source" | "sourceHandle" | "target" | "targetHandle">): Wire {
  return { source, sourcePort: sourceHandle ?? "", target, targetPort: targetHandle ?? "" };
}
