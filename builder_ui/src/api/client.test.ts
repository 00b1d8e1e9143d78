// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readBoot } from "@/api/boot";
import * as client from "@/api/client";
import { ApiProblem, NotReached, sentenceOf } from "@/api/problem";

type Asked = { address: string; method: string; headers: Headers; body: unknown; signal: AbortSignal | null | undefined };

const PLACE = { team: "studio", slug: "a/b" };
let asked: Asked[] = [];
let answer: () => Response | Promise<Response>;

const first = (): Asked => {
  const [one] = asked;
  if (!one) throw new Error("nothing was asked");
  return one;
};

beforeEach(() => {
  asked = [];
  answer = () => Response.json({ revision: 2 });
  document.cookie = "csrftoken=t%20oken";
  globalThis.fetch = async (address, { method = "GET", headers, body, signal } = {}) => {
    asked.push({ address: address as string, method, headers: new Headers(headers), body, signal });
    return answer();
  };
});

afterEach(() => {
  vi.useRealTimers();
});

describe("the client", () => {
  it("saves with the revision and the token, and gives the answer", async () => {
    const document = { api_version: 1, name: "case", nodes: {} } as const;

    expect(await client.savePipeline(PLACE, 7, document)).toEqual({ revision: 2 });
    expect(first()).toMatchObject({ address: "/api/v1/teams/studio/pipelines/a%2Fb", method: "PUT" });
    expect(Object.fromEntries(first().headers)).toMatchObject({
      "if-match": '"7"',
      "x-csrftoken": "t oken",
      "content-type": "application/json",
    });
    expect(first().body).toBe(JSON.stringify(document));
  });

  it.each<[string, () => Promise<unknown>, string, string | undefined]>([
    ["GET /api/v1/teams/studio/components", () => client.listComponents("studio"), "", undefined],
    ["GET /api/v1/teams/studio/pipelines/a%2Fb", () => client.getPipeline(PLACE), "", undefined],
    ["DELETE /api/v1/teams/studio/pipelines/a%2Fb", () => client.archivePipeline(PLACE), "", undefined],
    ["POST /api/v1/teams/studio/pipelines/a%2Fb/runs", () => client.startRun(PLACE, 3), '{"revision":3}', "application/json"],
    ["GET /api/v1/teams/studio/pipelines/a%2Fb/runs/r", () => client.getRun(PLACE, "r"), "", undefined],
    ["POST /api/v1/teams/studio/pipelines/a%2Fb/runs/r/stop", () => client.stopRun(PLACE, "r"), "", undefined],
    [
      "PATCH /api/v1/teams/studio/pipelines/a%2Fb/runs/r/nodes/n",
      () => client.setLiveParameters(PLACE, "r", "n", { text: "a" }),
      '{"parameters":{"text":"a"}}',
      "application/json",
    ],
    ["GET /api/v1/teams/studio/pipelines/a%2Fb/runs/r/nodes/n/log?tail=5", () => client.getNodeLog(PLACE, "r", "n", 5), "", undefined],
    ["POST /api/v1/documents/parse?team=studio", () => client.parseDocument("a: 1", "studio"), "a: 1", "application/yaml"],
  ])("asks %s", async (line, ask, body, type) => {
    await ask();

    expect(asked.map(({ method, address }) => `${method} ${address}`)).toEqual([line]);
    expect([first().body ?? "", first().headers.get("Content-Type") ?? undefined]).toEqual([body, type]);
    expect(first().headers.has("X-CSRFToken")).toBe(first().method !== "GET");
  });

  it("gives a pipeline file as text", async () => {
    answer = () => new Response("api_version: 1\n");

    expect(await client.printDocument({ api_version: 1, name: "a", nodes: {} })).toBe("api_version: 1\n");
  });

  it("rejects with what the server says is wrong", async () => {
    const problems = [{ code: "circle", message: "Round." }, { line: 2, message: "Bad." }, "nonsense", {}];
    answer = () =>
      Response.json(
        { type: "about:blank", status: 422, title: "It breaks rules.", detail: "Two.", code: "a:user:b", problems },
        { status: 422, headers: { "Retry-After": "90" } },
      );

    const error = await client.startRun(PLACE, 1).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(ApiProblem);
    expect(error).toMatchObject({ status: 422, code: "a:user:b", message: "It breaks rules.", retryAfterMs: 60_000 });
    expect((error as ApiProblem).problems.map(({ message, node, line }) => [message, node, line])).toEqual([
      ["Round.", "", 0],
      ["Bad.", "", 2],
    ]);
    expect([sentenceOf(error), (error as ApiProblem).isPassing]).toEqual(["It breaks rules. Two.", false]);
    expect(asked).toHaveLength(1);
  });

  it.each([
    [401, "signed out"],
    [404, "not there"],
    [500, "answered 500"],
  ])("has words of its own where %i comes without any", async (status, words) => {
    answer = () => new Response("<html>", { status });

    await expect(client.getPipeline(PLACE)).rejects.toThrow(words);
  });

  it("says when the server was not reached, or its answer is none", async () => {
    answer = () => Promise.reject(new TypeError("Failed to fetch"));
    await expect(client.getPipeline(PLACE)).rejects.toThrow("not reached");
    answer = () => new Response("{");
    await expect(client.getPipeline(PLACE)).rejects.toBeInstanceOf(NotReached);
    expect(asked).toHaveLength(2);
  });

  it("gives up after a while", async () => {
    const given = vi.spyOn(AbortSignal, "timeout").mockReturnValue(AbortSignal.abort(new DOMException("", "TimeoutError")));
    answer = () => Promise.reject(first().signal?.reason as Error);

    await expect(client.getPipeline(PLACE)).rejects.toThrow("did not answer within 15 s");
    expect(given).toHaveBeenCalledWith(15_000);
    given.mockRestore();
  });
});

describe("readBoot", () => {
  it("reads what the page tells, and says so where it tells nothing", () => {
    const page = document.implementation.createHTMLDocument();
    expect(() => readBoot(page)).toThrow("load it again");
    page.body.innerHTML = '<script type="application/json" id="boot">{"team":"studio","slug":"case"}</script>';

    expect(readBoot(page)).toEqual({ team: "studio", slug: "case" });
  });
});
