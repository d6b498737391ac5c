// Turns numbers over time into the lines of a plot. Pure. A gap in the readings is a gap in the line, never a slope.

import type { TrendPoint } from '../../../server/protocol/staff.js';

export interface PlotBox {
  width: number;
  height: number;
  /** Room time at the left and right edge. */
  from: number;
  to: number;
}

export interface PlotLines {
  /** Path data; '' where there is nothing to draw. */
  path: string;
  low: number;
  high: number;
}

/** Nothing was heard for so long: the line ends there. */
const GAP_MS = 120_000;

/** The line of the points, scaled to their own range. A number that never moved lies in the middle. */
export function plotLines(points: readonly TrendPoint[], { width, height, from, to }: PlotBox): PlotLines {
  const shown = points.filter(({ at, value }) => at >= from && at <= to && Number.isFinite(value));
  const values = shown.map(({ value }) => value);
  const low = values.length === 0 ? 0 : Math.min(...values);
  const high = values.length === 0 ? 0 : Math.max(...values);
  const x = (at: number) => round(((at - from) / Math.max(1, to - from)) * width);
  const y = (value: number) =>
    // Halves: the range of the largest numbers is none that a number can hold.
    round(high === low ? height / 2 : height - ((value / 2 - low / 2) / (high / 2 - low / 2)) * height);
  let path = '';
  let before: number | null = null;
  for (const { at, value } of shown) {
    path += `${before === null || at - before > GAP_MS ? 'M' : 'L'}${x(at)} ${y(value)}`;
    before = at;
  }
  return { path, low, high };
}

const round = (value: number) => Math.round(value * 10) / 10;
