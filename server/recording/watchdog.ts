// Whether a recording lives: pictures come and files get whole. ffmpeg's own word is not asked: it ends with status 0 when a
// camera falls silent, and may stay for hours without a picture. Pure; times are of a clock that never jumps.

export const FIRST_DATA_MS = 20_000;
export const SILENCE_MS = 8_000;
/** Beyond the length of a segment. */
export const SEGMENT_LATE_MS = 15_000;
/** Waits before the next attempt, the last one for ever. The first is short: one death must not cost two seconds. */
export const BACK_OFF_MS = [200, 1_000, 2_000, 4_000, 8_000, 15_000] as const;
export const HEALTHY_MS = 60_000;

export type Complaint = 'no-first-picture' | 'no-pictures' | 'no-segment';

/** Watches one run. */
export class Watchdog {
  #dataAt: number | null = null;
  #segmentAt: number | null = null;

  constructor(
    private readonly startedAt: number,
    private readonly segmentMs: number,
  ) {}

  /** Pictures came. */
  sawData(at: number): void {
    this.#dataAt = at;
    this.#segmentAt ??= at;
  }

  /** A segment got whole. */
  sawSegment(at: number): void {
    this.#segmentAt = at;
  }

  get hasData(): boolean {
    return this.#dataAt !== null;
  }

  /** How long no picture has come; null = none yet. */
  silentMs(now: number): number | null {
    return this.#dataAt === null ? null : now - this.#dataAt;
  }

  /** What is wrong, null = nothing. */
  complaint(now: number): Complaint | null {
    if (this.#dataAt === null) return now - this.startedAt > FIRST_DATA_MS ? 'no-first-picture' : null;
    if (now - this.#dataAt > SILENCE_MS) return 'no-pictures';
    const lateMs = this.segmentMs + SEGMENT_LATE_MS;
    return this.#segmentAt !== null && now - this.#segmentAt > lateMs ? 'no-segment' : null;
  }
}

/**
 * After a refused login, the last one for ever: cameras lock out who comes five times within half an hour with a wrong password,
 * recordings and people at their pages too.
 */
export const REFUSED_MS = [30_000, 300_000, 600_000] as const;

/** When to try again. */
export class BackOff {
  #failures = 0;
  #refusals = 0;

  /** A run began to deliver so long ago and still does. */
  healthyFor(ms: number): void {
    if (ms >= HEALTHY_MS) this.#failures = 0;
  }

  /** The login was taken. */
  admitted(): void {
    this.#refusals = 0;
  }

  /** The settings have changed: what was refused may be taken. */
  anew(): void {
    this.#failures = 0;
    this.#refusals = 0;
  }

  /** The camera refused the login. @returns how long to wait, ms */
  refused(): number {
    const wait = REFUSED_MS[Math.min(this.#refusals, REFUSED_MS.length - 1)] ?? 0;
    this.#refusals += 1;
    this.#failures += 1;
    return wait;
  }

  get failures(): number {
    return this.#failures;
  }

  /** A run failed. @returns how long to wait, ms */
  failed(): number {
    const wait = BACK_OFF_MS[Math.min(this.#failures, BACK_OFF_MS.length - 1)] ?? 0;
    this.#failures += 1;
    return wait;
  }
}
