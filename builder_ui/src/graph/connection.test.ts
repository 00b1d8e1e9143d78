import { describe, expect, it } from "vitest";
import { COMPONENTS, graphOf } from "@/graph/cases";
import { compatibleComponents, compatibleTargets, refusalOf } from "@/graph/connection";
import { type Graph, readWire, type Wire } from "@/graph/document";
import { validate } from "@/graph/validate";

const GRAPH = graphOf(
  { camera: "camera", other: "camera", effect: "effect", second: "effect", mixer: "mixer", file: "file", odd: "nothing" },
  ["camera.video -> effect.video", "effect.video -> second.video", "camera.audio -> mixer.sound"],
);

function wireOf(text: string): Wire {
  const wire = readWire(text);
  if (!wire) throw new Error(text);
  return wire;
}

const refused = (text: string, graph: Graph = GRAPH): string | null => refusalOf(wireOf(text), graph, COMPONENTS);

describe("refusalOf", () => {
  it.each([
    ["camera.audio -> file.video", "camera.audio carries audio and file.video takes video: connect it to an audio input."],
    ["camera.video -> file.audio", "camera.video carries video and file.audio takes audio: connect it to a video input."],
    ["camera.video -> effect.video", "camera.video is connected to effect.video already: one wire is enough."],
    [
      "other.video -> effect.video",
      "effect.video takes one wire and has one from camera.video: remove that wire first, or move its end.",
    ],
    ["effect.video -> effect.video", "effect cannot feed itself: connect it to another node."],
    ["camera.video -> other.video", "camera.video and other.video are both outputs: end the wire at an input."],
    ["file.video -> mixer.layers", "file.video and mixer.layers are both inputs: begin the wire at an output."],
    [
      "file.video -> camera.video",
      "A wire goes from an output to an input: begin at camera.video and end at file.video.",
    ],
    ["camera.video -> ghost.video", "There is no node ghost: connect one that there is."],
    ["camera.video -> odd.video", "The component of odd is not known: choose another component for it first."],
  ])("says why not, and what to do instead: %s", (text, words) => {
    expect(refused(text)).toBe(words);
  });

  it("says which nodes a circle would join", () => {
    const open = graphOf({ a: "mixer", b: "effect", c: "effect" }, ["a.video -> b.video", "b.video -> c.video"]);

    expect(refused("c.video -> a.layers", open)).toBe(
      "Media would go round in a circle, as a feeds c: connect it to a node that does not.",
    );
  });

  it("says that a parameter has closed the port", () => {
    const graph = graphOf({ camera: "camera", file: "file" });
    graph.nodes.file = { component: "file@1.0.0", parameters: { container: "ogg" } };

    expect(refused("camera.video -> file.video", graph)).toBe(
      "file.video is closed by the parameters of its node: change these, or use another port.",
    );
  });

  it.each(["camera.video -> mixer.layers", "other.video -> mixer.layers", "second.video -> file.video"])(
    "lets be drawn what the rules allow, and adds no problem by it: %s",
    (text) => {
      const graph = { ...GRAPH, wires: [...GRAPH.wires, wireOf(text)] };

      expect(refused(text)).toBeNull();
      expect(validate(graph, COMPONENTS).length).toBeLessThanOrEqual(validate(GRAPH, COMPONENTS).length);
    },
  );

  it("refuses exactly the wires that would be a problem", () => {
    const ports = Object.entries(GRAPH.nodes).flatMap(([node, { component }]) => {
      const { inputs = {}, outputs = {} } = COMPONENTS[component] ?? {};
      return [...new Set([...Object.keys(inputs), ...Object.keys(outputs)])].map((port) => `${node}.${port}`);
    });
    const problemsOf = (graph: Graph): Set<string> =>
      new Set(validate(graph, COMPONENTS).map(({ code, node, port, wire }) => [code, node, port, wire].join(" ")));
    const before = problemsOf(GRAPH);
    for (const text of ports.flatMap((one) => ports.map((other) => `${one} -> ${other}`))) {
      const after = problemsOf({ ...GRAPH, wires: [...GRAPH.wires, wireOf(text)] });

      expect([text, refused(text) !== null]).toEqual([text, [...after].some((each) => !before.has(each))]);
    }
  });
});

describe("compatibleTargets", () => {
  it("offers the inputs that an output can feed now", () => {
    expect(compatibleTargets(GRAPH, COMPONENTS, { node: "second", port: "video", side: "output" })).toEqual([
      { node: "mixer", port: "layers", side: "input" },
      { node: "file", port: "video", side: "input" },
    ]);
  });

  it("offers the outputs that can feed an input now", () => {
    const found = compatibleTargets(GRAPH, COMPONENTS, { node: "file", port: "audio", side: "input" });

    expect(found.map(({ node, port }) => `${node}.${port}`)).toEqual(["camera.audio", "other.audio"]);
  });
});

describe("compatibleComponents", () => {
  it("offers what takes this output, with the port that does", () => {
    expect(compatibleComponents(GRAPH, COMPONENTS, { node: "camera", port: "audio", side: "output" })).toEqual([
      { ref: "mixer@1.0.0", port: "sound" },
      { ref: "file@1.0.0", port: "audio" },
    ]);
  });

  it("offers what feeds this input, and nothing for a port that there is not", () => {
    const refs = compatibleComponents(GRAPH, COMPONENTS, { node: "mixer", port: "layers", side: "input" });

    expect(refs.map(({ ref }) => ref)).toEqual(["camera@1.0.0", "effect@1.0.0", "mixer@1.0.0"]);
    expect(compatibleComponents(GRAPH, COMPONENTS, { node: "mixer", port: "none", side: "input" })).toEqual([]);
  });
});
