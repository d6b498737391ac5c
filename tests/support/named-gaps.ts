// Holds what is really missing from a camera's recordings against the gaps that its list names.

import type { GapLine } from '../../server/core/video-types.js';
import type { Recorded } from './lost-frames.js';

/** A stretch without pictures that is as long as this has to be named, and each of its ends to this. */
export const TOLERANCE_MS = 500;

/** Gaps of one cause that come so close are one. */
const MEET_MS = 40;

export interface Comparison {
  /** Missing from the pictures, longer than the tolerance. */
  lost: { from: number; to: number }[];
  /** Named behind the first picture. */
  named: { from: number; to: number; cause: string }[];
  /** By how much each named end is off, ms; Infinity where one of both has no counterpart. */
  offMs: number[];
}

/** Both lists side by side. @param firstAt gaps before it are not judged: nothing was decoded there */
export function compareGaps(recorded: Recorded, gaps: readonly GapLine[], firstAt: number): Comparison {
  const lost = recorded.lost.filter(({ from, to }) => to - from > TOLERANCE_MS);
  const named: Comparison['named'] = [];
  for (const { from, to, cause } of gaps.filter((gap) => gap.from >= firstAt)) {
    const last = named.at(-1);
    // What a full disk leaves may be a file without a picture, with a gap before it and one of its own.
    if (last !== undefined && last.cause === cause && from - last.to <= MEET_MS) last.to = to;
    else named.push({ from, to, cause });
  }
  const offMs = Array.from({ length: Math.max(lost.length, named.length) }, (_, n) => {
    const [one, other] = [lost[n], named[n]];
    if (one === undefined || other === undefined) return Infinity;
    return Math.max(Math.abs(one.from - other.from), Math.abs(one.to - other.to));
  });
  return { lost, named, offMs };
}
