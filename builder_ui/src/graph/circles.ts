/** Finds the wires that close circles, and says for each which nodes the circle goes through. Twin of circles.py. */

import { type Graph, type Wire, wireId } from "@/graph/document";
import { problem, type Problem } from "@/graph/problems";

/** Circles that are told; more are left out. */
export const MAX_CIRCLES = 100;

/** One problem for each wire that closes a circle, at most `MAX_CIRCLES`; without those wires there is none left. */
export function* checkCircles(graph: Graph): Generator<Problem> {
  let told = 0;
  for (const { wire, way } of closingWires(graph)) {
    if (told === MAX_CIRCLES) {
      return;
    }
    told += 1;
    const id = wireId(wire);
    const message = `Media would go round in a circle: ${[...way, wire.target].join(" -> ")}.`;
    yield problem("circle", wire.target, message, `Remove the wire ${id}.`, { port: wire.targetPort, wire: id });
  }
}

/**
 * Each wire that leads back, and the nodes from its target to its source.
 *
 * Walks depth first, nodes and wires in their order, without recursion; linear but for the ways that it tells.
 */
export function* closingWires(graph: Graph): Generator<{ wire: Wire; way: string[] }> {
  const onward = new Map<string, Wire[]>(Object.keys(graph.nodes).map((name) => [name, []]));
  for (const wire of graph.wires) {
    if (onward.has(wire.target)) {
      onward.get(wire.source)?.push(wire);
    }
  }
  const ahead = (name: string): Iterator<Wire, undefined> => (onward.get(name) ?? []).values();
  const done = new Set<string>();
  for (const start of onward.keys()) {
    if (done.has(start)) {
      continue;
    }
    const way = [start];
    const places = new Map([[start, 0]]);
    const walks = [ahead(start)];
    for (let walk = walks.at(-1); walk !== undefined; walk = walks.at(-1)) {
      const next = walk.next();
      if (next.done === true) {
        walks.pop();
        const left = way.pop() ?? start;
        done.add(left);
        places.delete(left);
        continue;
      }
      const wire = next.value;
      const place = places.get(wire.target);
      if (place !== undefined) {
        yield { wire, way: way.slice(place) };
      } else if (!done.has(wire.target)) {
        places.set(wire.target, way.length);
        way.push(wire.target);
        walks.push(ahead(wire.target));
      }
    }
  }
}
