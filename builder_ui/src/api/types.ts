/** Short names for the shapes of the API, which are generated from its schema. */

import type { components } from "@/api/generated/schema";

type Schemas = components["schemas"];

export type Value = Schemas["VisibleIf"]["equals"];
export type MediaType = Schemas["MediaType"];
export type Format = Schemas["Format"];
export type InputPort = Schemas["InputPort"];
export type OutputPort = Schemas["OutputPort"];
export type Parameter = Schemas["Parameter"];
/** A manifest with its defaults filled in, and where its icon is. */
export type Component = Schemas["Component"];
/** `pipeline.yaml` as JSON; what is empty is left out, but for the nodes. */
export type PipelineDocument = Schemas["Document"];
export type ProblemCode = Schemas["Code"];
/** One thing wrong with a pipeline; what it is not about is "". */
export type Problem = Schemas["Problem"];
export type Endpoint = Schemas["Endpoint"];
export type RunState = Schemas["RunState"];
export type RunSummary = Schemas["RunSummary"];
export type Run = Schemas["RunDetail"];
export type RunChange = Schemas["Change"];
export type Artifact = Schemas["Artifact"];
export type NodeLog = Schemas["Log"];
export type May = Schemas["May"];
export type Pipeline = Schemas["Pipeline"];
export type Saved = Schemas["Saved"];
