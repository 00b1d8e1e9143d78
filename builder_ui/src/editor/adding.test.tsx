// @vitest-environment jsdom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { addFromAddress } from "@/editor/adding";
import { offered } from "@/editor/component_search";
import { ComponentStanding, NodeStanding } from "@/editor/ComponentStanding";
import { useNotices } from "@/editor/notices";
import { COMPONENTS, pipelineOf } from "@/graph/cases";
import type { Component, Components } from "@/graph/components";
import { load, undo, useDocument } from "@/stores/document";
import { useSelection } from "@/stores/selection";

vi.hoisted(() => {
  // The workspace asks for the width as soon as it is read.
  window.matchMedia = () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }) as never;
});

const camera = COMPONENTS["camera@1.0.0"];
if (!camera) throw new Error("the table has no camera");

function known(status: Component["status"], change: Partial<Component> = {}): Components {
  const component = { ...camera, status, status_note: "Use effect.", ...change } as Component;
  return { ...COMPONENTS, [component.ref]: component };
}

function open(components: Components, may = { edit: true, run: true }, nodes: Record<string, { component: string }> = {}): void {
  load(pipelineOf({ api_version: 1, name: "case", nodes }, { may }), components);
}

function visit(address: string): void {
  history.replaceState(null, "", address);
  addFromAddress();
}

const names = (): string[] => Object.keys(useDocument.getState().graph.nodes);
const told = (): string => useNotices.getState().toasts.map(({ text }) => text).join(" ");

beforeEach(() => {
  useNotices.setState({ toasts: [], spoken: "" });
});

afterEach(() => {
  cleanup();
  history.replaceState(null, "", "/");
});

describe("coming from the marketplace", () => {
  it("places one node, selects it, and one step undoes it", () => {
    open(known("available"));

    visit("/t/studio/case/?add=camera%401.0.0&keep=1");

    expect(names()).toEqual(["camera"]);
    expect([...useSelection.getState().nodes]).toEqual(["camera"]);
    expect(location.search).toBe("?keep=1");
    addFromAddress();
    expect(names()).toEqual(["camera"]);
    undo();
    expect(names()).toEqual([]);
  });

  it.each<[string, Components, boolean, string]>([
    ["gone@9.0.0", known("available"), true, "not installed here"],
    ["camera@1.0.0", known("yanked"), true, "was withdrawn"],
    ["camera@1.0.0", known("available"), false, "cannot change this pipeline"],
  ])("says why %s is not placed", (ref, components, edit, words) => {
    open(components, { edit, run: true });

    visit(`/t/studio/case/?add=${encodeURIComponent(ref)}`);

    expect(names()).toEqual([]);
    expect(told()).toContain(words);
    expect(location.search).toBe("");
  });

  it("does nothing where the address names none", () => {
    open(known("available"));

    visit("/t/studio/case/");

    expect([names(), told()]).toEqual([[], ""]);
  });
});

describe("what is offered", () => {
  const refs = (components: Components): string[] => offered(components).filter(({ name }) => name === "camera").map(({ ref }) => ref);

  it("leaves out what was withdrawn, and prefers what is not deprecated", () => {
    expect(refs(known("yanked"))).toEqual([]);
    expect(refs(known("deprecated"))).toEqual(["camera@1.0.0"]);
    expect(refs(known("deprecated", { ref: "camera@2.0.0", version: "2.0.0" }))).toEqual(["camera@1.0.0"]);
    expect(refs(known("available", { ref: "camera@2.0.0", version: "2.0.0" }))).toEqual(["camera@2.0.0"]);
  });
});

describe("what a node says of its component", () => {
  it.each<[Component["status"], string]>([
    ["deprecated", "Deprecated"],
    ["yanked", "Withdrawn"],
  ])("warns of one that is %s, with the note and the way to others", (status, title) => {
    open(known(status), undefined, { one: { component: "camera@1.0.0" } });

    render(<ComponentStanding node="one" />);

    expect(screen.getByText(`${title}.`).parentElement?.textContent).toContain("Use effect.");
    expect(screen.getByRole("link").getAttribute("href")).toBe("/marketplace/camera/?team=studio");
  });

  it("says of a missing one that nothing is lost", () => {
    open(COMPONENTS, undefined, { one: { component: "gone@9.0.0" } });

    render(<ComponentStanding node="one" />);

    expect(screen.getByText(/keeps its parameters and/)).toBeTruthy();
  });

  it("is silent of one that is as it should be", () => {
    open(known("available"), undefined, { one: { component: "camera@1.0.0" } });

    const { container } = render(<><ComponentStanding node="one" /><NodeStanding component={{ ...camera, status: "available" }} /></>);

    expect(container.textContent).toBe("");
  });
});
