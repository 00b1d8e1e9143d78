import { beforeEach, describe, expect, it } from "vitest";
import { COMPONENTS, graphOf, pipelineOf } from "@/graph/cases";
import { type Graph, readWire, toDocument, type Wire, wireId } from "@/graph/document";
import { copySelection, cutSelection, duplicate, paste } from "@/stores/clipboard";
import { load, undo, useDocument } from "@/stores/document";
import { select, useSelection } from "@/stores/selection";
import * as verbs from "@/stores/verbs";

const GRAPH = graphOf(
  { camera: "camera", effect: "effect", file: "file" },
  ["camera.video -> effect.video", "effect.video -> file.video"],
  { camera: { x: 0, y: 0 }, effect: { x: 300, y: 0 }, file: { x: 600, y: 0 } },
);
const graph = (): Graph => useDocument.getState().graph;
const wires = (): string[] => graph().wires.map(wireId);
const names = (): string[] => Object.keys(graph().nodes);
const chosen = (): string[] => [...useSelection.getState().nodes];

function wireOf(text: string): Wire {
  const wire = readWire(text);
  if (!wire) throw new Error(text);
  return wire;
}

/** Every verb is one gesture: one undo brings back what was. */
function expectOneGesture(label: string): void {
  expect(useDocument.getState().undoLabel).toBe(label);
  undo();
  expect(JSON.stringify(toDocument(graph()))).toBe(JSON.stringify(toDocument(GRAPH)));
  expect(useDocument.getState().canUndo).toBe(false);
}

beforeEach(() => {
  load(pipelineOf(toDocument(GRAPH)), COMPONENTS);
  select([]);
});

describe("adding", () => {
  it("places a component under a free name, aside where the place is taken, and selects it", () => {
    expect(verbs.addNode("effect@1.0.0", { x: 300, y: 0 })).toBe("effect_2");
    expect(graph().layout.effect_2).toEqual({ x: 340, y: 40 });
    expect(graph().nodes.effect_2).toEqual({ component: "effect@1.0.0", parameters: {} });
    expect(chosen()).toEqual(["effect_2"]);
    expectOneGesture("adding of effect_2");
  });

  it("finds a place by itself, right of the rest", () => {
    verbs.addNode("log@1.0.0");

    expect(graph().layout.log?.x).toBeGreaterThan(600);
  });

  it("connects what is dropped at the loose end of a wire", () => {
    const from = { node: "camera", port: "audio", side: "output" } as const;

    expect(verbs.addConnected(from, "mixer@1.0.0", { x: 0, y: 300 })).toEqual({ name: "mixer" });
    expect(wires()).toContain("camera.audio->mixer.sound");
    expectOneGesture("adding of mixer");
    expect(verbs.addConnected(from, "effect@1.0.0", { x: 0, y: 0 })).toEqual({
      refused: "effect@1.0.0 has no port that fits camera.audio: choose another component.",
    });
  });

  it("refuses to feed an input that is occupied, and adds nothing", () => {
    const result = verbs.addConnected({ node: "file", port: "video", side: "input" }, "camera@1.0.0", { x: 0, y: 0 });

    expect(result).toHaveProperty("refused", expect.stringContaining("takes one wire"));
    expect(names()).toEqual(["camera", "effect", "file"]);
  });

  it("puts a new node into the middle of a wire, and moves what follows aside", () => {
    const before = graph().layout;
    expect(verbs.insertOnWire(wireOf("camera.video -> effect.video"), "mixer@1.0.0")).toEqual({ name: "mixer" });
    expect(wires()).toEqual(["camera.video->mixer.layers", "effect.video->file.video", "mixer.video->effect.video"]);
    expect(graph().layout).toMatchObject({ camera: { x: 0, y: 0 }, mixer: { x: 360, y: 0 }, effect: { x: 720, y: 0 } });
    expect((graph().layout["file"]?.x ?? 0) - 720).toBe((before.file?.x ?? 0) - (before.effect?.x ?? 0));
    expectOneGesture("inserting of mixer");
  });

  it("refuses to put into a wire what does not pass on what it takes", () => {
    expect(verbs.insertOnWire(wireOf("camera.video -> effect.video"), "log@1.0.0")).toEqual({
      refused: "log does not take video in and give it out: insert a transform of video.",
    });
    expect(names()).not.toContain("log");
  });
});

describe("changing", () => {
  it("renames a node with its wires, place and selection, in the same place of the order", () => {
    select(["effect", "file"]);

    expect(verbs.renameNode("effect", "blur")).toBeNull();
    expect(names()).toEqual(["camera", "blur", "file"]);
    expect(wires()).toEqual(["camera.video->blur.video", "blur.video->file.video"]);
    expect(graph().layout.blur).toEqual({ x: 300, y: 0 });
    expect(chosen()).toEqual(["blur", "file"]);
    expectOneGesture("renaming of effect to blur");
  });

  it("refuses bad and taken names with the reason, and changes nothing", () => {
    expect(verbs.renameNode("effect", "Blur 1")).toContain("lowercase");
    expect(verbs.renameNode("effect", "file")).toContain("There is a node file already");
    expect(verbs.renameNode("effect", "effect")).toBeNull();
    expect(useDocument.getState().canUndo).toBe(false);
  });

  it("sets a parameter, and gives it its default again", () => {
    verbs.setParameter("camera", "width", 640);
    expect(graph().nodes.camera?.parameters).toEqual({ width: 640 });
    verbs.setParameter("camera", "width", undefined);
    expect(graph().nodes.camera?.parameters).toEqual({});
    expectOneGesture("change of width of camera");
  });

  it("renames the pipeline", () => {
    verbs.describePipeline({ name: "new" });

    expect(graph().name).toBe("new");
    expectOneGesture("change of the pipeline's name");
  });
});

describe("connecting", () => {
  it("draws a wire, or says why not", () => {
    expect(verbs.connect(wireOf("camera.audio -> file.audio"))).toBeNull();
    expect(wires()).toContain("camera.audio->file.audio");
    expectOneGesture("connecting of camera with file");
    expect(verbs.connect(wireOf("camera.audio -> file.video"))).toContain("carries audio");
  });

  it("replaces the wire that occupies an input only when asked to", () => {
    expect(verbs.connect(wireOf("camera.video -> file.video"))).toContain("takes one wire");
    expect(verbs.connect(wireOf("camera.video -> file.video"), { replace: true })).toBeNull();
    expect(wires()).toEqual(["camera.video->effect.video", "camera.video->file.video"]);
    expectOneGesture("connecting of camera with file");
  });

  it("moves the end of a wire to another port, in the same place of the order", () => {
    const old = wireOf("effect.video -> file.video");

    expect(verbs.reconnect(old, wireOf("camera.video -> file.video"))).toBeNull();
    expect(wires()).toEqual(["camera.video->effect.video", "camera.video->file.video"]);
    expectOneGesture("moving of a wire of camera");
    expect(verbs.reconnect(old, old)).toBeNull();
    expect(verbs.reconnect(old, wireOf("effect.video -> file.audio"))).toContain("carries video");
    expect(wires()).toContain("effect.video->file.video");
  });
});

describe("removing", () => {
  it("takes nodes with their wires and places", () => {
    verbs.removeNodes(["effect", "ghost"]);

    expect([names(), wires(), Object.keys(graph().layout)]).toEqual([["camera", "file"], [], ["camera", "file"]]);
    expectOneGesture("removal of effect");
  });

  it("takes wires alone", () => {
    verbs.disconnect(wireOf("camera.video -> effect.video"));

    expect([names().length, wires()]).toEqual([3, ["effect.video->file.video"]]);
    expectOneGesture("removal of a wire");
  });

  it("takes what is selected in one gesture", () => {
    select(["camera", "file"], ["effect.video->file.video"]);
    verbs.removeSelected();

    expect([names(), wires(), chosen()]).toEqual([["effect"], [], []]);
    expectOneGesture("removal of 2 nodes");
    select([]);
    verbs.removeSelected();
    expect(useDocument.getState().canUndo).toBe(false);
  });

  it("connects what fed a node with what it fed", () => {
    verbs.removeKeepingChain(["effect"]);

    expect([names(), wires()]).toEqual([["camera", "file"], ["camera.video->file.video"]]);
    expectOneGesture("removal of a node");
  });

  it("connects across several removed nodes, and only where the types allow it", () => {
    verbs.insertOnWire(wireOf("camera.video -> effect.video"), "mixer@1.0.0");
    verbs.connect(wireOf("camera.audio -> mixer.sound"));
    select(["mixer", "effect"]);
    verbs.removeKeepingChain();

    expect(wires()).toEqual(["camera.video->file.video"]);
  });
});

describe("copying", () => {
  it("pastes what was copied, beside it and selected", () => {
    select(["camera", "effect"]);
    const text = copySelection() ?? "";

    expect(paste(text)).toBeNull();
    expect(chosen()).toEqual(["camera_2", "effect_2"]);
    expect(wires()).toContain("camera_2.video->effect_2.video");
    expectOneGesture("pasting of 2 nodes");
  });

  it("carries nodes into another pipeline", () => {
    select(["effect"]);
    const text = cutSelection() ?? "";
    expect(names()).toEqual(["camera", "file"]);
    load(pipelineOf(toDocument(graphOf({ log: "log" }))), COMPONENTS);

    expect(paste(text, { x: 5, y: 5 })).toBeNull();
    expect([names(), graph().layout.effect]).toEqual([["log", "effect"], { x: 5, y: 5 }]);
  });

  it("duplicates what is selected, or says that nothing is", () => {
    expect(duplicate()).toContain("Nothing is selected");
    expect(copySelection()).toBeNull();
    select(["effect"]);
    expect(duplicate()).toBeNull();
    expect(names()).toContain("effect_2");
    expectOneGesture("duplication of effect");
  });

  it("refuses what cannot be pasted, what would be too much, and those who may not", () => {
    const nodes = Object.fromEntries(Array.from({ length: 999 }, (_, n) => [`n${n}`, { component: "log@1.0.0" }]));

    expect(paste("hello")).toContain("copy some from a pipeline first");
    expect(paste(JSON.stringify({ "media-pipeline-factory": 1, nodes }))).toContain("at most 1000 nodes");
    expect(names()).toHaveLength(3);
    load(pipelineOf(toDocument(GRAPH), { may: { edit: false, run: true } }), COMPONENTS);
    select(["effect"]);
    expect(duplicate()).toContain("You may look");
  });
});
