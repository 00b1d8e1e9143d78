import { expect, test } from "vitest";
import { arrange } from "@/editor/arrangement";
import { EMPTY_GRAPH, type Graph } from "@/graph/document";

const size = () => ({ width: 200, height: 100 });

function graphOf(wires: readonly [string, string][], layout: Graph["layout"] = {}): Graph {
  const names = [...new Set(wires.flat())];
  return {
    ...EMPTY_GRAPH,
    nodes: Object.fromEntries(names.map((name) => [name, { component: "any@1.0.0", parameters: {} }])),
    wires: wires.map(([source, target]) => ({ source, sourcePort: "video", target, targetPort: "video" })),
    layout,
  };
}

test("media goes from left to right", () => {
  const graph = graphOf([["a", "b"], ["b", "c"], ["a", "c"]]);
  const placed = arrange(graph, ["c", "b", "a"], size);
  expect([placed["a"]?.x, placed["b"]?.x, placed["c"]?.x]).toEqual([0, 340, 680]);
});

test("a source that joins late stands right before what it feeds", () => {
  const placed = arrange(graphOf([["a", "b"], ["b", "c"], ["late", "c"]]), ["a", "b", "c", "late"], size);
  expect(placed["late"]?.x).toBe(placed["b"]?.x);
});

test("no two nodes stand on each other", () => {
  const wires: [string, string][] = Array.from({ length: 6 }, (_, index) => ["a", `sink${String(index)}`]);
  const graph = graphOf(wires);
  const placed = Object.values(arrange(graph, Object.keys(graph.nodes), size));
  for (const one of placed) {
    const near = placed.filter((other) => Math.abs(one.x - other.x) < 200 && Math.abs(one.y - other.y) < 100);
    expect(near).toEqual([one]);
  }
});

test("neighbours stand in the order of what feeds them, so that wires do not cross", () => {
  const graph = graphOf([["a", "a2"], ["b", "b2"], ["c", "c2"]]);
  const placed = arrange(graph, ["a", "b", "c", "c2", "b2", "a2"], size);
  const below = (one: string, other: string) => (placed[one]?.y ?? 0) < (placed[other]?.y ?? 0);
  expect([below("a2", "b2"), below("b2", "c2")]).toEqual([true, true]);
});

test("the top left corner stays where it was", () => {
  const placed = arrange(graphOf([["a", "b"]], { a: { x: 500, y: 40 }, b: { x: 300, y: 90 } }), ["a", "b"], size);
  expect(placed).toEqual({ a: { x: 300, y: 40 }, b: { x: 640, y: 40 } });
});

test("it ends where wires go round in a circle", () => {
  const graph = graphOf([["a", "b"], ["b", "c"], ["c", "a"]]);
  expect(Object.keys(arrange(graph, ["a", "b", "c"], size)).sort()).toEqual(["a", "b", "c"]);
});
