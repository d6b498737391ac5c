// How far a camera's clock is off, from answers that say whole seconds only. One answer leaves a second of doubt; answers
// asked for just when the camera's second should turn halve it each time. Pure: the caller asks and waits.

/** One question for the time and its answer. */
export interface ClockSample {
  /** Wall clock of the room when it was asked and when the answer was there, milliseconds. */
  askedAt: number;
  answeredAt: number;
  /** What the camera said: the second that it was in, milliseconds since 1970. */
  saidMs: number;
}

/** The camera is ahead of the room by more than `from` and less than `to` milliseconds. */
export interface OffsetBounds {
  from: number;
  to: number;
}

const SECOND_MS = 1_000;

/** What one answer says: the camera was within that second at some moment between question and answer. */
export function boundsOf({ askedAt, answeredAt, saidMs }: ClockSample): OffsetBounds {
  return { from: saidMs - answeredAt, to: saidMs + SECOND_MS - askedAt };
}

/** Both are true; where they cannot both be, a clock was set in between and the later one stands. */
export function narrowed(before: OffsetBounds | null, sample: ClockSample): OffsetBounds {
  const now = boundsOf(sample);
  if (before === null) return now;
  const both = { from: Math.max(before.from, now.from), to: Math.min(before.to, now.to) };
  return both.from <= both.to ? both : now;
}

/** The middle of what is possible, milliseconds. */
export const likeliest = ({ from, to }: OffsetBounds): number => Math.round((from + to) / 2);

/** Either way, milliseconds. */
export const doubtMs = ({ from, to }: OffsetBounds): number => (to - from) / 2;

/**
 * How long to wait before the next question so that its answer halves the doubt, milliseconds below 1,000.
 * @param roundTripMs how long an answer takes: half of it passes before the camera reads its clock
 */
export function waitForTurnMs(bounds: OffsetBounds, wallMs: number, roundTripMs: number): number {
  const camera = wallMs + (bounds.from + bounds.to) / 2 + roundTripMs / 2;
  const into = ((camera % SECOND_MS) + SECOND_MS) % SECOND_MS;
  return (SECOND_MS - into) % SECOND_MS;
}
