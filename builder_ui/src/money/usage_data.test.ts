import { describe, expect, it } from "vitest";
import { layersOf, readUsageData, sumAt, ticksOf, type UsageData, type View } from "@/money/usage_data";

const DATA: UsageData = {
  currency: "EUR",
  days: ["2026-11-01", "2026-11-02", "2026-11-03"],
  series: [
    { name: "overlay@1.0.0", micros: [5, 0, 7], milliseconds: [50, 0, 70] },
    { name: "others", micros: [1, 2, 0], milliseconds: [10, 20, 0] },
  ],
};

describe("the layers of the chart", () => {
  it("stack the components on each other", () => {
    const layers = layersOf(DATA, { measure: "micros", isTotal: false, isSplit: true });
    expect(layers.map(({ top }) => top)).toEqual([
      [5, 0, 7],
      [6, 2, 7],
    ]);
    expect(layers.map(({ own }) => own)).toEqual([
      [5, 0, 7],
      [1, 2, 0],
    ]);
  });

  it("are one where nobody asks for components", () => {
    const layers = layersOf(DATA, { measure: "milliseconds", isTotal: false, isSplit: false });
    expect(layers).toEqual([{ name: "all", own: [60, 20, 70], top: [60, 20, 70] }]);
  });

  it("run up to the whole of the period, with components or without", () => {
    for (const isSplit of [true, false]) {
      const layers = layersOf(DATA, { measure: "micros", isTotal: true, isSplit });
      expect([0, 1, 2].map((at) => sumAt(layers, at))).toEqual([6, 8, 15]);
    }
  });

  it("are there without any usage", () => {
    const layers = layersOf({ ...DATA, series: [] }, { measure: "micros", isTotal: true, isSplit: true });
    expect(sumAt(layers, 1)).toBe(0);
  });
});

describe("the numbers at the axis", () => {
  const HOUR_MS = 3_600_000;
  const ticksAt = (highest: number, measure: View["measure"]) =>
    ticksOf([{ name: "all", own: [highest], top: [highest] }], measure);

  it.each<[number, View["measure"], number[]]>([
    [0, "micros", [0, 1]],
    [7, "micros", [0, 2, 4, 6, 8]],
    [285_000, "micros", [0, 50_000, 100_000, 150_000, 200_000, 250_000, 300_000]],
    [0, "milliseconds", [0, 1000]],
    [150_000, "milliseconds", [0, 30_000, 60_000, 90_000, 120_000, 150_000]],
    [15 * HOUR_MS, "milliseconds", [0, 3, 6, 9, 12, 15].map((hours) => hours * HOUR_MS)],
    [1000 * HOUR_MS, "milliseconds", [0, 200, 400, 600, 800, 1000].map((hours) => hours * HOUR_MS)],
  ])("up to %i of %s are round", (highest, measure, ticks) => {
    expect(ticksAt(highest, measure)).toEqual(ticks);
  });
});

describe("what the page brings", () => {
  it("is read", () => {
    expect(readUsageData(JSON.stringify(DATA))).toEqual(DATA);
  });

  it("is refused where the numbers do not fit the days", () => {
    expect(() => readUsageData(JSON.stringify({ ...DATA, days: ["2026-11-01"] }))).toThrow("do not fit");
  });
});
