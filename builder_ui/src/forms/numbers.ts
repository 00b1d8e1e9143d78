/** Numbers as people type them, and the steps that arrow keys and sliders take. */
import type { Parameter } from "@/forms/kinds";
import type { Value } from "@/graph/document";

const MOST_SLIDER_STEPS = 2000;

/** What was typed as a number; as it stands where it is none, so that the check can say what is wrong with it. */
export function readNumber(text: string): Value {
  const trimmed = text.trim().replace(",", ".");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(trimmed)) {
    return text;
  }
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : text;
}

/** The distance of one arrow key: what an integer must be divisible by, or a hundredth of a number's range. */
export function stepOf(parameter: Parameter): number {
  if (parameter.type === "integer") {
    return parameter.multiple_of ?? 1;
  }
  const { minimum, maximum } = parameter;
  if (typeof minimum !== "number" || typeof maximum !== "number" || maximum <= minimum) {
    return 0.1;
  }
  return 10 ** Math.floor(Math.log10((maximum - minimum) / 50));
}

/** A value moved by so many steps, within its bounds and without the noise of binary fractions. */
export function stepped(parameter: Parameter, value: Value, steps: number): Value {
  const start = typeof value === "number" ? value : (parameter.minimum ?? 0);
  const step = stepOf(parameter);
  const grid = Math.round((start + steps * step) / step) * step;
  return Number(clamp(parameter, grid).toFixed(6));
}

function clamp(parameter: Parameter, number: number): number {
  // Bounds that are no multiples themselves cannot be reached.
  const multiple = parameter.multiple_of;
  const [minimum, maximum] = [parameter.minimum ?? -Number.MAX_SAFE_INTEGER, parameter.maximum ?? Number.MAX_SAFE_INTEGER];
  const low = multiple ? Math.ceil(minimum / multiple) * multiple : minimum;
  const high = multiple ? Math.floor(maximum / multiple) * multiple : maximum;
  return Math.min(high, Math.max(low, number));
}

/** Whether a slider helps: both bounds are known and it has not too many steps to hit one. */
export function hasSlider(parameter: Parameter): boolean {
  const { minimum, maximum } = parameter;
  if (typeof minimum !== "number" || typeof maximum !== "number") {
    return false;
  }
  return (maximum - minimum) / stepOf(parameter) <= MOST_SLIDER_STEPS;
}

/** "8 to 200 px, in steps of 2": what a number may be. */
export function describeBounds(parameter: Parameter): string {
  const { minimum, maximum, unit, multiple_of } = parameter;
  const low = typeof minimum === "number" ? String(minimum) : "";
  const high = typeof maximum === "number" ? String(maximum) : "";
  const range = low && high ? `${low} to ${high}` : low ? `at least ${low}` : high ? `at most ${high}` : "";
  const steps = multiple_of && multiple_of > 1 ? `in steps of ${String(multiple_of)}` : "";
  const bounds = range && unit ? `${range} ${unit}` : range;
  return [bounds, steps].filter(Boolean).join(", ");
}
