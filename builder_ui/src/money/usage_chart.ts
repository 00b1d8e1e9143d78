/** The chart of the usage page: what a table below it says too. Loaded where a page has one, and nowhere else. */

import type uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { exactWordsOf, legendValues, makeControls, makeLegend, sentenceOf } from "@/money/usage_controls";
import { layersOf, readUsageData, sumAt, type UsageData, type View } from "@/money/usage_data";
import { drawPlot } from "@/money/usage_plot";

const FIRST: View = { measure: "micros", isTotal: false, isSplit: true };
const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7 };

/** Draw the page's chart into the element that waits for it. */
export function drawUsage(place: HTMLElement, page: Document = document): void {
  const text = page.getElementById("usage-data")?.textContent;
  if (!text) return;
  place.hidden = false;
  new UsageChart(place, readUsageData(text)).show(FIRST);
}

class UsageChart {
  readonly #place: HTMLElement;
  readonly #data: UsageData;
  #view: View = FIRST;
  #plot: uPlot | undefined;
  #field: HTMLElement | undefined;
  #day: number | null = null;

  constructor(place: HTMLElement, data: UsageData) {
    this.#place = place;
    this.#data = data;
    const again = (): void => {
      this.show(this.#view);
    };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
    new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    new ResizeObserver(() => {
      const width = this.#field?.clientWidth ?? 0;
      if (this.#plot && width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: this.#plot.height });
    }).observe(place);
  }

  /** Draw this view in place of what is drawn. */
  show(view: View): void {
    const held = this.#heldButton();
    this.#view = view;
    this.#plot?.destroy();
    const layers = layersOf(this.#data, view);
    const { list, marks, values } = makeLegend(layers);
    const field = document.createElement("div");
    field.className = "usage-plot";
    field.tabIndex = 0;
    field.setAttribute("role", "img");
    const told = document.createElement("p");
    told.className = "usage-told";
    told.setAttribute("aria-live", "polite");
    this.#place.replaceChildren(makeControls(view, (next) => { this.show(next); }), field, told, list);
    const tell = (at: number | null): void => {
      this.#day = at;
      told.textContent = sentenceOf(this.#data, layers, view, at);
      legendValues(this.#data, layers, view, at).forEach((words, each) => {
        const shown = values[each];
        if (shown) shown.textContent = words;
      });
    };
    field.setAttribute("aria-label", this.#summary(layers.length === 0 ? 0 : this.#whole(view)));
    const colours = marks.map((mark) => getComputedStyle(mark).backgroundColor);
    this.#field = field;
    this.#plot = drawPlot(field, { data: this.#data, layers, view, colours, onDay: tell });
    field.addEventListener("keydown", (event) => {
      this.#move(event);
    });
    tell(null);
    this.#takeHold(held);
  }

  #move(event: KeyboardEvent): void {
    const last = this.#data.days.length - 1;
    const step = STEPS[event.key];
    const from = this.#day ?? (step !== undefined && step > 0 ? -1 : last + 1);
    const to = event.key === "Home" ? 0 : event.key === "End" ? last : step === undefined ? null : from + step;
    if (to === null || !this.#plot) return;
    event.preventDefault();
    const at = Math.max(0, Math.min(last, to));
    this.#plot.setCursor({ left: this.#plot.valToPos(at, "x"), top: 0 });
  }

  #whole(view: View): number {
    const layers = layersOf(this.#data, { ...view, isTotal: true });
    return sumAt(layers, this.#data.days.length - 1);
  }

  #summary(whole: number): string {
    const { days, currency } = this.#data;
    const what = this.#view.measure === "micros" ? "Cost" : "Time";
    return `${what} by day from ${days[0] ?? ""} to ${days.at(-1) ?? ""}, together ${exactWordsOf(this.#view, currency, whole)}. The table below has every number.`;
  }

  /** What a person has just pressed is made anew; the keyboard must not lose it. */
  #heldButton(): string {
    const held = document.activeElement;
    return held instanceof HTMLButtonElement && this.#place.contains(held) ? held.textContent : "";
  }

  #takeHold(title: string): void {
    if (!title) return;
    for (const button of this.#place.querySelectorAll("button")) {
      if (button.textContent === title) button.focus();
    }
  }
}
