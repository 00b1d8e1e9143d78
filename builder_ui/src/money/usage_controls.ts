/** The buttons above the chart, and what stands below it: which colour is what, and the numbers of the chosen day. */

import { formatDay, formatExactly, formatMoney, formatTime } from "@/money/format";
import { sumAt, type Layer, type UsageData, type View } from "@/money/usage_data";

type Choice = { title: string; view: Partial<View> };

const GROUPS: readonly { name: string; choices: readonly Choice[] }[] = [
  { name: "What is drawn", choices: [{ title: "Cost", view: { measure: "micros" } }, { title: "Time", view: { measure: "milliseconds" } }] },
  { name: "How days are counted", choices: [{ title: "Each day", view: { isTotal: false } }, { title: "Running total", view: { isTotal: true } }] },
  { name: "How it is divided", choices: [{ title: "By component", view: { isSplit: true } }, { title: "All together", view: { isSplit: false } }] },
];

/** A number of the view in words. */
export function wordsOf(view: View, currency: string, value: number): string {
  return view.measure === "micros" ? formatMoney(value, currency) : formatTime(value);
}

/** A number of the view in words that add up: amounts have every place. */
export function exactWordsOf(view: View, currency: string, value: number): string {
  return view.measure === "micros" ? formatExactly(value, currency) : formatTime(value);
}

/** The buttons; `onChange` gets the new view. */
export function makeControls(view: View, onChange: (view: View) => void): HTMLElement {
  const bar = document.createElement("div");
  bar.className = "usage-controls";
  for (const { name, choices } of GROUPS) {
    const group = document.createElement("div");
    group.className = "usage-choice";
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", name);
    for (const choice of choices) group.append(makeButton(choice, view, onChange));
    bar.append(group);
  }
  return bar;
}

/** The legend: a line a layer, the lowest first, which is the largest. */
export function makeLegend(layers: Layer[]): { list: HTMLElement; marks: HTMLElement[]; values: HTMLElement[] } {
  const list = document.createElement("ul");
  list.className = "usage-legend";
  const marks: HTMLElement[] = [];
  const values: HTMLElement[] = [];
  layers.forEach(({ name }, at) => {
    const mark = document.createElement("span");
    mark.className = "usage-mark";
    mark.dataset["series"] = name === "others" ? "others" : String(at + 1);
    const value = document.createElement("span");
    value.className = "usage-value";
    const line = document.createElement("li");
    line.append(mark, name === "all" ? "all components" : name, value);
    list.append(line);
    marks.push(mark);
    values.push(value);
  });
  return { list, marks, values };
}

/** What stands in the legend beside each layer: the chosen day's amount, or the whole period's where none is. */
export function legendValues(data: UsageData, layers: Layer[], view: View, at: number | null): string[] {
  return layers.map(({ own }) => exactWordsOf(view, data.currency, at === null ? wholeOf(own, view) : (own[at] ?? 0)));
}

function wholeOf(own: number[], view: View): number {
  return view.isTotal ? (own.at(-1) ?? 0) : own.reduce((sum, value) => sum + value, 0);
}

/** The sentence about a day, or about all of them where none is chosen. */
export function sentenceOf(data: UsageData, layers: Layer[], view: View, at: number | null): string {
  if (at === null) return "Point at a day, or move with the arrow keys, to read its numbers.";
  const day = data.days[at];
  if (day === undefined) return "";
  const sum = exactWordsOf(view, data.currency, sumAt(layers, at));
  return view.isTotal ? `Up to ${formatDay(day)}: ${sum}` : `${formatDay(day)}: ${sum}`;
}

function makeButton({ title, view: part }: Choice, view: View, onChange: (view: View) => void): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = title;
  const isChosen = Object.entries(part).every(([name, value]) => view[name as keyof View] === value);
  button.setAttribute("aria-pressed", String(isChosen));
  button.addEventListener("click", () => {
    onChange({ ...view, ...part });
  });
  return button;
}
