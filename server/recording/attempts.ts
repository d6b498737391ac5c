// What went wrong with a camera, and when it is tried again. It starts nothing; times are of a clock that never jumps.

import { BackOff } from './watchdog.js';

/** A login that was refused, as ffmpeg says it: by the method that failed, and at its end. */
const REFUSED = /\b(method \S+ failed:|server returned) 40[13]\b/i;

/** True for the complaints of an ffmpeg whose name and password the camera did not take. */
export const isRefusal = (complaints: string): boolean => REFUSED.test(complaints);

export class Attempts {
  readonly #backOff = new BackOff();
  #againAt = 0;
  #reason: string | null = null;
  #isRefused = false;
  #restarts = 0;

  /** Why there is no recording; null while all is well. */
  get reason(): string | null {
    return this.#reason;
  }

  /** The camera does not take the login of the settings. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** How often a recording ended that nobody asked to. */
  get restarts(): number {
    return this.#restarts;
  }

  /** One after the other. */
  get failures(): number {
    return this.#backOff.failures;
  }

  isTime(monoMs: number): boolean {
    return monoMs >= this.#againAt;
  }

  /** A recording ended. @param refused for its login @returns after how long it is tried again, ms */
  failed(monoMs: number, reason: string, refused: boolean): number {
    this.#restarts += 1;
    return this.#wait(monoMs, reason, refused);
  }

  /** There was none that could begin. @returns after how long it is tried again, ms */
  notBegun(monoMs: number, reason: string): number {
    return this.#wait(monoMs, reason, false);
  }

  /** Pictures come, since so long. */
  flows(forMs: number): void {
    this.#reason = null;
    this.#isRefused = false;
    this.#backOff.admitted();
    this.#backOff.healthyFor(forMs);
  }

  /** Nothing is wanted: nothing is wrong. */
  rest(): void {
    // But a login that was refused is no better for it.
    if (this.#isRefused) return;
    this.#reason = null;
    this.#againAt = 0;
  }

  /** The camera is somewhere else now, or takes another login: nothing that was wrong counts. */
  anew(): void {
    this.#backOff.anew();
    this.#isRefused = false;
    this.#reason = null;
    this.#againAt = 0;
  }

  #wait(monoMs: number, reason: string, refused: boolean): number {
    const waitMs = refused ? this.#backOff.refused() : this.#backOff.failed();
    this.#reason = reason;
    this.#isRefused = refused;
    this.#againAt = monoMs + waitMs;
    return waitMs;
  }
}
