import { produce } from "immer";
import { describe, expect, it } from "vitest";
import { COMPONENTS, graphOf } from "@/graph/cases";
import { changeWords, differencesOf, isNothing } from "@/graph/differences";
import { type Graph, sameDocument, wireId } from "@/graph/document";
import { without } from "@/graph/edits";
import { mergeGraphs } from "@/graph/merge";

const BASE = graphOf(
  { camera: "camera", effect: "effect", file: "file" },
  ["camera.video -> effect.video", "effect.video -> file.video"],
  { camera: { x: 0, y: 0 }, effect: { x: 300, y: 0 } },
);
const change = (recipe: (draft: Graph) => void, from: Graph = BASE): Graph => produce(from, (draft) => { recipe(draft); });
const wire = { source: "camera", sourcePort: "audio", target: "file", targetPort: "audio" };

describe("mergeGraphs", () => {
  it("takes what one side alone changed from that side", () => {
    const mine = change((draft) => { draft.nodes.camera = { component: "camera@1.0.0", parameters: { width: 640 } }; });
    const theirs = change((draft) => {
      draft.wires.push(wire);
      draft.nodes.log = { component: "log@1.0.0", parameters: {} };
      draft.layout.effect = { x: 9, y: 9 };
      draft.name = "theirs";
    });

    const { graph, both } = mergeGraphs(BASE, mine, theirs);

    expect(both).toEqual([]);
    expect(graph.nodes.camera?.parameters).toEqual({ width: 640 });
    expect(Object.keys(graph.nodes)).toEqual(["camera", "effect", "file", "log"]);
    expect(graph.wires.map(wireId)).toContain("camera.audio->file.audio");
    expect([graph.layout.effect, graph.name]).toEqual([{ x: 9, y: 9 }, "theirs"]);
  });

  it("joins two parameters of one node, and keeps mine of the same one and says so", () => {
    const parameters = (given: Record<string, number | string>): Graph =>
      change((draft) => { draft.nodes.camera = { component: "camera@1.0.0", parameters: given }; });

    const { graph, both } = mergeGraphs(BASE, parameters({ width: 640, label: "a" }), parameters({ width: 320, level: 1 }));

    expect(graph.nodes.camera?.parameters).toEqual({ width: 640, label: "a", level: 1 });
    expect(both).toEqual(["camera.width"]);
  });

  it("lets go what one side removed and the other left alone", () => {
    const gone = without(BASE, new Set(["effect"]));

    expect(sameDocument(mergeGraphs(BASE, gone, BASE).graph, gone)).toBe(true);
    expect(sameDocument(mergeGraphs(BASE, BASE, gone).graph, gone)).toBe(true);
  });

  it("keeps a node that I changed and they removed, and says so", () => {
    const mine = change((draft) => { draft.nodes.file = { component: "file@1.0.0", parameters: { container: "webm" } }; });

    const { graph, both } = mergeGraphs(BASE, mine, without(BASE, new Set(["file"])));

    expect(graph.nodes.file?.parameters).toEqual({ container: "webm" });
    expect(both).toEqual(["file"]);
  });

  it("keeps a node that I connected and they removed, with its place", () => {
    const mine = change((draft) => { draft.wires.push({ ...wire, target: "effect" }); });

    const { graph, both } = mergeGraphs(BASE, mine, without(BASE, new Set(["effect"])));

    expect(graph.wires.map(wireId)).toContain("camera.audio->effect.audio");
    expect([graph.nodes.effect?.component, graph.layout.effect]).toEqual(["effect@1.0.0", { x: 300, y: 0 }]);
    expect(both).toEqual(["effect"]);
  });

  it("drops their wire to a node that I removed, and says so", () => {
    const theirs = change((draft) => { draft.wires.push(wire); });

    const { graph, both } = mergeGraphs(BASE, without(BASE, new Set(["file"])), theirs);

    expect(graph.wires.map(wireId)).toEqual(["camera.video->effect.video"]);
    expect(both).toEqual(["camera.audio->file.audio"]);
  });

  it("makes the same of both when both did the same, and nothing of nothing", () => {
    const changed = change((draft) => { draft.wires.push(wire); draft.description = "new"; });

    expect(mergeGraphs(BASE, changed, changed)).toEqual({ graph: changed, both: [] });
    expect(sameDocument(mergeGraphs(BASE, BASE, BASE).graph, BASE)).toBe(true);
  });

  it("keeps my order, name and position where both changed them", () => {
    const [mine, theirs] = [1, 2].map((each) =>
      change((draft) => { draft.name = `name ${String(each)}`; draft.layout.camera = { x: each, y: each }; }),
    );

    const { graph, both } = mergeGraphs(BASE, mine ?? BASE, theirs ?? BASE);

    expect([graph.name, graph.layout.camera]).toEqual(["name 1", { x: 1, y: 1 }]);
    expect(both).toEqual(["the name", "the position of camera"]);
  });
});

describe("differencesOf", () => {
  it("names what was added, removed, changed and moved", () => {
    const after = change((draft) => {
      draft.nodes.log = { component: "log@1.0.0", parameters: {} };
      draft.nodes.camera = { component: "camera@1.0.0", parameters: { width: 640 } };
      draft.layout.camera = { x: 5, y: 5 };
      draft.wires.push(wire);
      draft.name = "other";
    }, without(BASE, new Set(["effect"])));

    expect(differencesOf(BASE, after)).toEqual({
      added: ["log"],
      removed: ["effect"],
      changed: [{ node: "camera", component: "camera@1.0.0", parameter: "width", before: undefined, after: 640 }],
      moved: ["camera"],
      wiresAdded: ["camera.audio->file.audio"],
      wiresRemoved: ["camera.video->effect.video", "effect.video->file.video"],
      renamed: true,
    });
  });

  it("says both values of what was changed, and which of them is a default", () => {
    const parameters = (given: Record<string, number | string>, version = "1.0.0"): Graph =>
      change((draft) => { draft.nodes.camera = { component: `camera@${version}`, parameters: given }; });
    const words = (before: Graph, after: Graph): string[] =>
      differencesOf(before, after).changed.map((each) => changeWords(each, COMPONENTS));
    const title = COMPONENTS["camera@1.0.0"]?.parameters["width"]?.title ?? "";
    const usual = String(COMPONENTS["camera@1.0.0"]?.parameters["width"]?.default);

    expect(words(parameters({ width: 320 }), parameters({ width: 640 }))).toEqual([`camera: ${title} 320 → 640`]);
    expect(words(parameters({}), parameters({ width: 640 }))).toEqual([`camera: ${title} ${usual} (default) → 640`]);
    expect(words(parameters({ gone: "a" }), parameters({}, "9.0.0"))).toEqual([
      "camera: camera@1.0.0 → camera@9.0.0",
      'camera: gone "a" → nothing',
    ]);
  });

  it("finds nothing between a graph and itself", () => {
    expect(isNothing(differencesOf(BASE, change(() => undefined)))).toBe(true);
    expect(isNothing(differencesOf(BASE, without(BASE, new Set(["effect"]))))).toBe(false);
  });
});
