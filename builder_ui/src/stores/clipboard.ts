/** Copies of nodes: as text that goes into any pipeline, and beside the originals. */

import { useDocument, replaceGraph } from "@/stores/document";
import { select, useSelection } from "@/stores/selection";
import { excerptOf, insertExcerpt, readExcerpt, writeExcerpt, type Excerpt } from "@/graph/excerpt";
import { MAX_NODES, MAX_WIRES } from "@/graph/structure";
import type { Position } from "@/graph/document";
import { cleaned } from "@/graph/secret_rules";
import { type Refusal, removeSelected } from "@/stores/verbs";

/** The selected nodes and the wires between them as text for the clipboard, or null where none are selected. */
export function copySelection(): string | null {
  const { graph, components } = useDocument.getState();
  const { nodes } = useSelection.getState();
  return nodes.size === 0 ? null : writeExcerpt(excerptOf(graph, nodes), components);
}

/** The same, and remove them. */
export function cutSelection(): string | null {
  const text = copySelection();
  if (text !== null) {
    removeSelected();
  }
  return text;
}

/** Put copied nodes in, at a position or beside the originals, and select them. */
export function paste(text: string, at?: Position): Refusal {
  const excerpt = readExcerpt(text);
  return "refused" in excerpt ? excerpt.refused : insert(excerpt, "pasting", at);
}

/** A second one of each selected node, with the wires between them. */
export function duplicate(): Refusal {
  const { nodes } = useSelection.getState();
  if (nodes.size === 0) {
    return "Nothing is selected: select the nodes to duplicate first.";
  }
  return insert(excerptOf(useDocument.getState().graph, nodes), "duplication");
}

function insert(excerpt: Excerpt, word: string, at?: Position): Refusal {
  const { graph: before, may, components } = useDocument.getState();
  if (!may.edit) {
    return "You may look at this pipeline and not change it: ask an owner of the team for the right to edit.";
  }
  const { graph, names } = insertExcerpt(before, cleaned(excerpt, components), at);
  if (Object.keys(graph.nodes).length > MAX_NODES || graph.wires.length > MAX_WIRES) {
    return `A pipeline has at most ${MAX_NODES} nodes and ${MAX_WIRES} wires: paste fewer.`;
  }
  const [first = ""] = Object.keys(excerpt.nodes);
  replaceGraph(`${word} of ${names.length === 1 ? first : `${names.length} nodes`}`, graph);
  select(names);
  return null;
}
