/** Joins what two people changed of one graph, by node and by wire: three graphs in, one out. */

import { own } from "@/graph/components";
import { type Graph, type GraphNode, type Position, type Value, type Wire, wireId } from "@/graph/document";

/** `both`: what both sides changed, differently; it stayed as mine has it. Words for people, such as "caption.text". */
export type Merged = { graph: Graph; both: string[] };

/** What both started from, what I made of it, what they made of it. */
export function mergeGraphs(base: Graph, mine: Graph, theirs: Graph): Merged {
  const both: string[] = [];
  const field = (key: "name" | "description", word: string): string =>
    pick({ base: base[key], mine: mine[key], theirs: theirs[key] }, same, () => both.push(word)) ?? "";
  const texts = { name: field("name", "the name"), description: field("description", "the description") };
  const nodes = mergeRecords(base.nodes, mine.nodes, theirs.nodes, (name, each) => mergeNode(name, each, both));
  const wires = mergeWires(base, mine, theirs, nodes, both);
  const layout = mergeRecords<Position>(base.layout, mine.layout, theirs.layout, (name, each) =>
    pick(each, samePosition, () => both.push(`the position of ${name}`)),
  );
  const placed = Object.keys(nodes).flatMap((name) => {
    const at = own(layout, name) ?? own(mine.layout, name);
    return at ? [[name, at] as const] : [];
  });
  return {
    graph: { ...texts, nodes, wires, layout: Object.fromEntries(placed) },
    both,
  };
}

type Sides<T> = { base: T | undefined; mine: T | undefined; theirs: T | undefined };

/** The side that changed it; mine where both did, and then `tell` is called. */
function pick<T>(sides: Sides<T>, alike: (one: T, other: T) => boolean, tell: () => void): T | undefined {
  const { base, mine, theirs } = sides;
  const equal = (one: T | undefined, other: T | undefined): boolean =>
    one === undefined || other === undefined ? one === other : alike(one, other);
  if (equal(mine, theirs) || equal(theirs, base)) {
    return mine;
  }
  if (equal(mine, base)) {
    return theirs;
  }
  tell();
  return mine;
}

/** In the order of mine, then what they added. */
function mergeRecords<T>(
  base: Readonly<Record<string, T>>,
  mine: Readonly<Record<string, T>>,
  theirs: Readonly<Record<string, T>>,
  mergeEach: (name: string, sides: Sides<T>) => T | undefined,
): Record<string, T> {
  const names = new Set([...Object.keys(mine), ...Object.keys(theirs)]);
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const merged = mergeEach(name, { base: own(base, name), mine: own(mine, name), theirs: own(theirs, name) });
      return merged === undefined ? [] : [[name, merged]];
    }),
  );
}

function mergeNode(name: string, sides: Sides<GraphNode>, both: string[]): GraphNode | undefined {
  const { base, mine, theirs } = sides;
  if (!base || !mine || !theirs || base.component !== mine.component || base.component !== theirs.component) {
    return pick(sides, sameNode, () => both.push(name));
  }
  const parameters = mergeRecords<Value>(base.parameters, mine.parameters, theirs.parameters, (key, each) =>
    pick(each, same, () => both.push(`${name}.${key}`)),
  );
  return { component: mine.component, parameters };
}

function mergeWires(base: Graph, mine: Graph, theirs: Graph, nodes: Record<string, GraphNode>, both: string[]): Wire[] {
  const of = ({ wires }: Graph): Map<string, Wire> => new Map(wires.map((wire) => [wireId(wire), wire]));
  const [before, ours, others] = [of(base), of(mine), of(theirs)];
  const kept = [...ours].filter(([id]) => others.has(id) || !before.has(id));
  const added = [...others].filter(([id]) => !ours.has(id) && !before.has(id));
  const lost = (wire: Wire): boolean => !Object.hasOwn(nodes, wire.source) || !Object.hasOwn(nodes, wire.target);
  restoreEnds(kept.filter(([id]) => !before.has(id)), mine, nodes, both);
  return [...kept, ...added].flatMap(([id, wire]) => {
    if (lost(wire) && !before.has(id)) {
      both.push(id);
    }
    return lost(wire) ? [] : [wire];
  });
}

/** I connected what they removed: the node stays, as mine. */
function restoreEnds(fresh: [string, Wire][], mine: Graph, nodes: Record<string, GraphNode>, both: string[]): void {
  for (const name of fresh.flatMap(([, wire]) => [wire.source, wire.target])) {
    const node = own(mine.nodes, name);
    if (node && !Object.hasOwn(nodes, name)) {
      nodes[name] = node;
      both.push(name);
    }
  }
}

function same(one: Value, other: Value): boolean {
  return one === other;
}

function samePosition(one: Position, other: Position): boolean {
  return one.x === other.x && one.y === other.y;
}

function sameNode(one: GraphNode, other: GraphNode): boolean {
  const keys = new Set([...Object.keys(one.parameters), ...Object.keys(other.parameters)]);
  return one.component === other.component && [...keys].every((key) => one.parameters[key] === other.parameters[key]);
}
