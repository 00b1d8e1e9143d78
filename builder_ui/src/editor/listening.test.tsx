// @vitest-environment jsdom
import { cleanup, fireEvent, render } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import type { Commands } from "@/editor/commands";
import { useShortcuts } from "@/editor/listening";
import { useDocument } from "@/stores/document";

vi.hoisted(() => {
  // The workspace asks for the width as soon as it is read.
  window.matchMedia = () => ({ matches: false, addEventListener: () => undefined, removeEventListener: () => undefined }) as never;
});

const remove = vi.fn();
const escape = vi.fn();

function Page({ isAsking }: { isAsking: boolean }) {
  useShortcuts({ delete: remove, escape } as unknown as Commands);
  return isAsking ? <dialog open>Archive it?</dialog> : <p>canvas</p>;
}

afterEach(() => {
  cleanup();
  vi.clearAllMocks();
});

it("hears keys wherever the focus is", () => {
  useDocument.setState({ may: { edit: true, run: true } });
  render(<Page isAsking={false} />);

  fireEvent.keyDown(document.body, { key: "Delete" });

  expect(remove).toHaveBeenCalledOnce();
});

it("leaves all keys to an open dialog, even where nothing in it has the focus", () => {
  useDocument.setState({ may: { edit: true, run: true } });
  render(<Page isAsking />);

  const wasDefault = fireEvent.keyDown(document.body, { key: "Escape" });
  fireEvent.keyDown(document.body, { key: "Delete" });

  expect(wasDefault).toBe(true);
  expect([remove.mock.calls, escape.mock.calls]).toEqual([[], []]);
});
