/** What is selected, and what the editor should bring into view; never in the history. */

import { create } from "zustand";
import type { Problem } from "@/graph/problems";
import { wireId } from "@/graph/document";
import { useDocument } from "@/stores/document";

/** Bring this into view and put the focus there; `count` differs each time, so that asking again works again. */
export type Focus = { node: string; port: string; parameter: string; wire: string; count: number };

export type SelectionStore = {
  /** Names of nodes. */
  nodes: ReadonlySet<string>;
  /** Ids of wires. */
  wires: ReadonlySet<string>;
  focus: Focus | null;
};

const NONE: ReadonlySet<string> = new Set();

export const useSelection = create<SelectionStore>()(() => ({ nodes: NONE, wires: NONE, focus: null }));

let asked = 0;

/** Select these and nothing else. */
export function select(nodes: Iterable<string>, wires: Iterable<string> = []): void {
  const chosen = { nodes: new Set(nodes), wires: new Set(wires) };
  const now = useSelection.getState();
  if (!sameSet(chosen.nodes, now.nodes) || !sameSet(chosen.wires, now.wires)) {
    useSelection.setState(chosen);
  }
}

export function selectAll(): void {
  const { graph } = useDocument.getState();
  select(Object.keys(graph.nodes), graph.wires.map(wireId));
}

export function clearSelection(): void {
  select([]);
}

/** Select the place of a problem and bring it into view. */
export function focusProblem({ node, port, parameter, wire }: Pick<Problem, "node" | "port" | "parameter" | "wire">): void {
  const { graph } = useDocument.getState();
  const isDrawn = wire !== "" && graph.wires.some((each) => wireId(each) === wire);
  const exists = Object.hasOwn(graph.nodes, node);
  select(exists ? [node] : [], isDrawn ? [wire] : []);
  asked += 1;
  useSelection.setState({ focus: { node: exists ? node : "", port, parameter, wire: isDrawn ? wire : "", count: asked } });
}

/** Select one node and bring it into view. */
export function focusNode(node: string): void {
  select([node]);
  asked += 1;
  useSelection.setState({ focus: { node, port: "", parameter: "", wire: "", count: asked } });
}

function sameSet(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((each) => other.has(each));
}

/** Forget what is gone, after undo or somebody else's change. */
useDocument.subscribe(({ graph }, before) => {
  if (graph === before.graph) {
    return;
  }
  const { nodes, wires } = useSelection.getState();
  if (nodes.size > 0 || wires.size > 0) {
    const ids = wires.size > 0 ? new Set(graph.wires.map(wireId)) : NONE;
    select([...nodes].filter((name) => Object.hasOwn(graph.nodes, name)), [...wires].filter((id) => ids.has(id)));
  }
});
