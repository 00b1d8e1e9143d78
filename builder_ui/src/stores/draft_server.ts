/** For tests: a server with one draft, at the network boundary, that saves by revision and fails as it is told. */

import type { Pipeline, PipelineDocument } from "@/api/types";
import { pipelineOf } from "@/graph/cases";

type Answer = Response | Error | Promise<Response>;

export type DraftServer = {
  pipeline: Pipeline;
  /** What was asked, as "PUT 3". */
  asked: string[];
  /** When, in ms. */
  askedAt: number[];
  /** The answers of the next requests; an `Error` is a connection that fails. */
  next: Answer[];
  /** Whether a request that fails by `next` has its effect all the same. */
  savesAllTheSame: boolean;
  /** Requests under way at the same time, at most. */
  most: number;
  /** Somebody else saves. */
  saveByBob: (document: PipelineDocument) => void;
};

export function problemAnswer(status: number, more: Record<string, unknown> = {}, headers = {}): Response {
  const body = JSON.stringify({ type: "about:blank", status, title: "It was refused.", code: "a:user:b", ...more });
  return new Response(body, { status, headers: { "Content-Type": "application/problem+json", ...headers } });
}

/** Put it in the place of `fetch`; each answer takes `delay` ms. */
export function serveDraft(document: PipelineDocument, delay: number): DraftServer {
  let underWay = 0;
  const server: DraftServer = {
    pipeline: pipelineOf(document),
    asked: [],
    askedAt: [],
    next: [],
    savesAllTheSame: false,
    most: 0,
    saveByBob: (saved) => {
      server.pipeline = { ...server.pipeline, document: saved, revision: server.pipeline.revision + 1, saved_by: "bob" };
    },
  };
  const answer = (method: string, revision: number, body: string): Response => {
    if (method === "GET") return Response.json(server.pipeline);
    if (revision !== server.pipeline.revision) return problemAnswer(412, { current: server.pipeline });
    const saved = JSON.parse(body) as PipelineDocument;
    server.pipeline = { ...server.pipeline, document: saved, revision: revision + 1, saved_by: "alice" };
    const { saved_at, problems, endpoints } = server.pipeline;
    return Response.json({ revision: revision + 1, saved_at, problems, endpoints });
  };
  globalThis.fetch = async (_address, { method = "GET", headers, body } = {}) => {
    const revision = Number(new Headers(headers).get("If-Match")?.replaceAll('"', ""));
    server.asked.push(method === "GET" ? method : `${method} ${revision}`);
    server.askedAt.push(Date.now());
    underWay += 1;
    server.most = Math.max(server.most, underWay);
    await new Promise((resolve) => setTimeout(resolve, delay));
    underWay -= 1;
    const told = server.next.shift();
    const text = typeof body === "string" ? body : "";
    if (told === undefined) return answer(method, revision, text);
    if (server.savesAllTheSame) answer(method, revision, text);
    if (told instanceof Error) throw told;
    return told;
  };
  return server;
}
