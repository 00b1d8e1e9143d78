import { describe, expect, it } from "vitest";
import { graphOf } from "@/graph/cases";
import type { Graph } from "@/graph/document";
import { freeName, refuseName } from "@/graph/names";
import { freePosition, layered, onCanvas, placeAtEnd, positionsOf, withRoomFor } from "@/graph/placing";

describe("positionsOf", () => {
  it("places nodes without a position in columns, as media flows, below those that have one", () => {
    const graph = graphOf({ file: "file", effect: "effect", camera: "camera", log: "log" }, [
      "camera.video -> effect.video",
      "effect.video -> file.video",
    ], { log: { x: 50, y: 70 } });

    const positions = positionsOf(graph);

    expect(positions.log).toEqual({ x: 50, y: 70 });
    const columns = ["camera", "effect", "file"].map((name) => positions[name]?.x ?? Number.NaN);
    expect(columns).toEqual(columns.toSorted((one, other) => one - other));
    expect(new Set(columns).size).toBe(3);
    expect(positions.camera?.y).toBeGreaterThan(70);
  });

  it("gives back the layout itself where every node has its place", () => {
    const graph = graphOf({ camera: "camera" }, [], { camera: { x: 1, y: 2 } });

    expect(positionsOf(graph)).toBe(graph.layout);
  });

  it("ends where wires go round in a circle, and gives each node a place of its own", () => {
    const wires = graphOf({ a: "effect", b: "effect" }, ["a.video -> b.video", "b.video -> a.video"]).wires;

    const places = Object.values(layered(["a", "b"], wires, { x: 0, y: 0 })).map(({ x, y }) => `${x},${y}`);

    expect(new Set(places).size).toBe(2);
  });
});

describe("freePosition", () => {
  it("steps aside until nothing is covered", () => {
    const graph = graphOf({ a: "camera", b: "camera" }, [], { a: { x: 0, y: 0 }, b: { x: 40, y: 40 } });

    expect(freePosition({ x: 5, y: -5 }, graph)).toEqual({ x: 85, y: 75 });
    expect(freePosition({ x: 400, y: 0 }, graph)).toEqual({ x: 400, y: 0 });
    expect(placeAtEnd(graph).x).toBeGreaterThan(40);
  });

  it("keeps to whole pixels of the canvas", () => {
    expect(onCanvas({ x: 1.4, y: -9e9 })).toEqual({ x: 1, y: -1_000_000 });
    expect(Object.is(onCanvas({ x: -0.2, y: Number.NaN }).x, 0)).toBe(true);
  });
});

describe("freeName", () => {
  it("counts up until a name is free", () => {
    expect(freeName("overlay", new Set())).toBe("overlay");
    expect(freeName("overlay", new Set(["overlay"]))).toBe("overlay_2");
    expect(freeName("overlay_2", new Set(["overlay", "overlay_2"]))).toBe("overlay_3");
  });

  it("keeps within what a name may be, whatever is asked for", () => {
    const long = "a".repeat(40);

    expect(freeName(long, new Set([long.slice(0, 32)]))).toBe(`${"a".repeat(30)}_2`);
    expect(freeName("Überblick", new Set())).toBe("node");
  });

  it("says why a name cannot be taken", () => {
    const graph = graphOf({ camera: "camera", file: "file" });

    expect(refuseName("camera", "file", graph)).toContain("There is a node file already");
    expect(refuseName("camera", "My camera", graph)).toContain("lowercase");
    expect(refuseName("camera", "camera", graph)).toBeNull();
    expect(refuseName("camera", "front-door", graph)).toBeNull();
  });
});

describe("room for a node in a wire", () => {
  const wires = ["a.video -> m.layers", "m.video -> b.video", "b.video -> c.video"];
  const nodes = { a: "camera", m: "mixer", b: "effect", c: "file", aside: "camera" };
  const wire = { source: "a", sourcePort: "video", target: "b", targetPort: "video" };
  const room = (layout: Graph["layout"]) => withRoomFor("m", wire, graphOf(nodes, wires, layout)).layout;

  it("is made by moving all that follows, and nothing else", () => {
    expect(room({ a: { x: 0, y: 0 }, m: { x: 180, y: 0 }, b: { x: 360, y: 0 }, c: { x: 720, y: 50 }, aside: { x: 700, y: 900 } })).toEqual({
      a: { x: 0, y: 0 }, m: { x: 360, y: 0 }, b: { x: 720, y: 0 }, c: { x: 1080, y: 50 }, aside: { x: 700, y: 900 },
    });
  });

  it("is not made where there is enough, or where nodes stand below each other", () => {
    for (const layout of [
      { a: { x: 0, y: 0 }, m: { x: 400, y: 0 }, b: { x: 800, y: 0 }, c: { x: 1200, y: 0 }, aside: { x: 0, y: 900 } },
      { a: { x: 0, y: 0 }, m: { x: 100, y: 200 }, b: { x: 200, y: 400 }, c: { x: 200, y: 600 }, aside: { x: 0, y: 900 } },
    ]) {
      expect(room(layout)).toEqual(layout);
    }
  });
});
