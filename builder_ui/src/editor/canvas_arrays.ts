/** The arrays that React Flow draws, kept equal to graph and selection; what did not change stays the same object. PURE. */
import type { Edge, Node } from "@xyflow/react";
import type { Turns } from "@/editor/label_places";
import { componentOf, type Components, type MediaType, own } from "@/graph/components";
import { type Graph, type Wire, wireId } from "@/graph/document";
import { positionsOf } from "@/graph/placing";

export type CanvasNode = Node<Record<string, never>, "component">;
export type CanvasEdge = Edge<{ wire: Wire; media: MediaType | "unknown"; turns: Turns }, "wire">;

const NO_DATA: Record<string, never> = {};

export function nodesOf(
  before: readonly CanvasNode[],
  graph: Graph,
  components: Components,
  selected: ReadonlySet<string>,
): CanvasNode[] {
  const known = new Map(before.map((node) => [node.id, node]));
  const positions = positionsOf(graph);
  return Object.entries(graph.nodes).map(([id, { component: ref }]) => {
    const old = known.get(id);
    const at = own(positions, id) ?? { x: 0, y: 0 };
    const ariaLabel = `${id}, ${componentOf(ref, components)?.title ?? "missing component"}`;
    const isSelected = selected.has(id);
    // While it is dragged it stands where the pointer is.
    const position = old?.dragging ? old.position : at;
    if (old && old.ariaLabel === ariaLabel && old.selected === isSelected && isAt(old, position)) {
      return old;
    }
    return { ...old, id, type: "component", data: NO_DATA, position, selected: isSelected, ariaLabel };
  });
}

export function edgesOf(
  before: readonly CanvasEdge[],
  graph: Graph,
  components: Components,
  selected: ReadonlySet<string>,
): CanvasEdge[] {
  const known = new Map(before.map((edge) => [edge.id, edge]));
  const turns = countTurns();
  return graph.wires
    .filter(({ source, target }) => Object.hasOwn(graph.nodes, source) && Object.hasOwn(graph.nodes, target))
    .map((wire) => {
      const id = wireId(wire);
      const old = known.get(id);
      const media = mediaOf(wire, graph, components);
      const isSelected = selected.has(id);
      const turn = turns(wire);
      if (old && old.data?.media === media && old.selected === isSelected && sameTurns(old.data.turns, turn)) {
        return old;
      }
      return {
        id,
        type: "wire",
        source: wire.source,
        sourceHandle: wire.sourcePort,
        target: wire.target,
        targetHandle: wire.targetPort,
        data: { wire, media, turns: turn },
        selected: isSelected,
        ariaLabel: `Wire from ${wire.source} ${wire.sourcePort} to ${wire.target} ${wire.targetPort}`,
      };
    });
}

/** Says of one wire after the other how many before it end where it ends. */
function countTurns(): (wire: Wire) => Turns {
  const seen = new Map<string, number>();
  const next = (place: string): number => {
    const count = seen.get(place) ?? 0;
    seen.set(place, count + 1);
    return count;
  };
  return ({ source, target, targetPort }) => ({ atInput: next(`${target}.${targetPort}`), between: next(`${source}->${target}`) });
}

function sameTurns(one: Turns, other: Turns): boolean {
  return one.atInput === other.atInput && one.between === other.between;
}

/** What flows on a wire, from whichever of its ends is known. */
export function mediaOf(wire: Wire, graph: Graph, components: Components): MediaType | "unknown" {
  const source = componentOf(own(graph.nodes, wire.source)?.component ?? "", components);
  const target = componentOf(own(graph.nodes, wire.target)?.component ?? "", components);
  const port = own(source?.outputs ?? {}, wire.sourcePort) ?? own(target?.inputs ?? {}, wire.targetPort);
  return port?.type ?? "unknown";
}

function isAt(node: CanvasNode, { x, y }: { x: number; y: number }): boolean {
  return node.position.x === x && node.position.y === y;
}
