/** What can go wrong when the server is asked: it refused, with a reason, or it was not reached. */

import type { Problem, ProblemCode } from "@/api/types";

/** One of several things that the server found wrong; what it does not say is "", and `line` is then 0. */
export type Reported = Omit<Problem, "code"> & { code: ProblemCode | ""; line: number };

const NOTHING_SAID: Omit<Reported, "message"> = {
  code: "",
  node: "",
  port: "",
  parameter: "",
  wire: "",
  remedy: "",
  line: 0,
};

/** The server answered with a problem (RFC 9457); `message` is a sentence for people. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";

  constructor(
    readonly status: number,
    /** The stable id of the error, such as `pipelines:user:draft-conflict`. */
    readonly code: string,
    title: string,
    readonly detail: string,
    /** Everything else that the problem says. */
    readonly extras: Readonly<Record<string, unknown>>,
    /** How long to wait before the next attempt, in ms, where the server says so. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(title);
  }

  /** Each thing that is wrong: rules of a pipeline, lines of a file, parameters. */
  get problems(): Reported[] {
    const { problems } = this.extras;
    const listed = Array.isArray(problems) ? (problems as Partial<Reported>[]) : [];
    return listed.flatMap((each) => (each.message === undefined ? [] : [{ ...NOTHING_SAID, message: "", ...each }]));
  }

  /** Whether the same request may work later. */
  get isPassing(): boolean {
    return this.status >= 500 || this.status === 429 || this.status === 408;
  }
}

/** No answer came, or none that could be read. */
export class NotReached extends Error {
  override readonly name = "NotReached";
}

const PLAIN: Readonly<Record<number, string>> = {
  401: "You are signed out. Sign in again in another tab, then save here; your changes are kept.",
  403: "You may not do this here. Ask an owner of the team for the right to edit.",
  404: "It is not there, or you are not a member of its team any more.",
  413: "It is too large to be saved. Remove nodes or pictures.",
};

/** The problem of an answer that was no success. */
export async function problemOfAnswer(answer: Response): Promise<ApiProblem> {
  const { status } = answer;
  const said = (await answer.json().catch(() => null)) as unknown;
  const fields = typeof said === "object" && said !== null ? (said as Record<string, unknown>) : {};
  const { title, detail, code, ...extras } = fields;
  const told = typeof title === "string" && title !== "" ? title : undefined;
  const seconds = Number(answer.headers.get("Retry-After") ?? Number.NaN);
  return new ApiProblem(
    status,
    typeof code === "string" ? code : "",
    told ?? PLAIN[status] ?? `The server answered ${status}. Try again.`,
    typeof detail === "string" ? detail : "",
    extras,
    Number.isFinite(seconds) ? Math.max(0, Math.min(60, seconds)) * 1000 : null,
  );
}

/** A sentence for people about anything that was thrown. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ApiProblem) {
    return error.detail === "" ? error.message : `${error.message} ${error.detail}`;
  }
  return error instanceof Error ? error.message : String(error);
}
