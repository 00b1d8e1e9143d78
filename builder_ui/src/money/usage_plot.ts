/** Draws layers with uPlot, in the colours of the page as it is now. */

import uPlot from "uplot";
import { formatDay } from "@/money/format";
import { ticksOf, type Layer, type UsageData, type View } from "@/money/usage_data";
import { wordsOf } from "@/money/usage_controls";

const HEIGHT = 260;
const AXIS_WIDTH = 84;
const DAY_WIDTH = 84;

export type Drawn = { data: UsageData; layers: Layer[]; view: View; colours: string[]; onDay: (at: number | null) => void };

/** A chart in the element; days are numbered, so that no time zone moves them. */
export function drawPlot(place: HTMLElement, drawn: Drawn): uPlot {
  const { data, layers, onDay } = drawn;
  const numbers = data.days.map((_, at) => at);
  // The highest first: the ones below are drawn over it, and so only its own part stays visible.
  const tops = [...layers].reverse().map(({ top }) => top);
  const plot = new uPlot(optionsOf(place, drawn), [numbers, ...tops], place);
  plot.over.addEventListener("mouseleave", () => {
    onDay(null);
  });
  return plot;
}

function optionsOf(place: HTMLElement, { data, layers, view, colours, onDay }: Drawn): uPlot.Options {
  const style = getComputedStyle(place);
  const [ink, line] = [style.color, style.borderTopColor];
  const last = data.days.length - 1;
  const ticks = ticksOf(layers, view.measure);
  const font = `12px ${style.fontFamily}`;
  const axis = { stroke: ink, font, grid: { stroke: line, width: 1 }, ticks: { show: false } };
  return {
    width: Math.max(200, place.clientWidth),
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { show: false } },
    scales: { x: { time: false, range: [-0.5, last + 0.5] }, y: { range: [0, ticks.at(-1) ?? 1] } },
    axes: [
      { ...axis, grid: { show: false }, splits: (plot) => daysToName(plot.width, last), values: (_, found) => found.map((at) => formatDay(data.days[at] ?? "")) },
      { ...axis, size: AXIS_WIDTH, splits: ticks, values: (_, found) => found.map((value) => (value === 0 ? "0" : wordsOf(view, data.currency, value))) },
    ],
    series: [{}, ...[...layers].reverse().map((_, at) => seriesOf(colours[layers.length - 1 - at] ?? ink, view.isTotal))],
    hooks: {
      setCursor: [
        (plot) => {
          onDay(plot.cursor.idx ?? null);
        },
      ],
    },
  };
}

/** Columns; those of a running total touch each other. */
function seriesOf(colour: string, isTotal: boolean): uPlot.Series {
  const paths = uPlot.paths.bars?.({ size: isTotal ? [1, Infinity] : [0.8, 48] });
  return { stroke: colour, fill: colour, width: 0, points: { show: false }, ...(paths ? { paths } : {}) };
}

/** So many days that their names do not touch. */
function daysToName(width: number, last: number): number[] {
  const most = Math.max(1, Math.floor((width - AXIS_WIDTH) / DAY_WIDTH));
  const step = Math.max(1, Math.ceil((last + 1) / most));
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, at) => at * step);
}
