/** Short names for the shapes of the API, which are generated from its schema. */

import type { components } from "@/api/generated/schema";

type Schemas = components["schemas"];

export type Value = Schemas["VisibleIf"]["equals"];
export type MediaType = Schemas["MediaType"];
export type Format = Schemas["Format"];
export type InputPort = Schemas["InputPort"];
export type OutputPort = Schemas["OutputPort"];
export type Parameter = Schemas["Parameter"];
/** A manifest with its defaults filled in, where its icon is, whether it is still good, and what it costs. */
export type Component = Schemas["Component"];
/** Whether a component is still good, and what one node of it costs. */
export type Standing = Pick<Component, "status" | "status_note" | "price">;
/** `pipeline.yaml` as JSON; what is empty is left out, but for the nodes. */
export type PipelineDocument = Schemas["Document"];
export type ProblemCode = Schemas["Code"];
/** One thing wrong with a pipeline; what it is not about is "". */
export type Problem = Schemas["Problem"];
export type Endpoint = Schemas["Endpoint"];
/** A secret of the team, but for its value, which nobody gets. */
export type Secret = Schemas["Secret"];
export type SecretList = Schemas["SecretList"];
/** Opens an endpoint for a quarter of an hour. */
export type EndpointPass = Schemas["Pass"];
/** A token of an endpoint, but for what it says. */
export type EndpointToken = Schemas["EndpointToken"];
export type MadeEndpointToken = Schemas["MadeEndpointToken"];
/** A numbered version; nothing of it ever changes but whether it is the published one. */
export type Version = Schemas["Version"];
export type VersionPage = Schemas["VersionPage"];
export type RunState = Schemas["RunState"];
export type RunSummary = Schemas["RunSummary"];
export type Run = Schemas["RunDetail"];
export type RunChange = Schemas["Change"];
export type Artifact = Schemas["Artifact"];
export type NodeLog = Schemas["Log"];
export type May = Schemas["May"];
export type Pipeline = Schemas["Pipeline"];
export type Saved = Schemas["Saved"];
