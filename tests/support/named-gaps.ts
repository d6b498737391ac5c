// Holds what is really missing from a camera's recordings against the gaps that its list names.

import type { GapLine } from '../../server/core/video-types.js';
import type { Recorded } from './lost-frames.js';

/** A stretch without pictures that is as long as this has to be named, and each of its ends to this. */
export const TOLERANCE_MS = 500;

/** Pictures that a busy machine held up for less than this are named as missing when they came, and are all there. */
const HELD_UP_MS = 2 * TOLERANCE_MS;

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

type Named = Pick<GapLine, 'from' | 'to' | 'cause'>;

/** So short that its pictures may just have come late. */
export function mayBeLate({ from, to, cause }: Named): boolean {
  return cause === 'camera-stalled' && to - from < HELD_UP_MS;
}

/** The gaps without those of pictures that came late, and are all there. */
export function reallyLost<Gap extends Named>(recorded: Recorded, gaps: readonly Gap[]): Gap[] {
  return gaps.filter(
    (gap) => !mayBeLate(gap) || recorded.lost.some((one) => one.from < gap.to && one.to > gap.from),
  );
}

/** Both lists side by side. @param firstAt gaps before it are not judged: nothing was decoded there */
export function compareGaps(recorded: Recorded, gaps: readonly GapLine[], firstAt: number): Comparison {
  const lost = recorded.lost.filter(({ from, to }) => to - from > TOLERANCE_MS);
  const named: Comparison['named'] = [];
  for (const { from, to, cause } of reallyLost(recorded, gaps).filter((gap) => gap.from >= firstAt)) {
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
