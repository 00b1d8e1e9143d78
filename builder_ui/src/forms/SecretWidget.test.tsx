// @vitest-environment jsdom
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SecretWidget } from "@/forms/SecretWidget";
import type { Parameter } from "@/graph/components";
import type { Value } from "@/graph/document";
import { FakeApi, json, problem } from "@/live/tests/fake_api";
import { openPipeline } from "@/live/tests/open_pipeline";
import { useDocument } from "@/stores/document";
import { readSecrets, useSecrets } from "@/stores/secrets";

const SECRETS = "/api/v1/teams/acme/secrets";
const KEY: Parameter = {
  type: "string", default: null, minimum: null, maximum: null, multiple_of: null, max_length: 100, enum: null, format: null,
  unit: "", title: "Key", help: "", apply: "restart", secret: true, group: "", advanced: false, visible_if: null,
};

const commit = vi.fn<(value: Value) => void>();
let api: FakeApi;

function show(value: Value, parameter: Parameter = KEY): void {
  render(
    <>
      <label htmlFor="key">Key</label>
      <SecretWidget id="key" parameter={parameter} value={value} commit={commit} disabled={false} invalid={false} describedBy={undefined} />
    </>,
  );
}

const listed = (names: string[], mayAdminister = true) => (): Response =>
  json({ items: names.map((name) => ({ name })), next: null, may_administer: mayAdminister });
const options = (): string[] => screen.getAllByRole("option").map((option) => option.textContent);

beforeEach(() => {
  api = new FakeApi();
  openPipeline();
});

afterEach(() => {
  cleanup();
  commit.mockClear();
  vi.unstubAllGlobals();
  useSecrets.setState({ names: null, mayAdminister: false });
});

test("it offers the team's secrets by name, and takes the name of the one that is chosen", async () => {
  api.on(`GET ${SECRETS}`, listed(["aws", "stream_key"]));
  await readSecrets();
  show("");
  expect(options()).toEqual(["Choose a secret", "aws", "stream_key"]);
  await userEvent.selectOptions(screen.getByLabelText("Key"), "stream_key");
  expect(commit).toHaveBeenCalledWith("secret:stream_key");
  expect((await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } })).violations).toEqual([]);
});

test("it says that a secret is missing, and the pipeline has that as a problem", async () => {
  api.on(`GET ${SECRETS}`, listed([]));
  await readSecrets();
  show("secret:gone");
  expect(screen.getByLabelText<HTMLSelectElement>("Key").value).toBe("gone");
  expect(options()).toContain("gone (missing)");
  expect(useDocument.getState().secrets).toEqual(new Set());
});

test("it can be none where the component works without", async () => {
  api.on(`GET ${SECRETS}`, listed(["aws"]));
  await readSecrets();
  show("secret:aws", { ...KEY, default: "" });
  await userEvent.selectOptions(screen.getByLabelText("Key"), "None");
  expect(commit).toHaveBeenCalledWith("");
});

test("it stores a new one, chooses it, and keeps nothing of the value", async () => {
  api.on(`GET ${SECRETS}`, listed([]), listed(["stream_key"])).on(`PUT ${SECRETS}/stream_key`, () => json({}, 201));
  await readSecrets();
  show("");
  await userEvent.click(screen.getByRole("button", { name: "New secret" }));
  await userEvent.type(screen.getByLabelText("Name"), "stream_key");
  await userEvent.type(screen.getByLabelText("Value"), "hunter2");
  await userEvent.click(screen.getByRole("button", { name: "Store" }));
  await vi.waitFor(() => {
    expect(commit).toHaveBeenCalledWith("secret:stream_key");
  });
  expect(api.asked.find(({ method }) => method === "PUT")?.body).toBe('{"value":"hunter2"}');
  expect(screen.queryByLabelText("Value")).toBeNull();
  expect(JSON.stringify([useSecrets.getState(), useDocument.getState()])).not.toContain("hunter2");
});

test("it says why a new one cannot be stored, before and after the server is asked", async () => {
  api.on(`GET ${SECRETS}`, listed(["taken"])).on(`PUT ${SECRETS}/fresh`, () => problem(422, "The team has 500 secrets already."));
  await readSecrets();
  show("");
  await userEvent.click(screen.getByRole("button", { name: "New secret" }));
  const store = screen.getByRole("button", { name: "Store" });
  for (const [name, sentence] of [["Bad Name", /Lowercase letters/], ["taken", /has a secret of this name/], ["fresh", /Give it a value/]] as const) {
    await userEvent.clear(screen.getByLabelText("Name"));
    await userEvent.type(screen.getByLabelText("Name"), name);
    await userEvent.click(store);
    expect(screen.getByRole("alert").textContent).toMatch(sentence);
  }
  await userEvent.type(screen.getByLabelText("Value"), "x");
  await userEvent.click(store);
  expect(await screen.findByText("The team has 500 secrets already.")).toBeTruthy();
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByLabelText("Value")).toBeNull();
});

test("who may not administer chooses, and learns who stores secrets", async () => {
  api.on(`GET ${SECRETS}`, listed([], false));
  await readSecrets();
  show("");
  expect(screen.queryByRole("button")).toBeNull();
  expect(screen.queryByRole("link")).toBeNull();
  expect(screen.getByText(/An admin of the team stores secrets/)).toBeTruthy();
});
