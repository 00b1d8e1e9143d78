/** Where nodes stand that nobody has placed: media flows from left to right, one column a step. */

import { own } from "@/graph/components";
import type { Graph, Position, Wire } from "@/graph/document";
import { MAX_POSITION } from "@/graph/structure";

/** From one column of nodes to the next: a node, and room for what its wires say. */
export const COLUMN = 360;
const ROW = 180;
const NEAR = 20;
const OFFSET = 40;
const MAX_TRIES = 1000;

/** A position for each node: its own, or for those without one a place in layers below what is placed. */
export function positionsOf(graph: Graph): Record<string, Position> {
  const missing = Object.keys(graph.nodes).filter((name) => !Object.hasOwn(graph.layout, name));
  if (missing.length === 0) {
    return graph.layout;
  }
  const placed = Object.values(graph.layout);
  const below = placed.length === 0 ? 0 : Math.max(...placed.map(({ y }) => y)) + ROW;
  const left = placed.length === 0 ? 0 : Math.min(...placed.map(({ x }) => x));
  const added = layered(missing, graph.wires, { x: left, y: below });
  return { ...graph.layout, ...added };
}

/** Each node one column right of the last that feeds it; wires that close a circle count until all have moved. */
export function layered(names: readonly string[], wires: readonly Wire[], origin: Position): Record<string, Position> {
  const column = new Map(names.map((name) => [name, 0]));
  const among = wires.filter(({ source, target }) => column.has(source) && column.has(target) && source !== target);
  for (let pass = 0; pass < names.length; pass += 1) {
    let moved = false;
    for (const { source, target } of among) {
      const least = Math.min((column.get(source) ?? 0) + 1, names.length - 1);
      if ((column.get(target) ?? 0) < least) {
        column.set(target, least);
        moved = true;
      }
    }
    if (!moved) {
      break;
    }
  }
  const filled = new Map<number, number>();
  const order = [...new Set(column.values())].sort((one, other) => one - other);
  return Object.fromEntries(
    names.map((name) => {
      const at = order.indexOf(column.get(name) ?? 0);
      const row = filled.get(at) ?? 0;
      filled.set(at, row + 1);
      return [name, { x: origin.x + at * COLUMN, y: origin.y + row * ROW }];
    }),
  );
}

/** This position, or where something stands there already one beside it, down and to the right. */
export function freePosition(wanted: Position, graph: Graph): Position {
  const taken = Object.values(graph.layout);
  let { x, y } = wanted;
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    const [atX, atY] = [x, y];
    if (!taken.some((each) => Math.abs(each.x - atX) < NEAR && Math.abs(each.y - atY) < NEAR)) {
      break;
    }
    x += OFFSET;
    y += OFFSET;
  }
  return onCanvas({ x, y });
}

/** Right of everything, for what is added without a place. */
export function placeAtEnd(graph: Graph): Position {
  const placed = Object.values(positionsOf(graph));
  if (placed.length === 0) {
    return { x: 0, y: 0 };
  }
  const rightmost = placed.reduce((one, other) => (other.x > one.x ? other : one));
  return freePosition({ x: rightmost.x + COLUMN, y: rightmost.y }, graph);
}

/** Between the two ends of a wire. */
export function placeBetween(wire: Wire, graph: Graph): Position {
  const positions = positionsOf(graph);
  const from = own(positions, wire.source) ?? { x: 0, y: 0 };
  const to = own(positions, wire.target) ?? from;
  return freePosition({ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, graph);
}

/**
 * With a node that was put into a wire clear of its neighbours: right of what feeds it, and all that follows moved
 * aside by what is missing. Where media flows otherwise than from left to right, everything stays.
 */
export function withRoomFor(name: string, wire: Wire, graph: Graph): Graph {
  const positions = positionsOf(graph);
  const [from, to, wanted] = [own(positions, wire.source), own(positions, wire.target), own(positions, name)];
  if (!from || !to || !wanted || to.x <= from.x) {
    return graph;
  }
  const at = isBeside(wanted, from) ? { x: Math.max(wanted.x, from.x + COLUMN), y: wanted.y } : wanted;
  const missing = isBeside(to, at) ? at.x + COLUMN - to.x : 0;
  const following = missing > 0 ? downstreamOf(wire.target, graph.wires, new Set([name, wire.source])) : [];
  const moved = following.flatMap((each) => {
    const place = own(positions, each);
    return place ? [[each, onCanvas({ x: place.x + missing, y: place.y })] as const] : [];
  });
  return { ...graph, layout: { ...graph.layout, [name]: onCanvas(at), ...Object.fromEntries(moved) } };
}

/** Whether there is too little room between two nodes of the same height on the canvas. */
function isBeside(one: Position, other: Position): boolean {
  return Math.abs(one.x - other.x) < COLUMN && Math.abs(one.y - other.y) < ROW;
}

/** A node and all that it feeds, without going through these others. */
function downstreamOf(first: string, wires: readonly Wire[], others: ReadonlySet<string>): string[] {
  const found = new Set([first]);
  for (const name of found) {
    for (const { source, target } of wires) {
      if (source === name && !others.has(target)) {
        found.add(target);
      }
    }
  }
  return [...found];
}

/** Whole pixels, within the canvas. */
export function onCanvas({ x, y }: Position): Position {
  const within = (place: number): number =>
    Number.isNaN(place) ? 0 : Math.round(Math.max(-MAX_POSITION, Math.min(MAX_POSITION, place))) + 0;
  return { x: within(x), y: within(y) };
}
