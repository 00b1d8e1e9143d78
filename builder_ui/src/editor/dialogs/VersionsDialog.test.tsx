// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Version } from "@/api/types";
import VersionsDialog from "@/editor/dialogs/VersionsDialog";
import { fromDocument, toDocument } from "@/graph/document";
import { FakeApi, json } from "@/live/tests/fake_api";
import { openPipeline, PLACE } from "@/live/tests/open_pipeline";
import { change, undo, useDocument } from "@/stores/document";
import { useSaving } from "@/stores/saving";

vi.hoisted(() => {
  // The workspace asks for the width as soon as it is read.
  window.matchMedia = () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }) as never;
});

const ONE: Version = {
  number: 1,
  note: "as it was",
  created_at: "2026-11-22T10:00:00Z",
  created_by: "Alice",
  published: false,
  nodes: 2,
  is_draft: false,
};
let api: FakeApi;

beforeEach(() => {
  // jsdom has no modal dialogs.
  HTMLDialogElement.prototype.showModal = function show() {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function close() {
    this.open = false;
  };
  openPipeline();
  useDocument.setState({ problems: [], may: { edit: true, run: true } });
  useSaving.setState({ state: "saved", reasons: [], both: [] }, true);
  const document = { api_version: 1, name: "Hello", nodes: { camera: { component: "test_source@1.0.0" } } } as const;
  useDocument.setState({ graph: fromDocument(document) });
  api = new FakeApi();
  api.on(`GET ${PLACE}/versions`, () => json({ items: [ONE], next: null }));
  api.on(`GET ${PLACE}/versions/1`, () => json({ ...ONE, document }));
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const names = (): string[] => Object.keys(useDocument.getState().graph.nodes);

describe("the dialog of versions", () => {
  it("says what the draft has changed since the newest, and that nothing has where nothing did", async () => {
    const [first = ""] = names();
    render(<VersionsDialog />);
    await screen.findByText("Nothing: the draft is this version.");
    act(() => {
      change("removing", (draft) => {
        draft.nodes = Object.fromEntries(Object.entries(draft.nodes).filter(([name]) => name !== first));
        draft.wires = [];
      });
    });
    expect(screen.getByText("Removed").nextElementSibling?.textContent).toBe(first);
    expect(screen.getByText(/Alice/)).toBeTruthy();
  });

  it("goes back to a version, and undo brings the draft back", async () => {
    const before = names();
    render(<VersionsDialog />);
    await screen.findByText("Nothing: the draft is this version.");
    const back = screen.getByRole<HTMLButtonElement>("button", { name: "Go back to it" });
    expect([back.disabled, back.title]).toEqual([true, "The draft is this version already."]);
    act(() => {
      change("emptying", (draft) => {
        draft.nodes = {};
        draft.wires = [];
      });
    });
    fireEvent.click(screen.getByRole("button", { name: "Go back to it" }));
    expect(names()).toEqual(before);
    act(undo);
    expect(names()).toEqual([]);
  });

  it("makes a version once, however often the answer is lost", async () => {
    const keys: (string | null)[] = [];
    render(<VersionsDialog />);
    await screen.findByText("Nothing: the draft is this version.");
    api.on(`POST ${PLACE}/versions`, ({ headers }) => {
      keys.push(headers.get("Idempotency-Key"));
      if (keys.length === 1) throw new TypeError("lost");
      return json({ ...ONE, number: 2, note: "again", is_draft: true }, 201);
    });
    api.on(`GET ${PLACE}/versions/2`, () => json({ ...ONE, document: toDocument(useDocument.getState().graph) }));
    fireEvent.click(screen.getByRole("button", { name: "Make a version" }));
    await screen.findByRole("alert");
    fireEvent.click(screen.getByRole("button", { name: "Make a version" }));
    await screen.findByText("again");
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it("publishes one, and shows which is published", async () => {
    render(<VersionsDialog />);
    await screen.findByText("Nothing: the draft is this version.");
    api.on(`POST ${PLACE}/versions/1/publish`, () => json({ ...ONE, published: true }));
    fireEvent.click(screen.getByRole("button", { name: "Publish" }));
    await screen.findByText("published");
    expect(screen.queryByRole("button", { name: "Publish" })).toBeNull();
  });

  it("makes none of a draft that cannot run, and offers nothing to who may only look", async () => {
    useDocument.setState({ problems: [{}] as never });
    const { unmount } = render(<VersionsDialog />);
    await waitFor(() => {
      expect(screen.getByRole<HTMLButtonElement>("button", { name: "Make a version" }).disabled).toBe(true);
    });
    unmount();
    useDocument.setState({ may: { edit: false, run: false } });
    render(<VersionsDialog />);
    await screen.findByText("as it was");
    expect(screen.queryByRole("button", { name: /Make|Go back|Publish/ })).toBeNull();
  });

  it("passes axe", async () => {
    render(<VersionsDialog />);
    await screen.findByText("Nothing: the draft is this version.");
    const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
    expect(violations.map(({ id }) => id)).toEqual([]);
  });
});
