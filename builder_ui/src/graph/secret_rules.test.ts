import { expect, test } from "vitest";
import { COMPONENTS, graphOf } from "@/graph/cases";
import type { Graph } from "@/graph/document";
import { cleaned, nameIn } from "@/graph/secret_rules";

test.each([
  ["secret:stream_key", "stream_key"], ["secret:", null], ["secret:Key", null], ["stream_key", null], [7, null], [`secret:${"x".repeat(41)}`, null],
])("%j names %j", (value, name) => {
  expect(nameIn(value)).toBe(name);
});

test("whatever comes from elsewhere loses the values of secrets, and nothing else", () => {
  const graph = graphOf({ relay: "relay", camera: "camera" });
  const nodes: Graph["nodes"] = {
    ...graph.nodes,
    relay: { component: "relay@1.0.0", parameters: { key: "hunter2", note: "secret:note" } },
    missing: { component: "gone@1.0.0", parameters: { key: "kept" } },
  };

  const clean = cleaned({ ...graph, nodes }, COMPONENTS);

  expect(clean.nodes.relay?.parameters).toEqual({ note: "secret:note" });
  expect(clean.nodes.missing?.parameters).toEqual({ key: "kept" });
  expect(clean.nodes.camera).toBe(graph.nodes.camera);
  expect(cleaned(clean, COMPONENTS)).toBe(clean);
});
