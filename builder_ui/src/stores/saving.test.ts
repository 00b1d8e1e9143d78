// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { COMPONENTS, graphOf } from "@/graph/cases";
import { type Graph, toDocument } from "@/graph/document";
import { load, undo, useDocument } from "@/stores/document";
import { type DraftServer, problemAnswer, serveDraft } from "@/stores/draft_server";
import { resetLive, showState } from "@/stores/live";
import * as saving from "@/stores/saving";
import { moveNodes, removeNodes, setParameter } from "@/stores/verbs";

const GRAPH = graphOf({ camera: "camera", file: "file" }, ["camera.video -> file.video"]);
const DOCUMENT = toDocument(GRAPH);
const DELAY = 50;
const LONG = 120_000;

let server: DraftServer;
let stop: () => void;

const state = (): saving.SavingStore => saving.useSaving.getState();
const graph = (): Graph => useDocument.getState().graph;
const width = (): unknown => graph().nodes.camera?.parameters.width;
const savedWidth = (): unknown => server.pipeline.document.nodes.camera?.parameters?.width;
const pass = async (ms: number): Promise<void> => { await vi.advanceTimersByTimeAsync(ms); };

function bobSets(parameters: Record<string, number | string>, more: Partial<typeof DOCUMENT> = {}): void {
  const nodes = { ...DOCUMENT.nodes, camera: { component: "camera@1.0.0", parameters } };
  server.saveByBob({ ...DOCUMENT, nodes, ...more });
}

function tellLive(): void {
  const { revision, saved_by } = server.pipeline;
  showState({ pipeline: { name: "case", revision, saved_by }, nodes: {}, wires: {}, artifacts: {} }, Date.now());
}

/** Both changed the width, and this side was told so by a 412. */
async function meetBob(): Promise<void> {
  bobSets({ width: 320, label: "bob" });
  setParameter("camera", "width", 640);
  await pass(2000);
  expect(state().state).toBe("conflict");
}

function open(): void {
  load(server.pipeline, COMPONENTS);
  stop = saving.startSaving();
}

beforeEach(() => {
  vi.useFakeTimers();
  window.sessionStorage.clear();
  resetLive();
  server = serveDraft(DOCUMENT, DELAY);
  open();
});

afterEach(() => {
  stop();
  window.sessionStorage.clear();
});

describe("autosave", () => {
  it("saves a moment after the last change, with the revision that it knows", async () => {
    setParameter("camera", "width", 64);
    await pass(saving.AUTOSAVE_MS - 100);
    setParameter("camera", "width", 640);
    await pass(saving.AUTOSAVE_MS - 100);
    expect([state().state, server.asked]).toEqual(["dirty", []]);

    await pass(100 + DELAY / 2);
    expect(state().state).toBe("saving");
    await pass(DELAY);

    expect([state().state, server.asked, savedWidth()]).toEqual(["saved", ["PUT 1"], 640]);
    expect(useDocument.getState().revision).toBe(2);
  });

  it("has one request under way at most, and saves what came meanwhile with the next", async () => {
    for (let change = 1; change <= 40; change += 1) {
      setParameter("camera", "width", change * 2);
      await pass(30);
      void saving.save();
    }
    await pass(LONG);

    expect([state().state, savedWidth(), server.most]).toEqual(["saved", 80, 1]);
  });

  it("does not ask where undo has brought back what is saved", async () => {
    setParameter("camera", "width", 64);
    undo();
    await pass(LONG);

    expect([state().state, server.asked]).toEqual(["saved", []]);
  });

  it("saves what was undone after a save", async () => {
    setParameter("camera", "width", 64);
    await pass(LONG);
    undo();
    await pass(LONG);

    expect([savedWidth(), useDocument.getState().revision, state().state]).toEqual([undefined, 3, "saved"]);
  });

  it("saves at once when a person asks for it, and resolves when that is done", async () => {
    setParameter("camera", "width", 64);
    const done = saving.save().then(() => state().state);
    await pass(DELAY + 1);

    expect(await done).toBe("saved");
    expect(server.asked).toEqual(["PUT 1"]);
  });

  it("warns before the page is left, only while something is not saved", async () => {
    const leave = (): boolean => !window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
    expect(leave()).toBe(false);
    moveNodes({ camera: { x: 5, y: 5 } });
    expect(leave()).toBe(true);
    await pass(LONG);
    expect(leave()).toBe(false);
  });

  it("never asks for those who may only look", async () => {
    stop();
    server.pipeline = { ...server.pipeline, may: { edit: false, run: false } };
    open();
    setParameter("camera", "width", 64);
    await pass(LONG);

    expect(server.asked).toEqual([]);
  });
});

describe("a conflict", () => {
  it("tells what each side has changed, and asks nothing more of the server until someone decides", async () => {
    await meetBob();
    removeNodes(["file"]);
    await pass(LONG);

    const { differences, theirs, mine } = state().conflict ?? {};
    expect([theirs?.saved_by, mine]).toEqual(["bob", graph()]);
    expect(differences?.theirs).toMatchObject({ changed: [{ parameter: "label" }, { parameter: "width" }], removed: [] });
    expect(differences?.mine).toMatchObject({ changed: [{ node: "camera", parameter: "width" }], removed: ["file"] });
    expect(server.asked).toEqual(["PUT 1"]);
    expect(width()).toBe(640);
  });

  it("takes theirs, with mine one undo away", async () => {
    await meetBob();
    saving.takeTheirs();
    expect([state().state, width(), useDocument.getState().undoLabel]).toEqual([
      "saved",
      320,
      "taking over what bob saved",
    ]);

    undo();
    expect([width(), graph().nodes.camera?.parameters.label]).toEqual([640, undefined]);
    await pass(LONG);
    expect([state().state, savedWidth(), server.pipeline.revision]).toEqual(["saved", 640, 3]);
  });

  it("keeps mine by saving it over theirs", async () => {
    await meetBob();
    void saving.keepMine();
    await pass(LONG);

    expect([state().state, server.pipeline.document, server.asked]).toEqual([
      "saved",
      toDocument(graph()),
      ["PUT 1", "PUT 2"],
    ]);
    expect(graph().nodes.camera?.parameters).toEqual({ width: 640 });
  });

  it("merges both, lists what stayed mine, and can be undone", async () => {
    await meetBob();
    void saving.merge();
    await pass(LONG);

    expect([state().state, state().both]).toEqual(["saved", ["camera.width"]]);
    expect(server.pipeline.document.nodes.camera?.parameters).toEqual({ width: 640, label: "bob" });
    saving.dismissBoth();
    expect(state().both).toEqual([]);
    undo();
    expect(graph().nodes.camera?.parameters).toEqual({ width: 640 });
  });

  it("comes again when they save again before mine arrives", async () => {
    await meetBob();
    bobSets({ width: 100 });
    void saving.keepMine();
    await pass(LONG);

    expect([state().state, state().conflict?.theirs.revision, savedWidth()]).toEqual(["conflict", 3, 100]);
  });

  it("ends by itself where mine is undone", async () => {
    await meetBob();
    undo();

    expect([state().state, width(), useDocument.getState().revision]).toEqual(["saved", 320, 2]);
  });

  it("is none where the save was mine and its answer was lost", async () => {
    server.savesAllTheSame = true;
    server.next = [new TypeError("broken off")];
    setParameter("camera", "width", 640);
    await pass(saving.AUTOSAVE_MS + DELAY + 1);
    setParameter("camera", "label", "mine");
    await pass(LONG);

    expect([state().state, savedWidth(), server.pipeline.revision]).toEqual(["saved", 640, 3]);
    expect(server.pipeline.document.nodes.camera?.parameters).toEqual({ width: 640, label: "mine" });
  });
});

describe("a save that fails", () => {
  it("is tried again after 1, 2, 4 ... 30 seconds, a bounded number of times", async () => {
    server.next = Array.from({ length: 100 }, () => new TypeError("no network"));
    setParameter("camera", "width", 640);
    await pass(1_200_000);

    const pauses = server.askedAt.slice(1).map((at, index) => (at - (server.askedAt[index] ?? 0) - DELAY) / 1000);
    expect(pauses.slice(0, 7)).toEqual([1, 2, 4, 8, 16, 30, 30]);
    expect(server.asked).toHaveLength(saving.MAX_ATTEMPTS);
    expect(state()).toMatchObject({ state: "offline", error: expect.stringContaining("kept in this tab") as string });
    expect(state().retryAt).toBeUndefined();
  });

  it("is tried at once when the network is back", async () => {
    server.next = Array.from({ length: 5 }, () => new TypeError("no network"));
    setParameter("camera", "width", 640);
    await pass(20_000);
    expect([state().state, state().retryAt === undefined]).toEqual(["offline", false]);

    window.dispatchEvent(new Event("online"));
    await pass(DELAY + 1);
    expect([state().state, savedWidth()]).toEqual(["saved", 640]);
  });

  it("waits as long as the server asks, and tries again what it could not do", async () => {
    server.next = [problemAnswer(503, {}, { "Retry-After": "20" })];
    setParameter("camera", "width", 640);
    await pass(15_000);
    expect([state().state, server.asked.length]).toEqual(["offline", 1]);
    await pass(10_000);
    expect(state().state).toBe("saved");
  });

  it("is told with its reasons where rules are broken, and tried again with the next change", async () => {
    const problem = { code: "bad_name", node: "", port: "", parameter: "", wire: "", message: "No.", remedy: "Yes." };
    server.next = [problemAnswer(422, { problems: [problem, { line: 3, message: "Bad line." }] })];
    setParameter("camera", "width", 640);
    await pass(LONG);
    expect(state()).toMatchObject({
      state: "refused",
      error: "It was refused.",
      reasons: [problem, { line: 3, message: "Bad line.", node: "" }],
    });
    expect(server.asked).toEqual(["PUT 1"]);

    setParameter("camera", "label", "a");
    await pass(LONG);
    expect([state().state, state().error, state().reasons]).toEqual(["saved", undefined, []]);
  });

  it.each([
    [401, "signed out"],
    [403, "You may not save"],
    [404, "is gone"],
    [413, "It was refused."],
  ])("says plainly what %i means", async (status, words) => {
    server.next = [problemAnswer(status)];
    setParameter("camera", "width", 640);
    await pass(LONG);

    expect([state().state, state().error]).toEqual(["refused", expect.stringContaining(words)]);
    expect(width()).toBe(640);
  });
});

describe("somebody else's save, told by the live state", () => {
  it("is shown where nothing is changed here, without an entry in the history", async () => {
    bobSets({ width: 320 });
    tellLive();
    await pass(LONG);

    expect([state().state, width(), useDocument.getState().canUndo]).toEqual(["saved", 320, false]);
    expect(useDocument.getState()).toMatchObject({ revision: 2, savedBy: "bob" });
  });

  it("is a conflict where something is changed here", async () => {
    bobSets({ width: 320 });
    setParameter("camera", "label", "mine");
    tellLive();
    await pass(DELAY + 1);

    expect([state().state, state().conflict?.theirs.revision, server.asked]).toEqual(["conflict", 2, ["GET"]]);
    expect(graph().nodes.camera?.parameters).toEqual({ label: "mine" });
  });

  it("asks nothing when the news are of our own save", async () => {
    setParameter("camera", "width", 640);
    await pass(saving.AUTOSAVE_MS + DELAY / 2);
    showState({ pipeline: { name: "case", revision: 2, saved_by: "alice" }, nodes: {}, wires: {}, artifacts: {} }, 0);
    await pass(LONG);

    expect([state().state, server.asked]).toEqual(["saved", ["PUT 1"]]);
  });
});

describe("what was not saved when the page was left", () => {
  async function leave(): Promise<void> {
    setParameter("camera", "width", 640);
    window.dispatchEvent(new Event("pagehide"));
    stop();
    await pass(0);
  }

  it("is offered after a reload, and comes back as one gesture", async () => {
    await leave();
    open();
    expect([state().recovered?.graph.nodes.camera?.parameters, width()]).toEqual([{ width: 640 }, undefined]);

    saving.takeRecovered();
    expect([width(), state().recovered]).toEqual([640, undefined]);
    await pass(LONG);
    expect([state().state, savedWidth()]).toEqual(["saved", 640]);
    undo();
    expect(width()).toBeUndefined();
  });

  it("is joined with what others have saved meanwhile", async () => {
    await leave();
    bobSets({ width: 320, label: "bob" });
    open();
    saving.takeRecovered();

    expect(graph().nodes.camera?.parameters).toEqual({ width: 640, label: "bob" });
    expect(state().both).toEqual(["camera.width"]);
  });

  it("is forgotten when it is dropped, and when it is saved", async () => {
    await leave();
    open();
    saving.dropRecovered();
    stop();
    open();
    expect(state().recovered).toBeUndefined();

    setParameter("camera", "width", 64);
    await pass(LONG);
    expect(window.sessionStorage).toHaveLength(0);
  });

  it("waits to be decided, whatever else is drawn and saved meanwhile", async () => {
    await leave();
    open();
    setParameter("camera", "label", "later");
    await pass(LONG);
    stop();
    open();

    expect(state().recovered?.graph.nodes.camera?.parameters).toEqual({ width: 640 });
  });
});
