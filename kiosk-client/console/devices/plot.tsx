// A small plot of one number over the last two hours. Plain SVG: it takes its colours from the theme, prints, has a sentence
// for screen readers, and costs a twentieth of a charting library, whose zoom nobody needs here.

import type { ReadingName } from '../../../server/core/readings.js';
import type { TrendPoint } from '../../../server/protocol/staff.js';
import { useLanguage, type Language } from '../../i18n/language.js';
import { plotLines } from './plot-lines.js';
import { numberText, readingName } from './readings.js';

const SPAN_MS = 7_200_000;
const SHORTEST_MS = 300_000;

interface PlotProps {
  reading: ReadingName;
  points: readonly TrendPoint[];
  now: number;
  width: number;
  height: number;
}

/** The line alone, for the strip. */
export function Spark({ reading, points, now, width, height }: PlotProps) {
  const language = useLanguage();
  // A room that was just switched on has a line too, not a dot at the edge.
  const from = Math.max(now - SPAN_MS, Math.min(points[0]?.at ?? now, now - SHORTEST_MS));
  const { path, low, high } = plotLines(points, { width, height: height - 4, from, to: now });
  if (points.length < 2) return null;
  return (
    <svg
      class="spark"
      viewBox={`0 -2 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={sentence(reading, points, [low, high], language)}
    >
      <path d={path} />
    </svg>
  );
}

/** With its name, its last value and its range, for the drawer. */
export function Plot(props: PlotProps) {
  const { reading, points } = props;
  const language = useLanguage();
  const last = points[points.length - 1];
  if (last === undefined) return null;
  const values = points.map(({ value }) => value);
  return (
    <figure class="plot">
      <figcaption>
        {readingName(reading, language)} <b>{numberText(reading, last.value, language)}</b>
      </figcaption>
      <Spark {...props} />
      <div class="range" aria-hidden="true">
        <span>{numberText(reading, Math.max(...values), language)}</span>
        <span>{numberText(reading, Math.min(...values), language)}</span>
      </div>
    </figure>
  );
}

function sentence(
  reading: ReadingName,
  points: readonly TrendPoint[],
  range: [low: number, high: number],
  language: Language,
): string {
  const last = points[points.length - 1];
  const [low, high, now] = [...range, last?.value ?? 0].map((value) => numberText(reading, value, language));
  const name = readingName(reading, language);
  return language === 'zh'
    ? `${name}走势：${low} 至 ${high}，现在 ${now}`
    : `Trend of ${name}: ${low} to ${high}, now ${now}`;
}
