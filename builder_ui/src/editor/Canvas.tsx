/** The canvas: nodes and wires as React Flow draws them, and the gestures that change them. */
import {
  type AriaLabelConfig, Background, BackgroundVariant, type Connection, ConnectionMode, Controls, type EdgeTypes, MiniMap, type NodeTypes,
  Panel, ReactFlow, SelectionMode, useReactFlow,
} from "@xyflow/react";
import { type MouseEvent as ReactMouseEvent, useCallback, useEffect, useState } from "react";
import type { CanvasEdge, CanvasNode } from "@/editor/canvas_arrays";
import { followDocument, takeEdgeChanges, takeNodeChanges, useCanvas } from "@/editor/canvas_store";
import { canEnd, connectByClick, endWire, grabWire, startWire } from "@/editor/connecting";
import { CanvasHint } from "@/editor/CanvasHint";
import { ConnectionHint } from "@/editor/ConnectionHint";
import { useMayEdit, useNarrow } from "@/editor/editing";
import { EmptyCanvas } from "@/editor/EmptyCanvas";
import { useFit, useRefit } from "@/editor/fitting";
import { NodeView } from "@/editor/NodeView";
import { openPicker, useWorkspace } from "@/editor/workspace";
import { WireView } from "@/editor/WireView";
import { type MediaType, own } from "@/graph/components";
import { useDocument } from "@/stores/document";
import { useFocusedPlace } from "@/editor/focused_place";
import { useTabOnCanvas } from "@/editor/tab_on_canvas";

const NODE_TYPES: NodeTypes = { component: NodeView };
const EDGE_TYPES: EdgeTypes = { wire: WireView };
const MULTI_SELECT = ["Control", "Meta"];
/** Where the first node of an empty pipeline has everything in sight. */
const BEGINNING = { x: 60, y: 160, zoom: 1 };
const MAP_SIZE = { width: 168, height: 112 };
const LABELS: Partial<AriaLabelConfig> = {
  "node.a11yDescription.default": "Enter selects the node, C connects it, F2 renames it, Delete removes it.",
  "node.a11yDescription.keyboardDisabled": "Enter selects the node. Arrow keys move it once it is selected, C connects it, F2 renames it, Delete removes it.",
  "node.a11yDescription.ariaLiveMessage": ({ direction, x, y }) => `Moved ${direction} to ${String(Math.round(x))}, ${String(Math.round(y))}`,
  "edge.a11yDescription.default": "Enter selects the wire, Delete removes it, A inserts a component into it.",
  "controls.ariaLabel": "View",
  "controls.zoomIn.ariaLabel": "Zoom in",
  "controls.zoomOut.ariaLabel": "Zoom out",
  "controls.fitView.ariaLabel": "Show everything",
  "minimap.ariaLabel": "Map of the pipeline",
};

export function Canvas() {
  const nodes = useCanvas((canvas) => canvas.nodes);
  const edges = useCanvas((canvas) => canvas.edges);
  const drawn = useDrawnMedia();
  // An empty canvas stays where it is when the first node is put down.
  const [startsFull] = useState(() => Object.keys(useDocument.getState().graph.nodes).length > 0);
  const mayEdit = useMayEdit();
  const narrow = useNarrow();
  const { screenToFlowPosition } = useReactFlow();
  const fit = useFit();
  useRefit(fit, startsFull);
  useEffect(followDocument, []);
  useFocusedPlace();
  const rememberClick = useTabOnCanvas();
  const onConnectEnd = useCallback(
    (...[event, state]: Parameters<NonNullable<Parameters<typeof ReactFlow>[0]["onConnectEnd"]>>) => {
      endWire(event, state, screenToFlowPosition);
    },
    [screenToFlowPosition],
  );
  const onDoubleClick = (event: ReactMouseEvent): void => {
    const onPane = event.target instanceof Element && event.target.classList.contains("react-flow__pane");
    if (mayEdit && onPane) {
      const at = { x: event.clientX, y: event.clientY };
      openPicker({ screen: at, position: screenToFlowPosition(at) });
    }
  };
  return (
    <main className="canvas" data-media={drawn} aria-label="Canvas" onDoubleClick={onDoubleClick}>
      <ReactFlow<CanvasNode, CanvasEdge>
        nodes={nodes} edges={edges} nodeTypes={NODE_TYPES} edgeTypes={EDGE_TYPES}
        onNodesChange={takeNodeChanges} onEdgesChange={takeEdgeChanges}
        onConnectStart={(_event, start) => { startWire(start); }}
        onConnect={(connection: Connection) => { connectByClick(connection); }}
        onConnectEnd={onConnectEnd}
        onReconnectStart={(_event, edge) => { grabWire(edge); }}
        onReconnect={ignoreReconnect}
        isValidConnection={(connection) => canEnd({ ...connection, sourceHandle: connection.sourceHandle ?? null, targetHandle: connection.targetHandle ?? null })}
        onPaneClick={rememberClick}
        connectionMode={ConnectionMode.Strict} connectionRadius={24}
        nodesDraggable={mayEdit} nodesConnectable={mayEdit} edgesReconnectable={mayEdit} nodesFocusable edgesFocusable
        deleteKeyCode={null} selectionKeyCode="Shift" multiSelectionKeyCode={MULTI_SELECT} selectionMode={SelectionMode.Partial}
        zoomOnDoubleClick={false} minZoom={0.1} maxZoom={2.5} fitView={startsFull} fitViewOptions={fit} defaultViewport={BEGINNING} snapToGrid snapGrid={[10, 10]}
        ariaLabelConfig={LABELS}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.5} />
        {!narrow && nodes.length > 0 && <MiniMap pannable zoomable style={MAP_SIZE} nodeClassName={(node) => `map-${kindOf(node.id)}`} nodeStrokeWidth={0} />}
        <Controls showInteractive={false} fitViewOptions={fit} position={narrow ? "top-right" : "bottom-left"} orientation={narrow ? "horizontal" : "vertical"} />
        {!narrow && <Panel position="bottom-center" className="canvas-hint-panel"><CanvasHint /></Panel>}
        {nodes.length === 0 && <Panel position="top-center"><EmptyCanvas /></Panel>}
      </ReactFlow>
      <ConnectionHint />
    </main>
  );
}

function kindOf(node: string): string {
  const { graph, components } = useDocument.getState();
  return own(components, own(graph.nodes, node)?.component ?? "")?.kind ?? "missing";
}

/** What the wire carries that is being drawn, for its colour. */
function useDrawnMedia(): MediaType | undefined {
  const from = useWorkspace((workspace) => workspace.pulled?.from);
  return useDocument((store) => {
    const component = from && own(store.components, own(store.graph.nodes, from.node)?.component ?? "");
    const ports = from?.side === "output" ? component?.outputs : component?.inputs;
    return from && own<{ type: MediaType }>(ports ?? {}, from.port)?.type;
  });
}

/** The end of the gesture does it; React Flow only lets go of wires that have such a handler. */
function ignoreReconnect(): void {
  return undefined;
}
