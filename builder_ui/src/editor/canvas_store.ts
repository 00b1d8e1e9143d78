/** What React Flow is given: follows graph and selection, and keeps what only the canvas knows (sizes, a drag). */
import { applyNodeChanges, type EdgeChange, type NodeChange } from "@xyflow/react";
import { create } from "zustand";
import { type CanvasEdge, type CanvasNode, edgesOf, nodesOf } from "@/editor/canvas_arrays";
import type { Position } from "@/graph/document";
import { useDocument } from "@/stores/document";
import { select, useSelection } from "@/stores/selection";
import { moveNodes } from "@/stores/verbs";

type CanvasStore = { nodes: CanvasNode[]; edges: CanvasEdge[] };

export const useCanvas = create<CanvasStore>(() => ({ nodes: [], edges: [] }));

const KEYS_PAUSE_MS = 1000;

/** Keep the arrays equal to the document; returns how to stop. */
export function followDocument(): () => void {
  const draw = (): void => {
    const { graph, components } = useDocument.getState();
    const selected = useSelection.getState();
    useCanvas.setState(({ nodes, edges }) => ({
      nodes: nodesOf(nodes, graph, components, selected.nodes),
      edges: edgesOf(edges, graph, components, selected.wires),
    }));
  };
  draw();
  const forget = [
    useDocument.subscribe((now, before) => {
      if (now.graph !== before.graph || now.components !== before.components) {
        draw();
      }
    }),
    useSelection.subscribe(draw),
  ];
  return () => {
    forget.forEach((each) => {
      each();
    });
  };
}

/** Take what happened on the canvas: sizes stay here, selection and finished moves go where they belong. */
export function takeNodeChanges(changes: NodeChange<CanvasNode>[]): void {
  const { nodes } = useCanvas.getState();
  const dragged = new Set(nodes.filter((node) => node.dragging).map((node) => node.id));
  const drawn = changes.filter((each) => each.type === "dimensions" || each.type === "position");
  if (drawn.length > 0) {
    useCanvas.setState({ nodes: applyNodeChanges(drawn, nodes) });
  }
  takeSelection(changes, "nodes");
  const moved = changes.flatMap((each) =>
    each.type === "position" && each.position && !each.dragging ? [[each.id, each.position] as const] : [],
  );
  if (moved.length > 0) {
    finishMove(Object.fromEntries(moved), moved.some(([id]) => dragged.has(id)));
  }
}

export function takeEdgeChanges(changes: EdgeChange<CanvasEdge>[]): void {
  takeSelection(changes, "wires");
}

function finishMove(positions: Record<string, Position>, byPointer: boolean): void {
  const names = Object.keys(positions).join(" ");
  moveNodes(positions, byPointer ? {} : { merge: `nudge ${names}`, within: KEYS_PAUSE_MS });
}

function takeSelection(changes: readonly (NodeChange<CanvasNode> | EdgeChange<CanvasEdge>)[], kind: "nodes" | "wires"): void {
  const turned = changes.filter((each) => each.type === "select");
  if (turned.length === 0) {
    return;
  }
  const now = useSelection.getState();
  const chosen = new Set(now[kind]);
  for (const { id, selected } of turned) {
    if (selected) {
      chosen.add(id);
    } else {
      chosen.delete(id);
    }
  }
  select(kind === "nodes" ? chosen : now.nodes, kind === "wires" ? chosen : now.wires);
}
