// What each of the played candidates is like, so that a room looks like a room: who comes when, how fast somebody works, who
// raises a hand, whose cable falls out. Made from the seat's number alone; nothing here acts.

export interface Habits {
  arrives: 'at-entry' | 'late' | 'never';
  /** After entry opened, or for the late after the start, ms. */
  arrivesAfterMs: number;
  /** The part of the exam's time after which the last item is answered. */
  pace: number;
  /** The part of the exam's time after which a hand goes up; null = never. */
  raisesHandAt: number | null;
  /** A cable that falls out, as parts of the exam's time; null = never. */
  unplugged: { from: number; lasts: number } | null;
  /** Hands in when done; otherwise the clock ends it. */
  handsIn: boolean;
}

/** The pace of the fastest and the slowest: most hand in near the end. */
const FASTEST = 0.72;
const SLOWEST = 0.97;
/** All have come in after this part of the time between entry and start, at the latest after half a minute. */
const COME_IN_WITHIN = 1 / 3;
const COME_IN_WITHIN_MS = 30_000;

/**
 * The habits of the played candidate with this number (from 0) of `count`.
 * @param times ms from now to the start, and of the exam
 */
export function habitsOf(
  index: number,
  count: number,
  { untilStartMs, lastsMs }: { untilStartMs: number; lastsMs: number },
): Habits {
  const place = count <= 1 ? 0 : index / (count - 1);
  const isLast = index === count - 1;
  const isLate = count >= 8 && index === 3;
  const withinMs = Math.min(COME_IN_WITHIN_MS, Math.max(0, untilStartMs) * COME_IN_WITHIN);
  return {
    arrives: isLast && count >= 6 ? 'never' : isLate ? 'late' : 'at-entry',
    arrivesAfterMs: Math.round(isLate ? lastsMs * 0.06 : withinMs * place),
    // Neighbours are unlike each other: 7 shares no factor with the counts of seats that occur.
    pace: FASTEST + (SLOWEST - FASTEST) * (((index * 7) % 11) / 10),
    raisesHandAt: index % 9 === 0 ? 0.12 + 0.5 * place : null,
    unplugged: index === 1 ? { from: 0.25, lasts: 0.12 } : null,
    handsIn: index % 4 !== 2,
  };
}
