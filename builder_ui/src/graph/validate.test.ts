import { describe, expect, it } from "vitest";
import type { Problem } from "@/api/types";
import { CASES, COMPONENTS, graphOf } from "@/graph/cases";
import type { Component, Components } from "@/graph/components";
import { fromDocument, type Graph, toDocument, type Wire, wireId } from "@/graph/document";
import { MAX_NODES, MAX_PARAMETERS_BYTES, MAX_WIRES } from "@/graph/structure";
import { validate } from "@/graph/validate";

function sentence({ node, port, message, remedy }: Problem): string {
  const place = port ? `${node}.${port}` : node;
  return place ? `${place}: ${message} ${remedy}` : `${message} ${remedy}`;
}

const codesOf = (graph: Graph, components: Components = COMPONENTS): string[] =>
  validate(graph, components).map(({ code }) => code);

describe("validate", () => {
  it.each(CASES)("finds what the table says, word for word and in order: $name", ({ graph, expected, says, secrets }) => {
    const problems = validate(fromDocument(graph), COMPONENTS, secrets ? new Set(secrets) : null);

    const found = problems.map(({ code, node, port }) => [code, node, port]);
    expect(found.sort()).toEqual(expected.toSorted());
    expect(problems.map(sentence)).toEqual(says ?? []);
  });

  it.each(CASES)("reads and writes the document unchanged: $name", ({ graph }) => {
    const again = toDocument(fromDocument(toDocument(fromDocument(graph))));

    expect(again).toEqual(toDocument(fromDocument(graph)));
    expect(again.wires ?? []).toEqual(graph.wires ?? []);
    expect(Object.keys(again.nodes)).toEqual(Object.keys(graph.nodes));
  });

  it("looks through a pipeline as long as can be, and finds the circle of all its nodes", () => {
    const names = Array.from({ length: MAX_NODES - 1 }, (_, index) => `n${String(index)}`);
    const steps = names.slice(1).map((name, index) => `n${String(index)}.video -> ${name}.video`);
    const nodes = { camera: "camera", ...Object.fromEntries(names.map((name) => [name, "effect"])) };
    const last = names.at(-1) ?? "";

    expect(codesOf(graphOf(nodes, ["camera.video -> n0.video", ...steps]))).toEqual([]);
    expect(codesOf(graphOf(nodes, [...steps, `${last}.video -> n0.video`]))).toEqual(["circle"]);
  });

  it("says of too many nodes or wires that they are too many, and nothing else", () => {
    const many = Array.from({ length: MAX_NODES + 1 }, (_, index) => [`n${String(index)}`, "camera"]);
    const wires = Array.from({ length: MAX_WIRES + 1 }, (_, index) => `camera.video -> n${String(index)}.video`);

    expect(codesOf(graphOf(Object.fromEntries(many) as Record<string, string>))).toEqual(["too_large"]);
    expect(codesOf(graphOf({ camera: "camera" }, wires))).toEqual(["too_large"]);
  });

  it("counts parameters as JSON in ASCII, as the control message carries them", () => {
    const graph = graphOf({ camera: "camera" });
    graph.nodes.camera = {
      component: "camera@1.0.0",
      parameters: { label: "ä".repeat(Math.floor(MAX_PARAMETERS_BYTES / 6) + 1) },
    };

    expect(new Set(codesOf(graph))).toEqual(new Set(["too_large", "bad_parameter"]));
  });

  it("tells two nodes called as methods of objects apart from what is not there", () => {
    const graph = graphOf({ constructor: "camera", valueof: "file" }, [
      "constructor.video -> valueof.video",
      "hasOwnProperty.video -> valueof.toString",
    ]);

    expect(codesOf(graph)).toEqual(["unknown_node", "unknown_port"]);
  });

  it("leaves no circle without the wires that it names", () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    const pairs = names.flatMap((one) => names.map((other) => `${one}.video -> ${other}.layers`));
    for (let seed = 1; seed < 120; seed += 1) {
      const wires = pairs.filter((_, index) => (index * seed * 7919) % 11 < 3);
      const graph = graphOf(Object.fromEntries(names.map((name) => [name, "mixer"])), wires);
      const closing = new Set(validate(graph, COMPONENTS).filter(({ code }) => code === "circle").map(({ wire }) => wire));
      const rest = { ...graph, wires: graph.wires.filter((wire) => !closing.has(wireId(wire))) };

      expect(codesOf(rest)).not.toContain("circle");
      expect(hasCircle(graph.wires, names)).toBe(closing.size > 0);
    }
  });

  it("finds nothing missing where a component has no parameters", () => {
    const bare = { ...COMPONENTS["effect@1.0.0"], inputs: {}, kind: "gateway" } as Component;

    expect(codesOf(graphOf({ effect: "effect" }), { "effect@1.0.0": bare })).toEqual([]);
  });
});

/** The slow and plain way: take away whoever has nothing before it until nothing moves. */
function hasCircle(wires: readonly Wire[], names: readonly string[]): boolean {
  let left = [...names];
  for (;;) {
    const stuck = left.filter((name) => wires.some((wire) => wire.target === name && left.includes(wire.source)));
    if (stuck.length === left.length) {
      return left.length > 0;
    }
    left = stuck;
  }
}
