/** Where nodes stand when a pipeline is tidied: media flows from left to right, one column a step. PURE. */
import type { Graph, Position } from "@/graph/document";

export type Size = { width: number; height: number };

const COLUMN_GAP = 140;
const ROW_GAP = 40;
const SWEEPS = 4;
const GRID = 10;
export const USUAL_SIZE: Size = { width: 220, height: 110 };

type Links = { before: Map<string, string[]>; after: Map<string, string[]> };

/** New positions of the named nodes; the top left corner stays where it was. Circles are cut at one of their wires. */
export function arrange(graph: Graph, names: readonly string[], sizeOf: (name: string) => Size): Record<string, Position> {
  const links = linksBetween(graph, names);
  const columns = orderColumns(columnsOf(names, links), links);
  const placed = place(columns, sizeOf);
  const corner = cornerOf(names.flatMap((name) => graph.layout[name] ?? []));
  const origin = cornerOf(Object.values(placed));
  return Object.fromEntries(
    Object.entries(placed).map(([name, at]) => [
      name,
      { x: snap(at.x - origin.x + corner.x), y: snap(at.y - origin.y + corner.y) },
    ]),
  );
}

function linksBetween(graph: Graph, names: readonly string[]): Links {
  const before = new Map<string, string[]>(names.map((name) => [name, []]));
  const after = new Map<string, string[]>(names.map((name) => [name, []]));
  for (const { source, target } of graph.wires) {
    if (source !== target && before.has(source) && before.has(target)) {
      after.get(source)?.push(target);
      before.get(target)?.push(source);
    }
  }
  return { before, after };
}

/** Each node one column right of the last that feeds it; sources stand right before the first that they feed. */
function columnsOf(names: readonly string[], links: Links): string[][] {
  const depth = new Map<string, number>();
  const open = new Set<string>();
  const depthOf = (name: string): number => {
    const known = depth.get(name);
    if (known !== undefined) {
      return known;
    }
    if (open.has(name)) {
      return 0;
    }
    open.add(name);
    const found = Math.max(0, ...(links.before.get(name) ?? []).map((each) => depthOf(each) + 1));
    open.delete(name);
    depth.set(name, found);
    return found;
  };
  names.forEach(depthOf);
  const columns: string[][] = [];
  for (const name of names) {
    const next = (links.after.get(name) ?? []).map(depthOf);
    const isSource = (links.before.get(name) ?? []).length === 0;
    const column = isSource && next.length > 0 ? Math.max(0, Math.min(...next) - 1) : depthOf(name);
    (columns[column] ??= []).push(name);
  }
  return Array.from(columns, (column: string[] | undefined) => column ?? []).filter((column) => column.length > 0);
}

/** Fewer crossings: each column sorted by where its neighbours stand, there and back a few times. */
function orderColumns(columns: string[][], links: Links): string[][] {
  let ordered = columns;
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const neighbours = sweep % 2 === 0 ? links.before : links.after;
    const rank = new Map(ordered.flatMap((column) => column.map((name, row) => [name, row / column.length] as const)));
    ordered = ordered.map((column) => {
      const weights = new Map(column.map((name) => [name, meanRank(name, neighbours, rank)]));
      return column.toSorted((one, other) => (weights.get(one) ?? 0) - (weights.get(other) ?? 0));
    });
  }
  return ordered;
}

function meanRank(name: string, neighbours: Map<string, string[]>, rank: Map<string, number>): number {
  const near = (neighbours.get(name) ?? []).map((each) => rank.get(each) ?? 0);
  return near.length === 0 ? (rank.get(name) ?? 0) : near.reduce((sum, each) => sum + each, 0) / near.length;
}

function place(columns: string[][], sizeOf: (name: string) => Size): Record<string, Position> {
  const placed: Record<string, Position> = {};
  let x = 0;
  for (const column of columns) {
    const height = column.reduce((sum, name) => sum + sizeOf(name).height + ROW_GAP, -ROW_GAP);
    let y = -height / 2;
    for (const name of column) {
      placed[name] = { x, y };
      y += sizeOf(name).height + ROW_GAP;
    }
    x += Math.max(...column.map((name) => sizeOf(name).width)) + COLUMN_GAP;
  }
  return placed;
}

function cornerOf(positions: readonly Position[]): Position {
  if (positions.length === 0) {
    return { x: 0, y: 0 };
  }
  return { x: Math.min(...positions.map(({ x }) => x)), y: Math.min(...positions.map(({ y }) => y)) };
}

function snap(number: number): number {
  return Math.round(number / GRID) * GRID;
}
