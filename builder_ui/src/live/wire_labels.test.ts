// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { liveRunOf, liveStateOf, liveWireOf } from "@/live/tests/live_entries";
import type { LiveWire } from "@/live/state";
import { keepLabel } from "@/live/wire_labels";
import { resetLive, showState } from "@/stores/live";

let ends: (() => void)[] = [];
let elements: HTMLElement[] = [];
const label = (count: number): void => {
  elements = Array.from({ length: count }, () => document.createElement("span"));
  ends = elements.map((element, index) => keepLabel(element, `w${index}`, "video"));
};
const show = (change: Partial<LiveWire>, first: Partial<LiveWire> = {}): void => {
  const wires = Object.fromEntries(elements.map((_, index) => [`w${index}`, liveWireOf(index === 0 ? { ...change, ...first } : change)]));
  showState(liveStateOf({ run: liveRunOf({}), wires }), 0);
};
const texts = (): Set<string | null> => new Set(elements.map(({ textContent }) => textContent));

beforeEach(() => {
  vi.useFakeTimers();
  resetLive();
});

afterEach(() => {
  for (const end of ends) end();
  vi.useRealTimers();
});

describe("the labels of wires", () => {
  it("change at once while there are few", () => {
    label(10);
    show({ fps: 30 });
    show({ fps: 25 });
    expect(texts()).toEqual(new Set(["25 fps · 0 lost\n1.2 Mbit/s"]));
  });

  it("change together and less often when there are many, and are right in the end", () => {
    label(100);
    show({ fps: 30 });
    show({ fps: 25 });
    expect(texts()).toEqual(new Set(["30 fps · 0 lost\n1.2 Mbit/s"]));
    show({ fps: 20 });
    vi.advanceTimersByTime(500);
    expect(texts()).toEqual(new Set(["20 fps · 0 lost\n1.2 Mbit/s"]));
  });

  it("tell a cut wire at once, however many there are", () => {
    label(100);
    show({});
    show({ fps: 25 }, { live: false });
    expect(elements[0]?.dataset["fare"]).toBe("dead");
    expect(elements[0]?.textContent).toBe("not connected");
  });

  it("write nothing more once they are gone", () => {
    label(100);
    show({});
    show({ fps: 25 });
    for (const end of ends) end();
    vi.advanceTimersByTime(5000);
    expect(texts()).toEqual(new Set(["30 fps · 0 lost\n1.2 Mbit/s"]));
    expect(vi.getTimerCount()).toBe(0);
  });
});
