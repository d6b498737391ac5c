// How much of a stretch of time a camera's lines cover, by the room's own rules, and the cause of what is missing. Pure; by the
// wall clock alone, so that a camera that sends fewer pictures than it says makes no gaps.

import { coverageOf as coverageOfRecord, emptyRecord, withLines } from '../core/video-record.js';
import type { GapCause, VideoLine } from '../core/video-types.js';

export interface Coverage {
  coveredMs: number;
  /** Stretches of more than GAP_MS without pictures, in the order of time. */
  gaps: { from: number; to: number; cause: GapCause }[];
}

/**
 * Coverage of [from, to). [VI3][VI7]
 * @param lines times in ms of the wall clock
 */
export function coverageOf(lines: readonly VideoLine[], from: number, to: number): Coverage {
  const record = withLines(emptyRecord(), { lines, wallAheadMs: 0 });
  const { coveredMs, missing } = coverageOfRecord(record, from, to);
  return { coveredMs, gaps: missing.map((one) => ({ ...one, cause: causeOf(lines, one.from, one.to) })) };
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
