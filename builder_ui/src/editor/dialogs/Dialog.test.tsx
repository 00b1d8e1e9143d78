// @vitest-environment jsdom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Dialog } from "@/editor/dialogs/Dialog";

beforeEach(() => {
  // jsdom has no modal dialogs.
  HTMLDialogElement.prototype.showModal = function show() {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function close() {
    this.open = false;
  };
});

afterEach(cleanup);

it("takes the focus back when what had it is gone", () => {
  const close = (): void => undefined;
  const { rerender } = render(<Dialog title="Versions" close={close}><button type="button">Publish</button></Dialog>);
  screen.getByRole("button", { name: "Publish" }).focus();

  rerender(<Dialog title="Versions" close={close}><p>published</p></Dialog>);

  expect(document.activeElement).toBe(screen.getByRole("heading", { name: "Versions" }));
});

it("leaves the focus where somebody put it", () => {
  const close = (): void => undefined;
  const { rerender } = render(<Dialog title="Versions" close={close}><button type="button">Publish</button></Dialog>);
  const publish = screen.getByRole("button", { name: "Publish" });
  publish.focus();

  rerender(<Dialog title="Versions" close={close}><button type="button">Publish</button><p>more</p></Dialog>);

  expect(document.activeElement).toBe(publish);
});
