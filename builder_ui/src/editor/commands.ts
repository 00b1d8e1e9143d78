/** What each key and menu entry does. */
import { type ReactFlowInstance, useReactFlow } from "@xyflow/react";
import { useMemo } from "react";
import { arrange, USUAL_SIZE } from "@/editor/arrangement";
import type { CanvasEdge, CanvasNode } from "@/editor/canvas_arrays";
import { fitFor } from "@/editor/fitting";
import { announce, toast } from "@/editor/notices";
import { wireOf } from "@/editor/placing";
import type { Action } from "@/editor/shortcuts";
import { openDialog, openPicker, startConnecting, startRenaming, toggleDrawer, useWorkspace } from "@/editor/workspace";
import { positionsOf } from "@/graph/placing";
import { startRun } from "@/live/run";
import { copySelection, cutSelection, duplicate, paste } from "@/stores/clipboard";
import { redo, undo, useDocument } from "@/stores/document";
import { save } from "@/stores/saving";
import { clearSelection, selectAll, useSelection } from "@/stores/selection";
import { moveNodes, removeKeepingChain, removeSelected } from "@/stores/verbs";

/** Those that the table of keys may ask for; copy, cut and paste are the browser's own events. */
export type Commands = Readonly<Record<Exclude<Action, "move" | "select" | "box" | "copy" | "cut" | "paste" | "addHere" | "addThere">, () => void>>;

type Flow = ReactFlowInstance<CanvasNode, CanvasEdge>;

export function useCommands(): Commands {
  const flow = useReactFlow<CanvasNode, CanvasEdge>();
  return useMemo(() => ({ ...EDITING, ...viewing(flow), tidy: () => { tidy(flow); }, add: () => { add(flow); } }), [flow]);
}

const EDITING = {
  save: () => {
    void save().then(() => {
      announce("Saved");
    });
  },
  run: () => {
    void startRun();
  },
  undo: () => {
    const { undoLabel, canUndo } = useDocument.getState();
    undo();
    announce(canUndo ? `Undone: ${undoLabel}` : "Nothing to undo");
  },
  redo: () => {
    const { redoLabel, canRedo } = useDocument.getState();
    redo();
    announce(canRedo ? `Redone: ${redoLabel}` : "Nothing to redo");
  },
  duplicate: () => {
    refuse(duplicate());
  },
  selectAll,
  delete: () => {
    removeAndTell(removeSelected);
  },
  deleteAndReconnect: () => {
    removeAndTell(removeKeepingChain);
  },
  rename: () => {
    withOneNode(startRenaming, "rename");
  },
  connect: () => {
    withOneNode(startConnecting, "connect");
  },
  search: () => {
    useWorkspace.setState({ paletteOpen: true });
    window.setTimeout(() => {
      const input = document.querySelector<HTMLInputElement>("#palette input");
      input?.focus();
      // The next search takes the place of the last one.
      input?.select();
    });
  },
  outline: () => {
    toggleDrawer("outline");
  },
  text: () => {
    openDialog("text");
  },
  cheatSheet: () => {
    openDialog("cheatSheet");
  },
  escape: () => {
    if (useWorkspace.getState().picker) {
      openPicker(null);
    } else {
      clearSelection();
    }
  },
};

/** Keys are pressed on screens that are wide. */
function fitNow() {
  return fitFor(false, useWorkspace.getState().drawer !== null);
}

function viewing(flow: Flow) {
  const duration = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 200;
  return {
    fit: () => void flow.fitView({ ...fitNow(), duration }),
    reset: () => void flow.zoomTo(1, { duration }),
    zoomIn: () => void flow.zoomIn({ duration }),
    zoomOut: () => void flow.zoomOut({ duration }),
  };
}

/** Lay out the selection, or everything where fewer than two nodes are selected. */
function tidy(flow: Flow): void {
  const { graph } = useDocument.getState();
  const { nodes } = useSelection.getState();
  const names = Object.keys(graph.nodes).filter((name) => nodes.size < 2 || nodes.has(name));
  const sizeOf = (name: string) => {
    const size = flow.getNode(name)?.measured;
    return { width: size?.width ?? USUAL_SIZE.width, height: size?.height ?? USUAL_SIZE.height };
  };
  moveNodes(arrange({ ...graph, layout: positionsOf(graph) }, names, sizeOf), { label: "tidying" });
  announce(`${String(names.length)} nodes tidied`);
  if (nodes.size < 2) {
    window.setTimeout(() => void flow.fitView(fitNow()));
  }
}

/** Search for a component: into the selected wire, or in the middle of what is seen. */
function add(flow: Flow): void {
  const [id] = useSelection.getState().wires;
  const onWire = wireOf(id ?? null);
  const area = document.querySelector(".react-flow")?.getBoundingClientRect();
  const screen = { x: (area?.left ?? 0) + (area?.width ?? 0) / 2, y: (area?.top ?? 0) + (area?.height ?? 0) / 3 };
  openPicker({ screen, position: flow.screenToFlowPosition(screen), ...(onWire ? { onWire } : {}) });
}

/** The node that has the focus, else the one that is selected. */
function withOneNode(act: (node: string) => void, verb: string): void {
  const focused = document.activeElement?.closest<HTMLElement>(".react-flow__node")?.dataset["id"];
  const [first, second] = useSelection.getState().nodes;
  const node = focused ?? (second === undefined ? first : undefined);
  if (node === undefined) {
    announce(`Select one node to ${verb} it.`);
  } else {
    act(node);
  }
}

function removeAndTell(remove: () => void): void {
  const { nodes, wires } = useSelection.getState();
  if (nodes.size + wires.size === 0) {
    return;
  }
  const [name] = nodes;
  const what = nodes.size === 1 && name ? name : nodes.size > 0 ? `${String(nodes.size)} nodes` : wires.size === 1 ? "The wire" : `${String(wires.size)} wires`;
  remove();
  announce(`${what} removed. Undo brings it back.`);
}

function refuse(refusal: string | null): void {
  if (refusal !== null) {
    toast(refusal, "danger");
    announce(refusal);
  }
}

/** The browser's own copy, cut and paste: no permission to ask for, and they work across pages. */
export function copyInto(event: ClipboardEvent, isCut: boolean): void {
  const count = useSelection.getState().nodes.size;
  const text = isCut ? cutSelection() : copySelection();
  if (text !== null) {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
    announce(`${String(count)} ${count === 1 ? "node" : "nodes"} ${isCut ? "cut" : "copied"}`);
  }
}

export function pasteFrom(event: ClipboardEvent): void {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (text.trim() !== "") {
    event.preventDefault();
    refuse(paste(text));
  }
}
