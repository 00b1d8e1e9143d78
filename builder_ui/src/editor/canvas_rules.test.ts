import { expect, test } from "vitest";
import { edgesOf, nodesOf } from "@/editor/canvas_arrays";
import { byKind, compareVersions, offered, search } from "@/editor/component_search";
import { dropOn } from "@/editor/connection_gesture";
import { COMPONENTS } from "@/graph/cases";
import { fromDocument, type Graph } from "@/graph/document";
import type { PipelineDocument } from "@/api/types";

const components = COMPONENTS;
const graph: Graph = fromDocument({
  api_version: 1,
  name: "case",
  nodes: { camera: { component: "camera@1.0.0" }, effect: { component: "effect@1.0.0" }, file: { component: "file@1.0.0" }, lost: { component: "gone@9.0.0" } },
  wires: ["camera.video -> effect.video"],
  layout: { camera: { x: 0, y: 0 }, effect: { x: 300, y: 0 }, file: { x: 600, y: 0 }, lost: { x: 0, y: 300 } },
} satisfies PipelineDocument);
const none: ReadonlySet<string> = new Set();
const pulled = (node: string, port: string) => ({ from: { node, port, side: "output" as const }, moving: null });

test("a node that did not change stays the same object", () => {
  const before = nodesOf([], graph, components, none);
  const moved = { ...graph, layout: { ...graph.layout, file: { x: 700, y: 50 } } };
  const after = nodesOf(before, moved, components, none);
  expect(after.map((node, index) => node === before[index])).toEqual([true, true, false, true]);
  expect(after[2]?.position).toEqual({ x: 700, y: 50 });
});

test("a node that is being dragged stays at the pointer", () => {
  const before = nodesOf([], graph, components, none).map((node) => (node.id === "file" ? { ...node, dragging: true, position: { x: 1, y: 2 } } : node));
  expect(nodesOf(before, graph, components, none)[2]?.position).toEqual({ x: 1, y: 2 });
});

test("a wire has the media type of the port that is known", () => {
  const wires = [...graph.wires, { source: "lost", sourcePort: "out", target: "file", targetPort: "audio" }, { source: "nobody", sourcePort: "out", target: "file", targetPort: "video" }];
  const edges = edgesOf([], { ...graph, wires }, components, new Set(["camera.video->effect.video"]));
  expect(edges.map(({ id, data, selected }) => [id, data?.media, selected])).toEqual([
    ["camera.video->effect.video", "video", true],
    ["lost.out->file.audio", "audio", false],
  ]);
});

test("a wire let go on a node takes its only port that fits", () => {
  expect(dropOn({ node: "file" }, pulled("effect", "video"), graph, components)).toMatchObject({ is: "connect", to: { node: "file", port: "video" } });
});

test("a wire let go on a port that does not fit says why", () => {
  const drop = dropOn({ port: { node: "effect", port: "video", side: "input" } }, pulled("camera", "audio"), graph, components);
  expect(drop).toMatchObject({ is: "refuse", reason: expect.stringContaining("carries audio") as unknown });
});

test("a wire let go on a node where nothing fits says so", () => {
  const drop = dropOn({ node: "effect" }, pulled("camera", "audio"), graph, components);
  expect(drop).toMatchObject({ is: "refuse", reason: expect.stringContaining("No input of effect") as unknown });
});

test("a wire let go on empty canvas asks what to add", () => {
  expect(dropOn({}, pulled("camera", "audio"), graph, components)).toEqual({ is: "search" });
});

test("the end of a wire can be put back where it was, although that input takes one wire", () => {
  const [moving = null] = graph.wires;
  const back = dropOn({ port: { node: "effect", port: "video", side: "input" } }, { ...pulled("camera", "video"), moving }, graph, components);
  expect(back.is).toBe("connect");
});

test("only the newest version of a component is offered", () => {
  const old = components["camera@1.0.0"];
  const newer = old && { ...old, ref: "camera@1.10.0", version: "1.10.0" };
  const list = offered({ ...components, ...(newer ? { [newer.ref]: newer } : {}) });
  expect(list.filter(({ name }) => name === "camera").map(({ ref }) => ref)).toEqual(["camera@1.10.0"]);
});

test("a release comes after what was tried before it", () => {
  expect(["1.0.0", "1.0.0-rc.1", "0.9.9", "1.2.0"].sort(compareVersions)).toEqual(["0.9.9", "1.0.0-rc.1", "1.0.0", "1.2.0"]);
});

test("a search finds what has every word, titles first", () => {
  expect(search(offered(components), "cam").map(({ name }) => name)).toEqual(["camera"]);
  expect(search(offered(components), "camera nonsense")).toEqual([]);
});

test("components stand in the order in which media passes them", () => {
  expect(byKind(offered(components)).map(({ title }) => title)).toEqual(["Gateways", "Transforms", "Sinks"]);
});
