/** Answers to fetch in tests, by "METHOD address"; what was asked is kept. */

import { vi } from "vitest";

export type Asked = { method: string; address: string; body: string; headers: Headers };
type Answer = Response | Promise<Response>;

export class FakeApi {
  readonly asked: Asked[] = [];
  readonly #answers = new Map<string, ((asked: Asked) => Answer)[]>();

  constructor() {
    vi.stubGlobal("fetch", (input: RequestInfo | URL, init: RequestInit = {}) => this.#answer(input, init));
  }

  /** Answer this request so; several answers are given in turn, the last for ever. */
  on(request: string, ...answers: ((asked: Asked) => Answer)[]): this {
    this.#answers.set(request, answers);
    return this;
  }

  async #answer(input: RequestInfo | URL, init: RequestInit): Promise<Response> {
    const address = input instanceof Request ? input.url : String(input);
    const { pathname } = new URL(address, location.href);
    const body = typeof init.body === "string" ? init.body : "";
    const asked: Asked = { method: init.method ?? "GET", address, body, headers: new Headers(init.headers) };
    this.asked.push(asked);
    const answers = this.#answers.get(`${asked.method} ${pathname}`);
    const answer = answers && answers.length > 1 ? answers.shift() : answers?.[0];
    if (!answer) throw new TypeError(`Nobody answers ${asked.method} ${pathname}`);
    const response = await answer(asked);
    init.signal?.throwIfAborted();
    return response;
  }
}

export const json = (value: unknown, status = 200): Response =>
  new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json" } });

export const problem = (status: number, title: string, more: Record<string, unknown> = {}): Response =>
  json({ type: "about:blank", title, status, ...more }, status);
