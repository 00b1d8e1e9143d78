/** What happens where a wire is let go: it connects, is refused with a reason, or asks what to add. PURE. */
import { compatibleTargets, type End, refusalOf, wireBetween } from "@/graph/connection";
import type { Components } from "@/graph/components";
import { type Graph, type Wire, wireId } from "@/graph/document";

export type Drop =
  | { is: "connect"; wire: Wire; to: End }
  | { is: "refuse"; reason: string }
  | { is: "search" };

export type Pulled = {
  from: End;
  /** The wire whose other end is being moved. */
  moving: Wire | null;
};

/** The ends of what the pointer is over: a port, or only the body of a node. */
export type Under = { port?: End; node?: string };

export function dropOn(under: Under, pulled: Pulled, graph: Graph, components: Components): Drop {
  const left = pulled.moving ? withoutWire(graph, pulled.moving) : graph;
  if (under.port) {
    const wire = wireBetween(pulled.from, under.port);
    const isSame = pulled.moving !== null && wireId(wire) === wireId(pulled.moving);
    const reason = isSame ? null : refusalOf(wire, left, components);
    return reason === null ? { is: "connect", wire, to: under.port } : { is: "refuse", reason };
  }
  if (under.node === undefined) {
    return { is: "search" };
  }
  return dropOnNode(under.node, pulled.from, left, components);
}

function dropOnNode(node: string, from: End, graph: Graph, components: Components): Drop {
  if (node === from.node) {
    return { is: "refuse", reason: `${node} cannot feed itself: connect it to another node.` };
  }
  const ends = compatibleTargets(graph, components, from).filter((end) => end.node === node);
  const [only, second] = ends;
  if (only && !second) {
    return { is: "connect", wire: wireBetween(from, only), to: only };
  }
  if (only) {
    const ports = ends.map(({ port }) => port).join(", ");
    return { is: "refuse", reason: `Several ports of ${node} fit (${ports}): let go on one of them.` };
  }
  const side = from.side === "output" ? "input" : "output";
  return { is: "refuse", reason: `No ${side} of ${node} is free for this: let go on empty canvas to add a component.` };
}

function withoutWire(graph: Graph, wire: Wire): Graph {
  const id = wireId(wire);
  return { ...graph, wires: graph.wires.filter((each) => wireId(each) !== id) };
}
