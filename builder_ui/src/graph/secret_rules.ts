/** The rule of secrets: a pipeline names them and never holds them. Twin of secret_rules.py. */

import { type Component, componentOf, type Components, own, type Parameter } from "@/graph/components";
import type { Graph, Value } from "@/graph/document";
import { type Refusal, shown } from "@/graph/parameters";
import { problem, type Problem } from "@/graph/problems";

export const SECRET_PREFIX = "secret:";
const SECRET_NAME = /^[a-z][a-z0-9_]{0,39}$/;
const REMEDY = "store it as a secret of the team and choose it here";
const CHOOSE = "choose one that there is, or have an admin of the team store it under Team, Secrets";

/** Whether a secret may be called so. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** The name of the secret that a value refers to, such as `stream_key` of `secret:stream_key`. */
export function nameIn(value: unknown): string | null {
  if (typeof value !== "string" || !value.startsWith(SECRET_PREFIX)) {
    return null;
  }
  const name = value.slice(SECRET_PREFIX.length);
  return isSecretName(name) ? name : null;
}

/** Why a pipeline may not hold this value of a secret parameter; the value itself is never repeated. */
export function refuseValue(declared: Parameter, value: unknown): Refusal | null {
  const isDefault = typeof value === "string" && value === declared.default;
  if (isDefault || nameIn(value) !== null) {
    return null;
  }
  return { message: "a secret's value may not stand in a pipeline", remedy: REMEDY };
}

/** References to secrets that the team does not have; `names` are those that it has. */
export function* checkKnown(graph: Graph, components: Components, names: ReadonlySet<string>): Generator<Problem> {
  for (const [node, { component, parameters }] of Object.entries(graph.nodes)) {
    const known = componentOf(component, components);
    for (const [parameter, value] of known ? Object.entries(parameters) : []) {
      const name = own(known?.parameters ?? {}, parameter)?.secret ? nameIn(value) : null;
      if (name !== null && !names.has(name)) {
        const message = `${parameter}: the team has no secret ${shown(name)}.`;
        const remedy = `For ${parameter} ${CHOOSE}.`;
        yield problem("unknown_secret", node, message, remedy, { parameter });
      }
    }
  }
}

/** The parameters of a node without whatever stands where only the name of a secret may. */
export function withoutSecretValues(
  parameters: Readonly<Record<string, Value>>,
  component: Component | undefined,
): Record<string, Value> {
  const kept = Object.entries(parameters).filter(([name, value]) => {
    const declared = own(component?.parameters ?? {}, name);
    return declared?.secret !== true || refuseValue(declared, value) === null;
  });
  return Object.fromEntries(kept);
}

/** The same of a whole pipeline; the graph itself where there is nothing to leave out. */
export function cleaned<Part extends Pick<Graph, "nodes">>(graph: Part, components: Components): Part {
  const nodes = Object.entries(graph.nodes).map(([name, node]) => {
    const parameters = withoutSecretValues(node.parameters, componentOf(node.component, components));
    const isSame = Object.keys(parameters).length === Object.keys(node.parameters).length;
    return [name, isSame ? node : { ...node, parameters }] as const;
  });
  const isChanged = nodes.some(([name, node]) => node !== graph.nodes[name]);
  return isChanged ? { ...graph, nodes: Object.fromEntries(nodes) } : graph;
}
