/** For tests: the table that the server's rules are tested by, its components, and graphs in one line. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Pipeline, PipelineDocument } from "@/api/types";
import type { Components, Parameter } from "@/graph/components";
import { fromDocument, type Graph } from "@/graph/document";

export type Case = { name: string; graph: PipelineDocument; expected: string[][]; says?: string[]; secrets?: string[] };

const FILE = resolve(import.meta.dirname, "../../../tests/factory/domain/graph/cases.json");
const TABLE = JSON.parse(readFileSync(FILE, "utf8")) as {
  manifests: Components;
  cases: Case[];
  values: [Partial<Parameter>, unknown, [string, string] | null][];
  advice: [string, string[], string][];
  references: [string, string[], string][];
};

export const CASES = TABLE.cases;
export const { values: VALUES, advice: ADVICE, references: REFERENCES } = TABLE;

export const COMPONENTS: Components = Object.fromEntries(
  Object.entries(TABLE.manifests).map(([ref, manifest]) => [ref, { ...manifest, ref, icon: "" }]),
);

/** Nodes by name, each with the name of its component in the table; wires as documents write them. */
export function graphOf(nodes: Record<string, string>, wires: string[] = [], layout: Graph["layout"] = {}): Graph {
  const placed = Object.entries(nodes).map(([name, component]) => [name, { component: `${component}@1.0.0` }]);
  const documented = Object.fromEntries(placed) as PipelineDocument["nodes"];
  return fromDocument({ api_version: 1, name: "case", nodes: documented, wires, layout });
}

/** A pipeline as the server tells it. */
export function pipelineOf(document: PipelineDocument, fields: Partial<Pipeline> = {}): Pipeline {
  return {
    team: "studio",
    slug: "case",
    name: document.name,
    description: document.description ?? "",
    revision: 1,
    saved_by: "alice",
    saved_at: "2026-11-22T12:00:00Z",
    document,
    problems: [],
    endpoints: [],
    published: null,
    run: null,
    may: { edit: true, run: true },
    ...fields,
  };
}
