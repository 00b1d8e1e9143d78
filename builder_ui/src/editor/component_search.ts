/** Which components a search shows, best first: the newest version of each, by title, keyword and description. PURE. */
import type { Component, Components } from "@/graph/components";

export type Kind = Component["kind"];
export const KINDS: readonly { kind: Kind; title: string }[] = [
  { kind: "gateway", title: "Gateways" },
  { kind: "transform", title: "Transforms" },
  { kind: "sink", title: "Sinks" },
];

/** The newest version of each component that may be placed, by kind and title; a deprecated one where there is no other. */
export function offered(components: Components): Component[] {
  const newest = new Map<string, Component>();
  for (const component of Object.values(components)) {
    const known = newest.get(component.name);
    if (component.status !== "yanked" && (!known || isBetter(component, known))) {
      newest.set(component.name, component);
    }
  }
  return [...newest.values()].sort((one, other) => rankOfKind(one) - rankOfKind(other) || one.title.localeCompare(other.title));
}

/** Those that hold every word of the search; where several do, titles count most. */
export function search(components: readonly Component[], query: string): Component[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    return [...components];
  }
  return components
    .map((component) => ({ component, score: scoreOf(component, words) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .map(({ component }) => component);
}

/** Components below the headings of their kinds, in the order of the canvas: in, through, out. */
export function byKind(components: readonly Component[]): { title: string; members: Component[] }[] {
  return KINDS.map(({ kind, title }) => ({ title, members: components.filter((each) => each.kind === kind) })).filter(
    ({ members }) => members.length > 0,
  );
}

function isBetter(one: Component, other: Component): boolean {
  const [isDeprecated, wasDeprecated] = [one.status === "deprecated", other.status === "deprecated"];
  return isDeprecated === wasDeprecated ? compareVersions(one.version, other.version) > 0 : wasDeprecated;
}

export function compareVersions(one: string, other: string): number {
  const numbers = (version: string): number[] => (version.split("-", 1)[0] ?? "").split(".").map(Number);
  const [left, right] = [numbers(one), numbers(other)];
  for (let part = 0; part < 3; part += 1) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  // 1.0.0 comes after 1.0.0-rc.1 (semver.org, 11).
  return Number(other.includes("-")) - Number(one.includes("-")) || one.localeCompare(other);
}

function scoreOf(component: Component, words: readonly string[]): number {
  const title = component.title.toLowerCase();
  const keywords = [component.name, component.kind, ...component.keywords].map((each) => each.toLowerCase());
  const description = component.description.toLowerCase();
  let score = 0;
  for (const word of words) {
    const found =
      (title.startsWith(word) ? 8 : 0) +
      (title.includes(word) ? 4 : 0) +
      (keywords.some((each) => each.startsWith(word)) ? 2 : 0) +
      (description.includes(word) ? 1 : 0);
    if (found === 0) {
      return 0;
    }
    score += found;
  }
  return score;
}

function rankOfKind({ kind }: Component): number {
  return KINDS.findIndex((each) => each.kind === kind);
}
