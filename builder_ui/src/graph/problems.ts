/** What can be wrong with a pipeline, each with the place and the remedy. Twin of problems.py. */

import type { Problem, ProblemCode } from "@/api/types";

export type { Problem, ProblemCode } from "@/api/types";

type Place = { port?: string; parameter?: string; wire?: string };

/** A problem at a node, or at the pipeline as a whole where `node` is "". */
export function problem(code: ProblemCode, node: string, message: string, remedy: string, place: Place = {}): Problem {
  return { code, node, port: place.port ?? "", message, remedy, parameter: place.parameter ?? "", wire: place.wire ?? "" };
}

/** What tells two problems apart: a place has one of a kind, however many rules see it. */
export function placeOf({ code, node, port, parameter, wire }: Problem): string {
  return JSON.stringify([code, node, port, parameter, wire]);
}
