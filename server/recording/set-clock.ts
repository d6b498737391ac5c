// What a file tells whose ffmpeg went on while the wall clock was set: up to then its times hold, what follows has none that can
// be told. A clock that was set forward leaves a hole as long as the step; behind one that was set back the pictures stand on one
// another, for no time goes back in a film. Pure.

import type { Fmp4Facts } from './fmp4.js';
import type { Hole } from './holes.js';
import type { SegmentTimes } from './segment-times.js';

export interface TimesOfClock extends SegmentTimes {
  /** Where nothing came, as far as the times hold. */
  holes: readonly Hole[];
  /** The step lies in this file, or before it: what its ffmpeg writes from here on has the clock of now. */
  isPassed: boolean;
  /** All of it has the clock of now. */
  isNew: boolean;
}

/** Wall and monotonic clock part by more than that only when somebody sets the wall clock. */
export const CLOCK_STEP_MS = 500;

/** The clocks of the machine at one moment. */
export interface BothClocks {
  bootId: string;
  wallAt: number;
  /** Of a clock that never jumps, since the boot. */
  monoMs: number;
}

/**
 * By how much the wall clock was set while no recorder lived, ms; 0 = not at all. After a new start of the machine only one that
 * went back shows: then nobody knows how long it was off, and no time passed is what can be said.
 * @param before what the last recorder said @param lastAt its last sign of life, wall clock
 */
export function setWhileAway(before: BothClocks | undefined, lastAt: number, now: BothClocks): number {
  const isSameBoot = before?.bootId === now.bootId && before.monoMs <= now.monoMs;
  const stepMs = isSameBoot
    ? now.wallAt - now.monoMs - (before.wallAt - before.monoMs)
    : Math.min(0, now.wallAt - lastAt);
  return Math.abs(stepMs) > CLOCK_STEP_MS ? Math.round(stepMs) : 0;
}

/** No camera sends more pictures than this, ms each. */
const CRAMMED_MS = 4;
/** A film of less holds too few pictures to be told by them: the last one stands as long as any. */
const FEW_MS = 500;

/**
 * @param times of the file as it stands @param facts what is in it
 * @param byMs by how much the clock was set and no file of this ffmpeg told of it yet; forward is positive, 0 = it was not
 * @param lastEndAt where its file before this one ended
 */
export function timesOfSetClock(
  times: SegmentTimes,
  facts: Pick<Fmp4Facts, 'frames' | 'durationMs' | 'holes' | 'wallStartAt'> | null,
  byMs: number,
  lastEndAt: number | null,
): TimesOfClock {
  const { startAt } = times;
  const holes = facts?.holes ?? [];
  const asItIs = { ...times, holes, isPassed: false, isNew: false };
  if (byMs < 0) {
    const isCrammed = facts !== null && facts.frames > 1 && facts.durationMs / facts.frames < CRAMMED_MS;
    // It was written by the clock of now, though its pictures go on from before.
    const isWrittenAfter = facts?.wallStartAt != null && facts.wallStartAt - startAt < byMs / 2;
    const isTooShort = facts !== null && facts.durationMs < FEW_MS && isWrittenAfter;
    return { ...asItIs, damaged: times.damaged || isCrammed || isTooShort };
  }
  if (byMs === 0) return asItIs;
  if (lastEndAt !== null && startAt - lastEndAt > byMs / 2) return { ...asItIs, isPassed: true, isNew: true };
  const jump = holes.findIndex(({ fromMs, toMs }) => toMs - fromMs > byMs / 2);
  const step = holes[jump];
  if (step === undefined) return asItIs;
  const endAt = startAt + Math.max(1, Math.round(step.fromMs));
  return { ...asItIs, endAt, holes: holes.slice(0, jump), isPassed: true };
}
