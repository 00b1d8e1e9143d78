import { describe, expect, it } from "vitest";
import { COMPONENTS, graphOf } from "@/graph/cases";
import type { Components } from "@/graph/components";
import { EMPTY_GRAPH, wireId } from "@/graph/document";
import { type Excerpt, excerptOf, insertExcerpt, MAX_EXCERPT_CHARACTERS, readExcerpt, writeExcerpt } from "@/graph/excerpt";

const GRAPH = graphOf(
  { camera: "camera", effect: "effect", file: "file" },
  ["camera.video -> effect.video", "effect.video -> file.video"],
  { camera: { x: 0, y: 0 }, effect: { x: 300, y: 10 } },
);

function read(text: string): Excerpt {
  const excerpt = readExcerpt(text);
  if ("refused" in excerpt) throw new Error(excerpt.refused);
  return excerpt;
}

describe("an excerpt", () => {
  it("holds the chosen nodes and the wires between them alone, and is read back the same", () => {
    const excerpt = excerptOf(GRAPH, new Set(["camera", "effect", "ghost"]));

    expect(Object.keys(excerpt.nodes)).toEqual(["camera", "effect"]);
    expect(excerpt.wires.map(wireId)).toEqual(["camera.video->effect.video"]);
    expect(read(writeExcerpt(excerpt, COMPONENTS))).toEqual(excerpt);
  });

  it("never holds a secret, only its name", () => {
    const push = COMPONENTS["push@1.0.0"];
    const address = push?.parameters.address;
    if (!push || !address) throw new Error("push");
    const components: Components = {
      "push@1.0.0": { ...push, parameters: { address: { ...address, secret: true } } },
    };
    const nodes = {
      push: { component: "push@1.0.0", parameters: { address: "rtmp://key" } },
      named: { component: "push@1.0.0", parameters: { address: "secret:stream_key" } },
    };

    const text = writeExcerpt({ nodes, wires: [], layout: {} }, components);

    expect(text).not.toContain("rtmp://key");
    expect(read(text).nodes.push?.parameters).toEqual({});
    expect(read(text).nodes.named?.parameters).toEqual({ address: "secret:stream_key" });
  });

  it("goes into another graph under free names, its wires with it", () => {
    const { graph, names } = insertExcerpt(GRAPH, excerptOf(GRAPH, new Set(["camera", "effect"])));

    expect(names).toEqual(["camera_2", "effect_2"]);
    expect(graph.wires.map(wireId)).toContain("camera_2.video->effect_2.video");
    expect(graph.layout.camera_2).toEqual({ x: 40, y: 40 });
    expect(insertExcerpt(EMPTY_GRAPH, excerptOf(GRAPH, new Set(["camera"])), { x: 7, y: 8 }).graph.layout).toEqual({
      camera: { x: 7, y: 8 },
    });
  });

  it("steps aside until it covers nothing", () => {
    const excerpt = excerptOf(GRAPH, new Set(["camera"]));
    const once = insertExcerpt(GRAPH, excerpt).graph;

    expect(insertExcerpt(once, excerpt).graph.layout.camera_3).toEqual({ x: 80, y: 80 });
  });

  it("never joins what it is put beside, whatever the text says", () => {
    const text =
      '{"media-pipeline-factory":1,"nodes":{"a":{"component":"effect@1.0.0"}},' +
      '"wires":["camera.video -> a.video"],"layout":{"camera":{"x":9,"y":9}}}';

    const { graph } = insertExcerpt(GRAPH, read(text));

    expect(graph.wires).toEqual(GRAPH.wires);
    expect(graph.layout.camera).toEqual({ x: 0, y: 0 });
  });

  it("keeps a component that nobody knows here", () => {
    const text = '{"media-pipeline-factory":1,"nodes":{"Odd one":{"component":"gone@9.0.0","parameters":{"a":1}}}}';

    const { graph } = insertExcerpt(EMPTY_GRAPH, read(text));

    expect(graph.nodes).toEqual({ node: { component: "gone@9.0.0", parameters: { a: 1 } } });
  });

  it.each([
    ["hello", "copy some from a pipeline first"],
    ["[]", "copy some from a pipeline first"],
    ['{"nodes":{}}', "copy some from a pipeline first"],
    ['{"media-pipeline-factory":2,"nodes":{}}', "copy some from a pipeline first"],
    ['{"media-pipeline-factory":1,"nodes":{}}', "copy them again"],
    ['{"media-pipeline-factory":1,"nodes":[]}', "copy them again"],
    ['{"media-pipeline-factory":1,"nodes":{"a":{}}}', "copy them again"],
    ['{"media-pipeline-factory":1,"nodes":{"a":{"component":"a@1","parameters":{"p":[1]}}}}', "copy them again"],
    ['{"media-pipeline-factory":1,"nodes":{"a":{"component":"a@1"}},"wires":["a"]}', "copy them again"],
    ['{"media-pipeline-factory":1,"nodes":{"a":{"component":"a@1"}},"wires":{}}', "copy them again"],
    ['{"media-pipeline-factory":1,"nodes":{"a":{"component":"a@1"}},"layout":{"a":{"x":1}}}', "copy them again"],
    [" ".repeat(MAX_EXCERPT_CHARACTERS + 1), "fewer nodes"],
  ])("refuses other text with the reason: %.60s", (text, words) => {
    const excerpt = readExcerpt(text);

    expect("refused" in excerpt ? excerpt.refused : "").toContain(words);
  });
});
