// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NodeForm } from "@/editor/NodeForm";
import type { Component, Parameter } from "@/graph/components";
import { forgetChanges } from "@/live/parameters";
import { FakeApi, json } from "@/live/tests/fake_api";
import { liveNodeOf, liveRunOf, liveStateOf } from "@/live/tests/live_entries";
import { openPipeline, PLACE } from "@/live/tests/open_pipeline";
import type { LiveNode } from "@/live/state";
import { useDocument } from "@/stores/document";
import { resetLive, showState } from "@/stores/live";

const screenIs = vi.hoisted(() => {
  const width = { narrow: false };
  // The workspace asks for the width as soon as it is read.
  window.matchMedia = (query) => ({
    matches: width.narrow && query.includes("max-width"), addEventListener: () => undefined, removeEventListener: () => undefined,
  }) as never;
  return width;
});

const PLAIN: Parameter = {
  type: "string", default: "", minimum: null, maximum: null, multiple_of: null, max_length: null, enum: null, format: null,
  unit: "", title: "Text", help: "", apply: "live", secret: false, group: "", advanced: false, visible_if: null,
};
const CAPTION = {
  ref: "caption@1.0.0", name: "caption", title: "Caption", inputs: {}, outputs: {},
  parameters: { text: PLAIN, font: { ...PLAIN, title: "Font", apply: "restart" }, key: { ...PLAIN, title: "Key", secret: true } },
} as unknown as Component;
const PATCH = `PATCH ${PLACE}/runs/r1/nodes/caption`;
let api: FakeApi;

const open = (may: { edit: boolean; run: boolean }): void => {
  const nodes = { caption: { component: CAPTION.ref, parameters: { text: "DRAFT", key: "MINE" } } };
  openPipeline({ may, document: { api_version: 1, name: "hello", nodes } }, { [CAPTION.ref]: CAPTION });
};
const running = (change: Partial<LiveNode>): void => {
  act(() => {
    showState(liveStateOf({ run: liveRunOf({}), nodes: { caption: liveNodeOf({ component: CAPTION.ref, ...change }) } }), 0);
  });
};
const field = (title: string) => screen.getByLabelText<HTMLInputElement>(title, { exact: true });
const drawn = () => useDocument.getState().graph.nodes["caption"]?.parameters["text"];
const sent = (): unknown[] => api.asked.filter(({ method }) => method === "PATCH").map(({ body }) => JSON.parse(body) as unknown);

beforeEach(() => {
  vi.useFakeTimers();
  api = new FakeApi().on(PATCH, () => json({ revision: 2 }));
  resetLive();
  forgetChanges();
  screenIs.narrow = false;
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("on a screen too small to draw on", () => {
  beforeEach(() => {
    screenIs.narrow = true;
    open({ edit: true, run: true });
  });

  it("live parameters of the run alone are changed, and nothing before it runs", async () => {
    render(<NodeForm node="caption" />);
    expect(field("Text").disabled).toBe(true);
    expect(screen.getByText(/can only be looked at/)).toBeTruthy();

    running({ parameters: { text: "RUN", key: "MINE" } });
    expect(field("Text").value).toBe("RUN");
    expect([field("Text").disabled, field("Font").disabled]).toEqual([false, true]);
    expect(screen.getByText(/goes to this run alone/)).toBeTruthy();

    fireEvent.change(field("Text"), { target: { value: "MORE" } });
    await act(() => vi.advanceTimersByTimeAsync(500));
    expect(sent()).toEqual([{ parameters: { text: "MORE" } }]);
    expect(drawn()).toBe("DRAFT");

    fireEvent.change(field("Text"), { target: { value: "RUN" } });
    await act(() => vi.advanceTimersByTimeAsync(1000));
    expect(sent().at(-1)).toEqual({ parameters: { text: "RUN" } });
    expect(api.asked.every(({ method }) => method === "PATCH")).toBe(true);
  });

  it("nothing is changed of a run whose parameters are not known", () => {
    render(<NodeForm node="caption" />);
    const large = liveNodeOf({ component: CAPTION.ref });
    Reflect.deleteProperty(large, "parameters");
    act(() => {
      showState(liveStateOf({ run: liveRunOf({}), nodes: { caption: large } }), 0);
    });
    expect(field("Text").disabled).toBe(true);
    expect(field("Text").value).toBe("DRAFT");
  });
});

it.each([false, true])("who may not edit changes nothing, also while it runs; may run: %s", (run) => {
  open({ edit: false, run });
  render(<NodeForm node="caption" />);
  running({ parameters: { text: "RUN", key: "MINE" } });
  expect(field("Text").disabled).toBe(true);
  expect(screen.getByText("this run has: RUN")).toBeTruthy();
  expect(screen.queryByRole("button", { name: /draft|to the run/ })).toBeNull();
});

describe("a field whose value the run has not", () => {
  beforeEach(() => {
    open({ edit: true, run: true });
    render(<NodeForm node="caption" />);
    running({ revision: 2, observed_revision: 2, parameters: { text: "OVERRIDE", key: "OTHER" } });
  });

  it("says what the run has, but of no secret, and takes it into the draft", () => {
    expect(field("Text").value).toBe("DRAFT");
    expect(screen.getByText("this run has: OVERRIDE")).toBeTruthy();
    expect(screen.queryByText(/OTHER/)).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "Take what the run has for Text into the draft" }));
    expect(drawn()).toBe("OVERRIDE");
    expect(screen.queryByText(/this run/)).toBeNull();
    expect(sent()).toEqual([]);
  });

  it("sends the draft's value to the run, and is quiet while that is on its way", async () => {
    api.on(PATCH, () => json({ revision: 3 }));
    fireEvent.click(screen.getByRole("button", { name: "Send the draft's Text to the run" }));
    await act(() => vi.advanceTimersByTimeAsync(0));
    expect(sent()).toEqual([{ parameters: { text: "DRAFT" } }]);
    expect(screen.queryByText(/this run/)).toBeNull();
    running({ revision: 3, observed_revision: 3, parameters: { text: "DRAFT", key: "MINE" } });
    await act(() => vi.advanceTimersByTimeAsync(10_000));
    expect(screen.queryByText(/this run/)).toBeNull();
  });

  it("tells what is applied from what is on its way and what was refused", () => {
    running({ revision: 3, observed_revision: 2, parameters: { text: "NEXT", key: "MINE" } });
    expect(screen.getByText("this run is getting: NEXT")).toBeTruthy();
    running({ revision: 3, observed_revision: 2, refused: { revision: 3, reason: "too long" }, parameters: { text: "NEXT", key: "MINE" } });
    expect(screen.getByText("this run refused: NEXT")).toBeTruthy();
  });
});
