// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, expect, test, vi } from "vitest";
import { ParameterForm } from "@/forms/ParameterForm";
import type { Parameter } from "@/graph/components";
import type { Value } from "@/graph/document";

const PLAIN: Parameter = {
  type: "string", default: null, minimum: null, maximum: null, multiple_of: null, max_length: null, enum: null, format: null,
  unit: "", title: "Plain", help: "", apply: "live", secret: false, group: "", advanced: false, visible_if: null,
};

const change = vi.fn<(name: string, value: Value | undefined) => void>();

/** A form that keeps what it is given, as the pipeline would. */
function Kept({ parameters, start = {}, problems = {} }: {
  parameters: Record<string, Parameter>; start?: Record<string, Value>; problems?: Record<string, string[]>;
}) {
  const [given, setGiven] = useState(start);
  return (
    <ParameterForm
      parameters={parameters}
      given={given}
      problemsOf={(name) => problems[name] ?? []}
      markOf={() => null}
      isDisabled={() => false}
      change={(name, value) => {
        change(name, value);
        const others = Object.entries(given).filter(([each]) => each !== name);
        setGiven(Object.fromEntries(value === undefined ? others : [...others, [name, value]]));
      }}
    />
  );
}

afterEach(() => {
  cleanup();
  change.mockClear();
  vi.useRealTimers();
});

test("it makes one change of what is typed without a pause", () => {
  vi.useFakeTimers();
  render(<Kept parameters={{ text: { ...PLAIN, title: "Text" } }} />);
  const field = screen.getByLabelText("Text");
  for (const text of ["H", "He", "Hey"]) {
    fireEvent.change(field, { target: { value: text } });
  }
  expect(change).not.toHaveBeenCalled();
  vi.advanceTimersByTime(300);
  expect(change.mock.calls).toEqual([["text", "Hey"]]);
});

test("it takes what was typed on Enter and on leaving the field", async () => {
  const user = userEvent.setup();
  render(<Kept parameters={{ one: { ...PLAIN, title: "One" }, two: { ...PLAIN, title: "Two" } }} />);
  await user.type(screen.getByLabelText("One"), "a{Enter}");
  await user.type(screen.getByLabelText("Two"), "b");
  await user.tab();
  expect(change.mock.calls).toEqual([["one", "a"], ["two", "b"]]);
});

test("it keeps what was typed when the node is left at once", () => {
  const { unmount } = render(<Kept parameters={{ text: { ...PLAIN, title: "Text" } }} />);
  fireEvent.change(screen.getByLabelText("Text"), { target: { value: "late" } });
  unmount();
  expect(change.mock.calls).toEqual([["text", "late"]]);
});

test("it moves numbers by the arrow keys within their bounds", async () => {
  const user = userEvent.setup();
  const size: Parameter = { ...PLAIN, type: "integer", default: 10, minimum: 2, maximum: 13, multiple_of: 2, unit: "px", title: "Size" };
  render(<Kept parameters={{ size }} />);
  await user.type(screen.getByLabelText("Size"), "{ArrowUp}{ArrowUp}{Enter}");
  expect(change).toHaveBeenLastCalledWith("size", 12);
});

test("it hands on text that is no number, so that the check can say so", async () => {
  const user = userEvent.setup();
  const level: Parameter = { ...PLAIN, type: "number", default: 0.5, title: "Level" };
  render(<Kept parameters={{ level }} problems={{ level: ["loud is not a number. Give one such as 0.5."] }} />);
  const field = screen.getByLabelText("Level");
  await user.clear(field);
  await user.type(field, "loud{Enter}");
  expect(change).toHaveBeenLastCalledWith("level", "loud");
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(field.getAttribute("aria-describedby")).toBe(screen.getByText(/not a number/).id);
});

test("it brings the default back and says which it is", async () => {
  const user = userEvent.setup();
  const size: Parameter = { ...PLAIN, type: "integer", default: 36, unit: "px", title: "Size" };
  render(<Kept parameters={{ size }} start={{ size: 40 }} />);
  await user.click(screen.getByRole("button", { name: "Reset Size to its default, 36 px" }));
  expect(change).toHaveBeenLastCalledWith("size", undefined);
  expect(screen.getByLabelText<HTMLInputElement>("Size").value).toBe("36");
  expect(screen.queryByRole("button")).toBeNull();
});

test("it chooses one of an enumeration that is not of text", async () => {
  const user = userEvent.setup();
  const rate: Parameter = { ...PLAIN, type: "integer", default: 30, enum: [15, 30, 60], unit: "fps", title: "Rate" };
  render(<Kept parameters={{ rate }} />);
  await user.selectOptions(screen.getByLabelText("Rate"), "60 fps");
  expect(change).toHaveBeenLastCalledWith("rate", 60);
});

test("it turns a switch on and off", async () => {
  const user = userEvent.setup();
  render(<Kept parameters={{ clock: { ...PLAIN, type: "boolean", default: true, title: "Clock" } }} />);
  await user.click(screen.getByRole("switch", { name: "Clock" }));
  expect(change).toHaveBeenLastCalledWith("clock", false);
});

test("it shows a parameter only where another one lets it", async () => {
  const user = userEvent.setup();
  const parameters = {
    tone: { ...PLAIN, type: "boolean" as const, default: false, title: "Tone" },
    pitch: { ...PLAIN, title: "Pitch", visible_if: { parameter: "tone", equals: true } },
  };
  render(<Kept parameters={parameters} />);
  expect(screen.queryByLabelText("Pitch")).toBeNull();
  await user.click(screen.getByRole("switch", { name: "Tone" }));
  expect(screen.getByLabelText("Pitch")).toBeDefined();
});

test("it folds what is advanced away, and unfolds it where something is wrong", () => {
  const parameters = { gain: { ...PLAIN, title: "Gain", advanced: true } };
  const { container, rerender } = render(<Kept parameters={parameters} start={{ gain: "loud" }} />);
  expect(container.querySelector("details")?.open).toBe(false);
  expect(screen.getByText("Advanced (1 changed)")).toBeDefined();
  rerender(<Kept parameters={parameters} problems={{ gain: ["It is wrong."] }} />);
  expect(container.querySelector("details")?.open).toBe(true);
});
