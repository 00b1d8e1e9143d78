/** What the usage page brings for its chart, and the columns that are drawn of it. Pure. */

export type Series = { name: string; milliseconds: number[]; micros: number[] };
export type UsageData = { currency: string; days: string[]; series: Series[] };
export type View = { measure: "micros" | "milliseconds"; isTotal: boolean; isSplit: boolean };
/** One thing that is drawn: `own` are its numbers, `top` where its column ends on those below it. */
export type Layer = { name: string; own: number[]; top: number[] };

const MOST_STEPS = 6;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const TIMES = [
  ...[1, 2, 5, 10, 15, 30].map((each) => each * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((each) => each * MINUTE),
  ...[1, 2, 3, 6, 12, 24].map((each) => each * HOUR),
];

/** The data in the page. Throws where it is not what the page's template writes. */
export function readUsageData(text: string): UsageData {
  const data = JSON.parse(text) as UsageData;
  const { days, series } = data;
  const fits = (each: Series): boolean => each.micros.length === days.length && each.milliseconds.length === days.length;
  if (!Array.isArray(days) || !series.every(fits)) throw new Error("The numbers of the chart do not fit its days.");
  return data;
}

/** The layers of a view, the lowest first. */
export function layersOf(data: UsageData, view: View): Layer[] {
  const sums = data.series.map((each) => ({ name: each.name, own: runningOf(each[view.measure], view.isTotal) }));
  const parts = view.isSplit && sums.length > 0 ? sums : [{ name: "all", own: addedUp(data, sums.map(({ own }) => own)) }];
  let below = data.days.map(() => 0);
  return parts.map(({ name, own }) => {
    below = own.map((value, at) => value + (below[at] ?? 0));
    return { name, own, top: below };
  });
}

/** All layers of one day together. */
export function sumAt(layers: Layer[], at: number): number {
  return layers.at(-1)?.top[at] ?? 0;
}

/** Round numbers from nothing to above the highest column, six steps at most, so that an axis can name them. */
export function ticksOf(layers: Layer[], measure: View["measure"]): number[] {
  const highest = Math.max(0, ...(layers.at(-1)?.top ?? []));
  const step = measure === "micros" ? roundStep(highest) : timeStep(highest);
  const count = Math.max(1, Math.ceil(highest / step));
  return Array.from({ length: count + 1 }, (_, at) => at * step);
}

function roundStep(highest: number): number {
  const least = Math.max(1, highest / MOST_STEPS);
  const magnitude = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 2.5, 5, 10].find((each) => each * magnitude >= least) ?? 10) * magnitude;
}

function timeStep(highest: number): number {
  const found = TIMES.find((each) => highest <= each * MOST_STEPS);
  return found ?? roundStep(highest / HOUR) * HOUR;
}

function runningOf(values: number[], isTotal: boolean): number[] {
  if (!isTotal) return values;
  let sum = 0;
  return values.map((value) => (sum += value));
}

function addedUp(data: UsageData, rows: number[][]): number[] {
  return data.days.map((_, at) => rows.reduce((sum, row) => sum + (row[at] ?? 0), 0));
}
