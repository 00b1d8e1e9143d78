/** The one check of a value against what a component declares. Twin of components/contract/parameters.py. */

import type { Component, Parameter } from "@/graph/components";
import type { Value } from "@/graph/document";

/** Why a value is not allowed, and what would be. */
export type Refusal = { message: string; remedy: string };
export type Parameters = Readonly<Record<string, Value>>;

export const LARGEST_NUMBER = Number.MAX_SAFE_INTEGER;

const COLOUR = /^#[0-9a-fA-F]{6}$/;
const IMAGE = /^(?:data:image\/(?:png|jpeg|webp);base64,)?([A-Za-z0-9+/]*)(={0,2})$/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const SHOWN_CHARACTERS = 60;

/** Why a value is not allowed, or null if it is. */
export function problemOf(parameter: Parameter, value: unknown): Refusal | null {
  const refusal = refuseType(parameter.type, value);
  if (refusal !== null) {
    return refusal;
  }
  if (parameter.enum !== null && !parameter.enum.includes(value as Value)) {
    const choices = parameter.enum.map(shown).join(", ");
    return { message: `${shown(value)} is not one of the choices`, remedy: `give one of ${choices}` };
  }
  if (typeof value === "string") {
    return problemOfText(parameter, value);
  }
  return typeof value === "number" ? problemOfNumber(parameter, value) : null;
}

/** All parameters in the manifest's order: the given values, and defaults for the rest. */
export function withDefaults(component: Component, given: Parameters): Record<string, Value> {
  const defaults = Object.entries(component.parameters).flatMap(([name, declared]) =>
    declared.default === null ? [] : [[name, declared.default] as const],
  );
  return { ...Object.fromEntries(defaults), ...given };
}

/** The names of those that must be given and are not. */
export function missingParameters(component: Component, given: Parameters): string[] {
  return Object.entries(component.parameters).flatMap(([name, declared]) =>
    declared.default === null && !Object.hasOwn(given, name) ? [name] : [],
  );
}

/** A value as people should see it in a message: as in YAML, and never longer than a line. */
export function shown(value: unknown): string {
  if (typeof value === "boolean") {
    return value ? "true" : "false";
  }
  const text = typeof value === "string" ? `"${value}"` : typeof value === "number" ? number(value) : String(value);
  const characters = Array.from(text.slice(0, 2 * SHOWN_CHARACTERS + 2));
  return characters.length <= SHOWN_CHARACTERS ? text : `${characters.slice(0, 56).join("")}...`;
}

/** Whether every database and UTF-8 can hold it: no NUL character and no lone surrogate. */
export function isStorableText(text: string): boolean {
  return !text.includes("\0") && !LONE_SURROGATE.test(text);
}

/** How many characters people count: a pair of surrogates is one. */
export function charactersOf(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1) {
    count += 1;
  }
  return count;
}

/** A number as Python writes it, so that both sides say the same. */
export function number(value: number): string {
  if (Number.isNaN(value) || !Number.isFinite(value)) {
    return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  }
  const size = Math.abs(value);
  const text = size > 0 && size < 1e-4 ? value.toExponential() : String(value);
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}

function problemOfText(parameter: Parameter, text: string): Refusal | null {
  const length = charactersOf(text);
  if (parameter.max_length !== null && length > parameter.max_length) {
    return { message: `${length} characters are too many`, remedy: `give at most ${parameter.max_length}` };
  }
  if (parameter.format === "colour" && !COLOUR.test(text)) {
    return { message: `${shown(text)} is not a colour`, remedy: "give one such as #ff8800" };
  }
  if (parameter.format === "image" && !isBase64Image(text)) {
    return { message: "it is not an image in base64", remedy: "give a PNG as data:image/png;base64,..." };
  }
  return null;
}

function problemOfNumber(parameter: Parameter, value: number): Refusal | null {
  const low = parameter.minimum ?? -LARGEST_NUMBER;
  const high = parameter.maximum ?? LARGEST_NUMBER;
  if (!(low <= value && value <= high)) {
    const remedy = `give a value from ${number(low)} to ${number(high)}`;
    return { message: `${number(value)} is out of bounds`, remedy };
  }
  const step = parameter.multiple_of;
  if (step !== null && value % step !== 0) {
    const below = Math.floor(value / step) * step;
    const near = below >= low ? below : below + step;
    const message = `${number(value)} is not a multiple of ${number(step)}`;
    return { message, remedy: `give one such as ${number(near)}` };
  }
  return null;
}

function refuseType(kind: Parameter["type"], value: unknown): Refusal | null {
  switch (kind) {
    case "string":
      if (typeof value !== "string") {
        return { message: `${shown(value)} is not text`, remedy: "put it in quotes" };
      }
      return isStorableText(value) ? null : { message: "it holds characters that cannot be kept", remedy: "remove them" };
    case "boolean":
      return typeof value === "boolean"
        ? null
        : { message: `${shown(value)} is neither true nor false`, remedy: "give one of them" };
    case "integer":
      return Number.isInteger(value)
        ? null
        : { message: `${shown(value)} is not a whole number`, remedy: "give one such as 1" };
    case "number":
      return Number.isFinite(value)
        ? null
        : { message: `${shown(value)} is not a number`, remedy: "give one such as 1 or 0.5" };
  }
}

/** As lenient about padding as Python's decoder, so that both sides take the same pictures. */
function isBase64Image(text: string): boolean {
  const [, letters, padding] = IMAGE.exec(text) ?? [];
  if (letters === undefined || padding === undefined) {
    return false;
  }
  const rest = letters.length % 4;
  return rest === 0 || (rest !== 1 && padding.length >= 4 - rest);
}
