import { beforeEach, describe, expect, it, vi } from "vitest";
import { COMPONENTS, graphOf, pipelineOf } from "@/graph/cases";
import { type Graph, sameDocument, toDocument } from "@/graph/document";
import { change, endGesture, load, redo, refresh, undo, useDocument } from "@/stores/document";
import { MAX_ENTRIES } from "@/stores/history";
import { focusNode, focusProblem, select, selectAll, useSelection } from "@/stores/selection";
import { moveNodes, removeNodes, setParameter } from "@/stores/verbs";

const GRAPH = graphOf({ camera: "camera", file: "file" }, ["camera.video -> file.video"], {
  camera: { x: 0, y: 0 },
  file: { x: 300, y: 0 },
});
const DOCUMENT = toDocument(GRAPH);
const state = (): ReturnType<typeof useDocument.getState> => useDocument.getState();
const graph = (): Graph => state().graph;
const width = (): unknown => graph().nodes.camera?.parameters.width;

function undoAll(): number {
  let steps = 0;
  for (; state().canUndo; steps += 1) undo();
  return steps;
}

beforeEach(() => {
  vi.useFakeTimers();
  load(pipelineOf(DOCUMENT), COMPONENTS);
  select([]);
});

describe("the history", () => {
  it("takes a gesture back and does it again, with its label", () => {
    moveNodes({ camera: { x: 9, y: 9 }, file: { x: 8, y: 8 } });

    expect([state().canUndo, state().undoLabel, state().canRedo]).toEqual([true, "move of 2 nodes", false]);
    undo();
    expect(graph().layout).toEqual(GRAPH.layout);
    expect([state().canUndo, state().canRedo, state().redoLabel]).toEqual([false, true, "move of 2 nodes"]);
    redo();
    expect(graph().layout.camera).toEqual({ x: 9, y: 9 });
  });

  it("makes one entry of a drag, however many movements it has, and another of the next", () => {
    for (let x = 1; x <= 50; x += 1) moveNodes({ camera: { x, y: 0 } }, { merge: "drag" });
    endGesture();
    for (let x = 51; x <= 60; x += 1) moveNodes({ camera: { x, y: 0 } }, { merge: "drag" });

    undo();
    expect(graph().layout.camera).toEqual({ x: 50, y: 0 });
    expect(undoAll()).toBe(1);
    expect(graph().layout.camera).toEqual({ x: 0, y: 0 });
  });

  it("makes one entry of typing without a pause, and parts it after one and between fields", () => {
    setParameter("camera", "width", 6);
    vi.advanceTimersByTime(500);
    setParameter("camera", "width", 64);
    vi.advanceTimersByTime(500);
    setParameter("camera", "width", 640);
    vi.advanceTimersByTime(1500);
    setParameter("camera", "width", 320);
    setParameter("camera", "label", "front");
    setParameter("camera", "width", 160);

    undo();
    expect(width()).toBe(320);
    undo();
    undo();
    expect([width(), graph().nodes.camera?.parameters.label]).toEqual([640, undefined]);
    expect(undoAll()).toBe(1);
    expect(width()).toBeUndefined();
  });

  it("does not join what comes after an undo to what was before it", () => {
    setParameter("camera", "width", 64);
    setParameter("camera", "label", "a");
    undo();
    setParameter("camera", "width", 128);

    undo();
    expect(width()).toBe(64);
  });

  it("forgets what was undone once something else is done", () => {
    setParameter("camera", "width", 64);
    undo();
    setParameter("camera", "label", "a");

    expect(state().canRedo).toBe(false);
    redo();
    expect(width()).toBeUndefined();
  });

  it("keeps a bounded number of gestures, the newest", () => {
    for (let x = 1; x <= MAX_ENTRIES + 30; x += 1) moveNodes({ camera: { x, y: 0 } });

    expect(undoAll()).toBe(MAX_ENTRIES);
    expect(graph().layout.camera).toEqual({ x: 30, y: 0 });
  });

  it("brings back the same document, order and all", () => {
    removeNodes(["camera"]);
    undo();

    expect(JSON.stringify(toDocument(graph()))).toBe(JSON.stringify(DOCUMENT));
    expect(graph()).toBe(state().common);
  });

  it("has no entry for what changes nothing, and none for selecting", () => {
    moveNodes({ camera: { x: 0, y: 0 } });
    change("nothing", () => undefined);
    select(["camera"]);

    expect(state().canUndo).toBe(false);
  });

  it("stays usable when somebody else's changes come in between, and keeps these", () => {
    setParameter("camera", "width", 64);
    const theirs = { ...toDocument(graph()), description: "theirs" };
    theirs.nodes = { log: { component: "log@1.0.0" }, ...theirs.nodes };
    refresh(pipelineOf(theirs, { revision: 2, saved_by: "bob" }));
    expect([state().revision, state().savedBy, graph() === state().common]).toEqual([2, "bob", true]);

    undo();

    expect([width(), graph().description, Object.keys(graph().nodes)]).toEqual([
      undefined,
      "theirs",
      ["camera", "file", "log"],
    ]);
    redo();
    expect(width()).toBe(64);
  });

  it("changes nothing for those who may only look", () => {
    load(pipelineOf(DOCUMENT, { may: { edit: false, run: false } }), COMPONENTS);
    setParameter("camera", "width", 64);
    moveNodes({ camera: { x: 5, y: 5 } });

    expect(sameDocument(graph(), GRAPH)).toBe(true);
  });
});

describe("the problems", () => {
  it("are found anew with each change, and not with a move", () => {
    const before = state().problems;
    moveNodes({ camera: { x: 1, y: 1 } });
    expect(state().problems).toBe(before);

    setParameter("camera", "width", 7);
    expect(state().problems.map(({ code }) => code)).toEqual(["bad_parameter"]);
    undo();
    expect(state().problems).toEqual([]);
  });
});

describe("the selection", () => {
  it("forgets what is gone", () => {
    selectAll();
    expect(useSelection.getState().wires).toEqual(new Set(["camera.video->file.video"]));
    removeNodes(["camera"]);

    expect(useSelection.getState()).toMatchObject({ nodes: new Set(["file"]), wires: new Set() });
  });

  it("goes to the place of a problem, again when asked again", () => {
    const place = { node: "camera", port: "", parameter: "width", wire: "" };
    focusProblem(place);
    const first = useSelection.getState().focus;
    focusProblem({ ...place, wire: "camera.video->file.video" });

    expect(first).toMatchObject({ node: "camera", parameter: "width", wire: "" });
    expect(useSelection.getState().focus?.count).toBe((first?.count ?? 0) + 1);
    expect(useSelection.getState().wires).toEqual(new Set(["camera.video->file.video"]));
  });

  it("selects nothing for a problem whose place is gone", () => {
    focusNode("file");
    focusProblem({ node: "ghost", port: "", parameter: "", wire: "a.b->c.d" });

    expect(useSelection.getState()).toMatchObject({ nodes: new Set(), wires: new Set(), focus: { node: "", wire: "" } });
  });
});
