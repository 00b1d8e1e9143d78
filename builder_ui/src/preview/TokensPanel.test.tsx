// @vitest-environment jsdom
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { EndpointToken } from "@/api/types";
import { FakeApi, json, problem } from "@/live/tests/fake_api";
import { openPipeline, PLACE } from "@/live/tests/open_pipeline";
import { addressOf } from "@/preview/endpoints";
import { SessionRefused } from "@/preview/signalling";
import { TokensPanel } from "@/preview/TokensPanel";

const TOKENS = `${PLACE}/endpoints/e1/tokens`;
const OBS: EndpointToken = {
  id: 7, name: "OBS", prefix: "mpe_abcdef", made_by: "alice", made_at: "2026-11-22T10:00:00Z", expires_at: null, last_used_at: null, holds: true,
};
let api: FakeApi;

const listed = (...items: EndpointToken[]) => (): Response => json({ items, next: null });

beforeEach(() => {
  api = new FakeApi();
  openPipeline({ endpoints: [{ id: "e1", node: "camera", kind: "whip", address: "http://here/whip/e1" }] });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe("the tokens of an endpoint", () => {
  it("are none at first, and it says what one is for", async () => {
    api.on(`GET ${TOKENS}`, listed());
    render(<TokensPanel endpoint="e1" />);
    expect(await screen.findByText(/Make one for each/)).toBeTruthy();
    expect(screen.getByRole("button", { name: "Make a token" }).getAttribute("aria-disabled")).toBe("true");
  });

  it("are made, shown once, and then listed by how they begin", async () => {
    api.on(`GET ${TOKENS}`, listed(), listed(OBS)).on(`POST ${TOKENS}`, () => json({ ...OBS, token: "mpe_abcdefghij" }, 201));
    render(<TokensPanel endpoint="e1" />);
    await userEvent.type(screen.getByLabelText("What it is for"), "OBS");
    await userEvent.selectOptions(screen.getByLabelText("Holds for"), "Until revoked");
    await userEvent.click(screen.getByRole("button", { name: "Make a token" }));
    expect(await screen.findByText(/it is not shown again/)).toBeTruthy();
    expect(JSON.parse(api.asked.find(({ method }) => method === "POST")?.body ?? "")).toEqual({ name: "OBS", expires_at: null });
    await userEvent.click(screen.getByLabelText("Show Token OBS"));
    expect(screen.getByLabelText<HTMLInputElement>("Token OBS").value).toBe("mpe_abcdefghij");
    expect(screen.getByText("mpe_abcdef…")).toBeTruthy();
    expect((await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } })).violations).toEqual([]);
  });

  it("are revoked when asked twice, and not before", async () => {
    api.on(`GET ${TOKENS}`, listed(OBS), listed()).on(`DELETE ${TOKENS}/7`, () => new Response(null, { status: 204 }));
    render(<TokensPanel endpoint="e1" />);
    await userEvent.click(await screen.findByRole("button", { name: "Revoke OBS…" }));
    await userEvent.click(screen.getByRole("button", { name: "Keep" }));
    expect(api.asked.map(({ method }) => method)).toEqual(["GET"]);
    await userEvent.click(screen.getByRole("button", { name: "Revoke OBS…" }));
    await userEvent.click(screen.getByRole("button", { name: "Revoke" }));
    expect(await screen.findByText(/No program has a token yet/)).toBeTruthy();
  });

  it("say why one cannot be made", async () => {
    api.on(`GET ${TOKENS}`, listed()).on(`POST ${TOKENS}`, () => problem(422, "The endpoint has 50 tokens already; revoke one."));
    render(<TokensPanel endpoint="e1" />);
    await userEvent.type(screen.getByLabelText("What it is for"), "OBS{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain("50 tokens already");
    expect(screen.getByLabelText<HTMLInputElement>("What it is for").value).toBe("OBS");
  });
});

describe("a pass", () => {
  it("is fetched anew for each session", async () => {
    let count = 0;
    api.on(`POST ${PLACE}/endpoints/e1/pass`, () => json({ token: `mpp_${String(++count)}`, expires_at: "2026-11-22T10:15:00Z" }, 201));
    const found = addressOf("camera");
    expect([await found?.pass(), await found?.pass()]).toEqual(["mpp_1", "mpp_2"]);
  });

  it("that is refused for good is not asked for again; one that was not had may be", async () => {
    api.on(`POST ${PLACE}/endpoints/e1/pass`, () => problem(403, "Running pipelines needs the role operator."), () => problem(503, "Try again."));
    const refusals = [await addressOf("camera")?.pass().catch(String), await addressOf("camera")?.pass().catch((error: unknown) => error)];
    expect(refusals[0]).toContain("needs the role operator");
    expect(refusals[1]).toBeInstanceOf(SessionRefused);
    expect((refusals[1] as SessionRefused).retryAfter).not.toBeNull();
  });

  it("is for who may run pipelines", () => {
    openPipeline({ may: { edit: false, run: false } });
    expect(addressOf("camera")).toBeNull();
  });
});
