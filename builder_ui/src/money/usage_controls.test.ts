// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { exactWordsOf, legendValues, makeControls, makeLegend, sentenceOf } from "@/money/usage_controls";
import { layersOf, type UsageData, type View } from "@/money/usage_data";

const DATA: UsageData = {
  currency: "EUR",
  days: ["2026-11-01", "2026-11-02"],
  series: [
    { name: "overlay@1.0.0", micros: [50_000, 0], milliseconds: [60_000, 0] },
    { name: "others", micros: [10_000, 20_000], milliseconds: [1000, 2000] },
  ],
};
const VIEW: View = { measure: "micros", isTotal: false, isSplit: true };

beforeEach(() => {
  document.body.replaceChildren();
});

describe("the buttons of the chart", () => {
  it("show what is chosen, and ask for what is pressed", () => {
    const onChange = vi.fn();
    const bar = makeControls(VIEW, onChange);
    const pressed = [...bar.querySelectorAll("[aria-pressed=true]")].map((each) => each.textContent);
    expect(pressed).toEqual(["Cost", "Each day", "By component"]);
    for (const button of bar.querySelectorAll("button")) button.click();
    expect(onChange).toHaveBeenCalledWith({ ...VIEW, measure: "milliseconds" });
    expect(onChange).toHaveBeenCalledWith({ ...VIEW, isTotal: true });
    expect(onChange).toHaveBeenCalledWith({ ...VIEW, isSplit: false });
  });
});

describe("what stands below the chart", () => {
  it("names every layer beside its colour", () => {
    const { list, marks } = makeLegend(layersOf(DATA, VIEW));
    expect([...list.querySelectorAll("li")].map((line) => line.textContent)).toEqual(["overlay@1.0.0", "others"]);
    expect(marks.map((mark) => mark.dataset["series"])).toEqual(["1", "others"]);
    expect(makeLegend(layersOf(DATA, { ...VIEW, isSplit: false })).list.textContent).toBe("all components");
  });

  it("says amounts to the last place, so that they add up to the total", () => {
    const odd: UsageData = {
      ...DATA,
      series: [
        { name: "overlay@1.0.0", micros: [5_090, 1], milliseconds: [60_000, 0] },
        { name: "others", micros: [3_381, 1_999], milliseconds: [1000, 2000] },
      ],
    };
    const layers = layersOf(odd, VIEW);
    expect(legendValues(odd, layers, VIEW, null)).toEqual(["€0.005091", "€0.005380"]);
    expect(legendValues(odd, layers, VIEW, 1)).toEqual(["€0.000001", "€0.001999"]);
    expect(sentenceOf(odd, layers, VIEW, 1)).toBe("2 Nov: €0.002000");
    const total: View = { measure: "micros", isTotal: true, isSplit: true };
    expect(legendValues(odd, layersOf(odd, total), total, null)).toEqual(["€0.005091", "€0.005380"]);
    expect(exactWordsOf({ ...VIEW, measure: "milliseconds" }, "EUR", 40_000)).toBe("40 s");
  });

  it("says the numbers of the day that is pointed at", () => {
    const layers = layersOf(DATA, VIEW);
    expect(sentenceOf(DATA, layers, VIEW, 0)).toBe("1 Nov: €0.060000");
    expect(sentenceOf(DATA, layers, VIEW, null)).toContain("arrow keys");
    const total: View = { measure: "milliseconds", isTotal: true, isSplit: false };
    expect(sentenceOf(DATA, layersOf(DATA, total), total, 1)).toBe("Up to 2 Nov: 1 min 3 s");
  });
});
