/** Which kind of field each parameter of a manifest is drawn as: the one place that reads type and format. */
import type { Parameter } from "@/graph/components";
import type { Value } from "@/graph/document";

export type { Parameter } from "@/graph/components";

export type Kind = "text" | "lines" | "secret" | "colour" | "image" | "choice" | "integer" | "number" | "switch";

export function kindOf(parameter: Parameter): Kind {
  if (parameter.secret) {
    return "secret";
  }
  if (parameter.enum) {
    return "choice";
  }
  switch (parameter.type) {
    case "boolean":
      return "switch";
    case "integer":
      return "integer";
    case "number":
      return "number";
    case "string":
      return parameter.format ?? "text";
  }
}

/** What a field shows: the value that was given, else the default, else nothing yet. */
export function shownValue(parameter: Parameter, given: Value | undefined): Value {
  if (given !== undefined) {
    return given;
  }
  return parameter.default ?? (parameter.type === "boolean" ? false : "");
}

export function isDefault(parameter: Parameter, given: Value | undefined): boolean {
  return given === undefined || given === parameter.default;
}

/** A default as people read it beside the button that brings it back. */
export function describeDefault(parameter: Parameter): string {
  const value = parameter.default;
  if (value === null) {
    return "none";
  }
  if (typeof value === "boolean") {
    return value ? "on" : "off";
  }
  if (value === "") {
    return "empty";
  }
  return [shorten(String(value)), parameter.unit].filter(Boolean).join(" ");
}

/** Whether another parameter's value lets this one be shown; it is in force either way. */
export function isVisible(
  parameter: Parameter,
  parameters: Readonly<Record<string, Parameter>>,
  given: Readonly<Record<string, Value>>,
): boolean {
  const condition = parameter.visible_if;
  if (!condition) {
    return true;
  }
  const other = parameters[condition.parameter];
  return other === undefined || shownValue(other, given[condition.parameter]) === condition.equals;
}

function shorten(text: string): string {
  return text.length > 30 ? `${text.slice(0, 28)}…` : text;
}
