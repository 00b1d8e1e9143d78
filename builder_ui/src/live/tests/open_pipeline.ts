/** A pipeline that is open and saved, for tests. */

import type { Component, Pipeline } from "@/api/types";
import { load } from "@/stores/document";

export const PLACE = "/api/v1/teams/acme/pipelines/hello";

/** Open `hello` of team `acme` with these changes. */
export function openPipeline(change: Partial<Pipeline> = {}, components: Record<string, Component> = {}): void {
  const pipeline: Pipeline = {
    team: "acme",
    slug: "hello",
    name: "hello",
    description: "",
    revision: 7,
    saved_by: "alice",
    saved_at: "2026-11-22T10:00:00Z",
    document: { api_version: 1, name: "hello", nodes: {} },
    problems: [],
    endpoints: [],
    published: null,
    run: null,
    may: { edit: true, run: true },
    ...change,
  };
  load(pipeline, components);
}
