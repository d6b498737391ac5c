// Where no pictures came inside a file that went on: told from how long each picture stands. A line that stood still and then
// brought everything late is no hole.

export interface Hole {
  /** From the beginning of the file. */
  fromMs: number;
  toMs: number;
}

/**
 * @param starts when each picture begins, ms; @param durations how long it stands, ms
 * @param longerThanMs what counts as a hole
 */
export function holesOf(
  starts: readonly number[],
  durations: readonly number[],
  longerThanMs: number,
): Hole[] {
  if (!durations.some((duration) => duration > longerThanMs)) return [];
  const usual = [...durations].sort((a, b) => a - b)[Math.floor(durations.length / 2)] ?? 0;
  const found: Hole[] = [];
  for (const [n, duration] of durations.entries()) {
    const start = starts[n] ?? 0;
    if (duration <= longerThanMs || duration <= usual * 2) continue;
    let late = 0;
    for (let next = n + 1; next < durations.length && (durations[next] ?? 0) < usual / 2; next++) late += 1;
    const toMs = start + duration;
    const fromMs = start + Math.min(usual, duration) + late * usual;
    if (toMs - fromMs > longerThanMs) found.push({ fromMs, toMs });
  }
  return found;
}
