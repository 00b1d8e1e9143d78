/** What the palette offers and what nodes refer to: components by reference, as the catalogue tells them. */

import type { Component } from "@/api/types";

export type { Component, Format, InputPort, MediaType, OutputPort, Parameter } from "@/api/types";
export type Components = Readonly<Record<string, Component>>;

/** The component of a reference such as `overlay@1.0.0`, if there is one; a name from outside may be anything. */
export function componentOf(ref: string, components: Components): Component | undefined {
  return Object.hasOwn(components, ref) ? components[ref] : undefined;
}

/** A list as the API gives it, by reference. */
export function byReference(list: readonly Component[]): Components {
  return Object.fromEntries(list.map((component) => [component.ref, component]));
}

/** The entry of a record by a name from outside, which may be "constructor". */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
