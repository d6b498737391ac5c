// Measures how far a camera's clock is off, by several questions at the right moments, and watches it over an exam. It sets
// no clock.

import type { Readings } from '../core/readings.js';
import {
  doubtMs,
  likeliest,
  narrowed,
  waitForTurnMs,
  type ClockSample,
  type OffsetBounds,
} from './clock-offset.js';
import { DeviceFault } from './contract.js';

/** Asks the camera for its time; null where it says none. @throws DeviceFault */
export type AskClock = (signal: AbortSignal) => Promise<ClockSample | null>;

/** The room's clocks. */
export interface ClockHost {
  /** Never goes back. */
  nowMs(): number;
  wallMs(): number;
}

/** Clocks are compared so often while an exam runs. */
const EVERY_MS = 300_000;
/** An offset that could not be measured again is forgotten then. */
const STANDS_MS = 3 * EVERY_MS;
const RETRY_MS = 60_000;
/** Answers are in whole seconds; below this doubt nobody asks further. */
const DOUBT_MS = 100;
const SLOWEST_ANSWER_MS = 700;
const SHORTEST_QUESTION_MS = 50;

/** What is known of an offset, and whether it is worth asking further. */
export interface MeasuredOffset {
  bounds: OffsetBounds | null;
  isDone: boolean;
  /** Questions that were answered. */
  answers: number;
}

/**
 * Asks until the doubt is small or the time is over.
 * @param before what is known already @param endsAt by `nowMs` @throws DeviceFault when the camera does not answer
 */
export async function measureOffset(
  ask: AskClock,
  host: ClockHost,
  { before = null, endsAt }: { before?: OffsetBounds | null; endsAt: number },
  signal: AbortSignal,
): Promise<MeasuredOffset> {
  let bounds = before;
  let roundTripMs = 0;
  for (let answers = 0; ;) {
    const waitMs = bounds === null ? 0 : waitForTurnMs(bounds, host.wallMs(), roundTripMs);
    const needed = waitMs + Math.min(SLOWEST_ANSWER_MS, 2 * roundTripMs + SHORTEST_QUESTION_MS);
    if (endsAt - host.nowMs() < needed) return { bounds, isDone: false, answers };
    if (waitMs > 0) await wait(waitMs, signal);
    const sample = await ask(AbortSignal.any([signal, AbortSignal.timeout(SLOWEST_ANSWER_MS)]));
    answers++;
    if (sample === null) return { bounds: null, isDone: true, answers };
    roundTripMs = sample.answeredAt - sample.askedAt;
    bounds = narrowed(bounds, sample);
    if (doubtMs(bounds) <= DOUBT_MS + roundTripMs / 2) return { bounds, isDone: true, answers };
  }
}

/** The camera's clock against the room's, looked at now and then and never for long. */
export class WatchedClock {
  #bounds: OffsetBounds | null = null;
  #askedAt: number | null = null;
  #nextAt = 0;
  #isDone = true;

  constructor(
    private readonly host: ClockHost,
    private readonly ask: AskClock,
  ) {}

  /** @param endsAt by the host's `nowMs` @returns the offset as far as it is known; never throws */
  async look(endsAt: number, signal: AbortSignal): Promise<Readings> {
    if (this.host.nowMs() >= this.#nextAt) await this.#measure(endsAt, signal);
    const isOld = this.#askedAt === null || this.host.nowMs() - this.#askedAt > STANDS_MS;
    return isOld || this.#bounds === null ? {} : { 'camera.clock-offset': likeliest(this.#bounds) };
  }

  async #measure(endsAt: number, signal: AbortSignal): Promise<void> {
    const { host } = this;
    const isOld = this.#askedAt === null || host.nowMs() - this.#askedAt > RETRY_MS;
    const before = this.#isDone || isOld ? null : this.#bounds;
    try {
      const { bounds, isDone, answers } = await measureOffset(this.ask, host, { before, endsAt }, signal);
      // What was known stands while there was no time for a single question.
      if (answers === 0) return;
      this.#bounds = bounds;
      this.#askedAt = host.nowMs();
      this.#isDone = isDone;
      if (isDone) this.#nextAt = host.nowMs() + EVERY_MS;
    } catch {
      this.#isDone = true;
      this.#nextAt = this.host.nowMs() + RETRY_MS;
    }
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (finish: () => void) => () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      finish();
    };
    const giveUp = end(() => reject(new DeviceFault('timed-out', 'given up')));
    const timer = setTimeout(end(resolve), ms);
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}
