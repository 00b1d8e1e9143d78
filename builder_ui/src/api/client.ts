/** Asks the API: same origin, session cookie, CSRF header, problems as errors. Nothing is sent twice by itself. */

import { NotReached, problemOfAnswer } from "@/api/problem";
import type {
  Component,
  NodeLog,
  Pipeline,
  PipelineDocument,
  Problem,
  Run,
  RunSummary,
  Saved,
  Value,
} from "@/api/types";

export const API = "/api/v1";
const TIMEOUT_MS = 15_000;

/** A pipeline: the team's and its own short name. */
export type Place = { team: string; slug: string };

type Request = {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  json?: unknown;
  /** The body as YAML, instead of JSON. */
  yaml?: string;
  headers?: Record<string, string>;
};

/** The API's address of a pipeline, and of what is below it. */
export function addressOf({ team, slug }: Place, ...below: string[]): string {
  return [API, "teams", team, "pipelines", slug, ...below].map(encodePart).join("/");
}

/** Every component that a team's pipelines may have, its own among them. */
export const listComponents = (team: string): Promise<Component[]> => askJson(teamAddress(team, "components"));
export const getPipeline = (place: Place): Promise<Pipeline> => askJson(addressOf(place));

/** Replace the draft; refused with 412 where it is not at this revision any more. */
export const savePipeline = (place: Place, revision: number, document: PipelineDocument): Promise<Saved> =>
  askJson(addressOf(place), { method: "PUT", json: document, headers: { "If-Match": `"${revision}"` } });

/** Take the pipeline away from the list; refused with 409 while a run is unfinished. */
export async function archivePipeline(place: Place): Promise<void> {
  await ask(addressOf(place), { method: "DELETE" });
}

export const startRun = (place: Place, revision: number): Promise<RunSummary> =>
  askJson(addressOf(place, "runs"), { method: "POST", json: { revision } });

export const getRun = (place: Place, run: string): Promise<Run> => askJson(addressOf(place, "runs", run));

export const stopRun = (place: Place, run: string): Promise<RunSummary> =>
  askJson(addressOf(place, "runs", run, "stop"), { method: "POST" });

/** Change parameters of a node that runs, those with `apply: live`. */
export const setLiveParameters = (
  place: Place,
  run: string,
  node: string,
  parameters: Record<string, Value>,
): Promise<{ revision: number }> =>
  askJson(addressOf(place, "runs", run, "nodes", node), { method: "PATCH", json: { parameters } });

/** The last lines of a node's log; of its newest attempt where none is named. */
export const getNodeLog = (place: Place, run: string, node: string, tail: number, attempt?: number): Promise<NodeLog> =>
  askJson(`${addressOf(place, "runs", run, "nodes", node, "log")}${query({ tail, attempt })}`);

/** The graph of a pipeline file, and what is wrong with it; a file that cannot be read is refused with 422. */
export const parseDocument = (yaml: string, team: string): Promise<{ document: PipelineDocument; problems: Problem[] }> =>
  askJson(`${API}/documents/parse${query({ team })}`, { method: "POST", yaml });

/** The pipeline file of a graph. */
export const printDocument = async (document: PipelineDocument): Promise<string> =>
  read(await ask(`${API}/documents/print`, { method: "POST", json: document }), (answer) => answer.text());

/** Ask for JSON; rejects with `ApiProblem` or `NotReached`. */
export async function askJson<T>(address: string, request: Request = {}): Promise<T> {
  return read(await ask(address, request), (answer) => answer.json() as Promise<T>);
}

/** Send a request; resolves with a success, and rejects with `ApiProblem` or `NotReached`. */
export async function ask(address: string, { method = "GET", json, yaml, headers = {} }: Request = {}): Promise<Response> {
  const sent = new Headers({ Accept: "application/json, application/problem+json", ...headers });
  if (method !== "GET") {
    sent.set("X-CSRFToken", csrfToken());
  }
  if (json !== undefined || yaml !== undefined) {
    sent.set("Content-Type", yaml === undefined ? "application/json" : "application/yaml");
  }
  const body = yaml ?? (json === undefined ? undefined : JSON.stringify(json));
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let answer: Response;
  try {
    const options = { method, headers: sent, credentials: "same-origin", cache: "no-store", signal } as const;
    answer = await fetch(address, body === undefined ? options : { ...options, body });
  } catch (error) {
    const isSlow = error instanceof DOMException && error.name === "TimeoutError";
    const reason = isSlow ? `The server did not answer within ${TIMEOUT_MS / 1000} s.` : "The server was not reached.";
    throw new NotReached(`${reason} Check the connection.`, { cause: error });
  }
  if (!answer.ok) {
    throw await problemOfAnswer(answer);
  }
  return answer;
}

async function read<T>(answer: Response, take: (answer: Response) => Promise<T>): Promise<T> {
  try {
    return await take(answer);
  } catch (error) {
    throw new NotReached("The server's answer broke off. Try again.", { cause: error });
  }
}

/** The token that Django wants back, from its cookie. */
function csrfToken(): string {
  const cookie = document.cookie.split("; ").find((each) => each.startsWith("csrftoken="));
  return decodeURIComponent(cookie?.slice("csrftoken=".length) ?? "");
}

function query(parameters: Record<string, string | number | undefined>): string {
  const given = Object.entries(parameters).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)] as [string, string]],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}

/** The API's address of something of a team. */
export function teamAddress(team: string, ...below: string[]): string {
  return [API, "teams", team, ...below].map(encodePart).join("/");
}

function encodePart(part: string): string {
  return part === API ? part : encodeURIComponent(part);
}
