// Whether a row of samples rises: least squares, with an interval in which the true slope lies. Pure.

export interface Slope {
  /** Per unit of x. */
  slope: number;
  /** The interval of 95 %. */
  low: number;
  high: number;
}

/** Normal quantile of 97.5 %; the samples are many. */
const Z = 1.96;

/**
 * The slope through the points. Samples that follow each other resemble each other, which would make the interval too narrow: it
 * is widened by how much they do (first-order autocorrelation of what is left over).
 * @throws Error for fewer than three points
 */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): Slope {
  const n = points.length;
  if (n < 3) throw new Error('A slope needs three points');
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / n;
  const [mx, my] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const sxx = points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  const slope = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / sxx;
  const left = points.map(([x, y]) => y - my - slope * (x - mx));
  const squares = left.reduce((sum, value) => sum + value ** 2, 0);
  const neighbours = left.slice(1).reduce((sum, value, i) => sum + value * (left[i] ?? 0), 0);
  const likeness = squares === 0 ? 0 : Math.min(0.99, Math.max(0, neighbours / squares));
  const wider = Math.sqrt((1 + likeness) / (1 - likeness));
  const half = Z * Math.sqrt(squares / (n - 2) / sxx) * wider;
  return { slope, low: slope - half, high: slope + half };
}
