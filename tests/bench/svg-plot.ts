// Plots as SVG text: lines over a linear or a logarithmic axis, bars in groups. Axes are labelled with units, Chinese first.
// Pure; black and four colours that also differ in brightness, and in shape where points are drawn.

import type { Names } from './rows.js';

export interface Series {
  name: Names;
  points: readonly (readonly [x: number, y: number])[];
}

export interface Panel {
  title: Names;
  x: { label: Names; log?: boolean; ticks?: readonly number[] };
  y: { label: Names };
  series: readonly Series[];
  /** A budget, drawn as a broken line. */
  limit?: { at: number; name: Names };
  /** Bars beside each other instead of lines; every x is a group. */
  bars?: boolean;
}

const COLOURS = ['#1f5fbf', '#c2410c', '#15803d', '#7c3aed'];
const [WIDTH, HEIGHT] = [520, 340];
const BOX = { left: 66, right: 18, top: 66, bottom: 62 };
const FONT = "'Noto Sans CJK SC','Noto Sans SC','Microsoft YaHei','PingFang SC',sans-serif";
/** Points closer than this are drawn as a line without marks. */
const MARKS_TO = 40;

/** Puts panels side by side, two in a row. */
export function plot(panels: readonly Panel[]): string {
  const columns = Math.min(2, panels.length);
  const [width, height] = [columns * WIDTH, Math.ceil(panels.length / columns) * HEIGHT];
  const drawn = panels.map((one, n) => {
    const at = `translate(${(n % columns) * WIDTH} ${Math.floor(n / columns) * HEIGHT})`;
    return `<g transform="${at}">${panel(one)}</g>`;
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
    `font-family="${FONT}" font-size="12" fill="#1b1f24">\n<rect width="${width}" height="${height}" fill="#ffffff"/>\n` +
    `${drawn.join('\n')}\n</svg>\n`
  );
}

function panel({ title, x, y, series, limit, bars = false }: Panel): string {
  const all = series.flatMap(({ points }) => points);
  const groups = [...new Set(all.map(([at]) => at))].sort((a, b) => a - b);
  const xTicks = x.ticks ?? (bars || x.log ? groups : niceTicks(Math.min(...groups), Math.max(...groups), 6));
  const values = all.map(([, value]) => value);
  // Numbers over bars and points need a place below the top.
  const top = Math.max(...values, limit?.at ?? 0) * (all.length > MARKS_TO ? 1 : 1.08);
  const bottom = Math.min(0, ...values);
  const yTicks = niceTicks(bottom, top === bottom ? bottom + 1 : top, 5);
  const [yLow, yHigh] = [yTicks[0] ?? 0, yTicks.at(-1) ?? 1];
  const [plotWidth, plotHeight] = [WIDTH - BOX.left - BOX.right, HEIGHT - BOX.top - BOX.bottom];
  const span = x.log ? (at: number) => Math.log(at) : (at: number) => at;
  const [first, last] = [span(Math.min(...groups, ...xTicks)), span(Math.max(...groups, ...xTicks))];
  const inset = bars || groups.length < MARKS_TO ? 14 : 0;
  const px = (at: number) => {
    if (bars) return BOX.left + ((groups.indexOf(at) + 0.5) / groups.length) * plotWidth;
    const share = last === first ? 0.5 : (span(at) - first) / (last - first);
    return BOX.left + inset + share * (plotWidth - 2 * inset);
  };
  const py = (value: number) => BOX.top + (1 - (value - yLow) / (yHigh - yLow)) * plotHeight;
  const parts: string[] = [words(title, 16, 22, { weight: 600, size: 14 })];
  for (const tick of yTicks) {
    const at = round(py(tick));
    parts.push(`<path d="M${BOX.left} ${at}H${WIDTH - BOX.right}" stroke="#dde1e6"/>`);
    parts.push(`<text x="${BOX.left - 7}" y="${at + 4}" text-anchor="end">${number(tick)}</text>`);
  }
  const floor = BOX.top + plotHeight;
  for (const tick of xTicks)
    parts.push(`<text x="${round(px(tick))}" y="${floor + 18}" text-anchor="middle">${number(tick)}</text>`);
  parts.push(
    `<path d="M${BOX.left} ${BOX.top}V${floor}H${WIDTH - BOX.right}" fill="none" stroke="#57606a"/>`,
  );
  parts.push(words(x.label, BOX.left + plotWidth / 2, floor + 42, { anchor: 'middle' }));
  const middle = BOX.top + plotHeight / 2;
  parts.push(
    `<g transform="rotate(-90 16 ${middle})">${words(y.label, 16, middle, { anchor: 'middle' })}</g>`,
  );
  series.forEach((one, n) => {
    const colour = COLOURS[n % COLOURS.length] ?? '#000';
    parts.push(bars ? barsOf(one, n) : lineOf(one, n));
    const at = BOX.left + n * Math.floor(plotWidth / Math.max(series.length, 2));
    parts.push(`<rect x="${at}" y="36" width="12" height="12" fill="${colour}"/>`);
    parts.push(words(one.name, at + 17, 46, {}));
  });
  if (limit !== undefined) {
    const at = round(py(limit.at));
    parts.push(
      `<path d="M${BOX.left} ${at}H${WIDTH - BOX.right}" stroke="#b42318" stroke-dasharray="6 4" stroke-width="1.5"/>`,
    );
    parts.push(words(limit.name, BOX.left + 6, at - 5, { colour: '#b42318' }));
  }
  return parts.join('\n');

  function lineOf({ points }: Series, n: number): string {
    const colour = COLOURS[n % COLOURS.length] ?? '#000';
    const path = points
      .map(([at, value], i) => `${i === 0 ? 'M' : 'L'}${round(px(at))} ${round(py(value))}`)
      .join('');
    const line = `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${points.length > MARKS_TO ? 1.2 : 2}" stroke-linejoin="round"/>`;
    if (points.length > MARKS_TO) return line;
    const marks = points.map(([at, value]) => mark(round(px(at)), round(py(value)), n, colour));
    const labels = points.map(
      ([at, value]) =>
        `<text x="${round(px(at))}" y="${round(py(value)) - 9}" text-anchor="middle" fill="${colour}">${number(value)}</text>`,
    );
    return [line, ...marks, ...(series.length === 1 ? labels : [])].join('');
  }

  function barsOf({ points }: Series, n: number): string {
    const colour = COLOURS[n % COLOURS.length] ?? '#000';
    const wide = Math.min(34, (plotWidth / groups.length) * (0.8 / series.length));
    return points
      .map(([at, value]) => {
        const left = round(px(at) + (n - series.length / 2) * wide);
        const height = round(floor - py(value));
        const name = `<text x="${round(left + wide / 2)}" y="${round(floor - height - 5)}" text-anchor="middle" font-size="11">${number(value)}</text>`;
        return `<rect x="${left}" y="${round(floor - height)}" width="${round(wide - 2)}" height="${height}" fill="${colour}"/>${name}`;
      })
      .join('');
  }
}

function mark(x: number, y: number, n: number, colour: string): string {
  if (n === 0) return `<circle cx="${x}" cy="${y}" r="4" fill="${colour}"/>`;
  if (n === 1) return `<rect x="${x - 4}" y="${y - 4}" width="8" height="8" fill="${colour}"/>`;
  return `<path d="M${x} ${y - 5}L${x + 5} ${y + 4}H${x - 5}Z" fill="${colour}"/>`;
}

function words(
  [zh, en]: Names,
  x: number,
  y: number,
  {
    anchor = 'start',
    weight = 400,
    size = 12,
    colour = '',
  }: { anchor?: string; weight?: number; size?: number; colour?: string },
): string {
  const fill = colour === '' ? '' : ` fill="${colour}"`;
  const english =
    en === '' ? '' : ` <tspan fill="${colour === '' ? '#57606a' : colour}">${escaped(en)}</tspan>`;
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" font-weight="${weight}" font-size="${size}"${fill}>${escaped(zh)}${english}</text>`;
}

/** Round steps that reach from `low` or below to `high` or above. */
export function niceTicks(low: number, high: number, about: number): number[] {
  const raw = Math.max((high - low) / about, 1e-9);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5, 10].find((one) => one * power >= raw) ?? 10) * power;
  const from = Math.floor(low / step + 1e-9);
  const to = Math.ceil(high / step - 1e-9);
  return Array.from({ length: to - from + 1 }, (_, n) => Number(((from + n) * step).toPrecision(12)));
}

const round = (value: number) => Math.round(value * 10) / 10;

function number(value: number): string {
  const size = Math.abs(value);
  if (size >= 1_000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)));
}

const escaped = (text: string) =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
