/** A pipeline as nodes and wires, and as the document that the API takes and gives. Twin of graph.py and document.py. */

import type { PipelineDocument, Value } from "@/api/types";

export type { Value } from "@/api/types";
export type GraphNode = { component: string; parameters: Record<string, Value> };
export type Wire = { source: string; sourcePort: string; target: string; targetPort: string };
/** Where a node stands on the canvas, in pixels at full size. */
export type Position = { x: number; y: number };

/** Nothing here says that it can run, see `validate`. Nodes are in the order in which people see them. */
export type Graph = {
  name: string;
  description: string;
  nodes: Record<string, GraphNode>;
  wires: Wire[];
  /** By node; what is not placed is missing. Moving a box changes nothing that runs. */
  layout: Record<string, Position>;
};

export const API_VERSION = 1;
export const EMPTY_GRAPH: Graph = { name: "", description: "", nodes: {}, wires: [], layout: {} };

const WIRE = /^\s*([^\s.>]{1,60})\.([^\s.>]{1,60})\s*->\s*([^\s.>]{1,60})\.([^\s.>]{1,60})\s*$/;

/** What a wire is called in a run: `camera.video->file.video`. */
export function wireId(wire: Wire): string {
  return `${wire.source}.${wire.sourcePort}->${wire.target}.${wire.targetPort}`;
}

/** A wire as it stands in a document, or undefined where the text is none. */
export function readWire(text: string): Wire | undefined {
  const [, source, sourcePort, target, targetPort] = WIRE.exec(text) ?? [];
  if (source === undefined || sourcePort === undefined || target === undefined || targetPort === undefined) {
    return undefined;
  }
  return { source, sourcePort, target, targetPort };
}

/** A wire as documents write it: `camera.video -> file.video`. */
export function writeWire(wire: Wire): string {
  return `${wire.source}.${wire.sourcePort} -> ${wire.target}.${wire.targetPort}`;
}

/** The document of a graph: nodes and wires in their order, parameters by name, what is empty left out. */
export function toDocument(graph: Graph): PipelineDocument {
  const placed = Object.keys(graph.nodes).flatMap((name) => {
    const at = Object.hasOwn(graph.layout, name) ? graph.layout[name] : undefined;
    return at ? [[name, { x: at.x, y: at.y }] as const] : [];
  });
  return {
    api_version: API_VERSION,
    name: graph.name,
    ...(graph.description ? { description: graph.description } : {}),
    nodes: Object.fromEntries(Object.entries(graph.nodes).map(([name, node]) => [name, nodeValue(node)])),
    ...(graph.wires.length > 0 ? { wires: graph.wires.map(writeWire) } : {}),
    ...(placed.length > 0 ? { layout: Object.fromEntries(placed) } : {}),
  };
}

/** The graph of a document that the server has read and written; see `readDocument` for what comes from elsewhere. */
export function fromDocument(document: PipelineDocument): Graph {
  return {
    name: document.name,
    description: document.description ?? "",
    nodes: Object.fromEntries(
      Object.entries(document.nodes).map(([name, { component, parameters }]) => [
        name,
        { component, parameters: { ...parameters } },
      ]),
    ),
    wires: (document.wires ?? []).flatMap((text) => readWire(text) ?? []),
    layout: Object.fromEntries(Object.entries(document.layout ?? {}).map(([name, { x, y }]) => [name, { x, y }])),
  };
}

/** Whether two graphs make the same document. */
export function sameDocument(one: Graph, other: Graph): boolean {
  return one === other || JSON.stringify(toDocument(one)) === JSON.stringify(toDocument(other));
}

function nodeValue(node: GraphNode): { component: string; parameters?: Record<string, Value> } {
  const given = Object.entries(node.parameters);
  if (given.length === 0) {
    return { component: node.component };
  }
  given.sort(([one], [other]) => (one < other ? -1 : 1));
  return { component: node.component, parameters: Object.fromEntries(given) };
}
