// How much of a stretch of time a camera's lines cover, and what is missing with its cause. Pure; by the wall clock alone, so
// that a camera that sends fewer pictures than it says makes no gaps.

import { GAP_MS, type GapCause, type VideoLine } from '../core/video-types.js';

export interface Coverage {
  coveredMs: number;
  /** Stretches of more than GAP_MS without pictures, in the order of time. */
  gaps: { from: number; to: number; cause: GapCause }[];
}

/**
 * Coverage of [from, to) by segments that can be played.
 * @param lines in any order; times in ms of the wall clock
 */
export function coverageOf(lines: readonly VideoLine[], from: number, to: number): Coverage {
  const recorded = lines
    .flatMap((line) =>
      line.kind === 'segment' && !line.flags.includes('damaged') ? [[line.startAt, line.endAt] as const] : [],
    )
    .map(([start, end]) => [Math.max(start, from), Math.min(end, to)] as const)
    .filter(([start, end]) => end > start)
    .sort(([a], [b]) => a - b);
  const coverage: Coverage = { coveredMs: 0, gaps: [] };
  let at = from;
  const missing = (until: number) => {
    if (until - at > GAP_MS) coverage.gaps.push({ from: at, to: until, cause: causeOf(lines, at, until) });
    // Holes up to there are none: pictures of one run meet within milliseconds.
    else coverage.coveredMs += Math.max(0, until - at);
  };
  for (const [start, end] of recorded) {
    if (start > at) missing(start);
    if (end > at) coverage.coveredMs += end - Math.max(start, at);
    at = Math.max(at, end);
  }
  if (to > at) missing(to);
  return coverage;
}

/** The cause that the longest part of the stretch has. */
function causeOf(lines: readonly VideoLine[], from: number, to: number): GapCause {
  let cause: GapCause = 'unknown';
  let longest = 0;
  for (const line of lines) {
    const [start, end, named]: [number, number, GapCause] =
      line.kind === 'gap'
        ? [line.from, line.to, line.cause]
        : [line.startAt, line.endAt, line.flags.includes('damaged') ? 'segment-damaged' : 'unknown'];
    const shared = Math.min(end, to) - Math.max(start, from);
    if (shared <= longest || named === 'unknown') continue;
    longest = shared;
    cause = named;
  }
  return cause;
}
