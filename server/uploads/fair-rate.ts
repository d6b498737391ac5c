// One rate for all files together: whoever brings a piece waits his turn, piece by piece, so that forty files at the end of an
// exam are served alike and the saves of those who still write do not wait for the disk.

import { setTimeout as pause } from 'node:timers/promises';

/** Shorter waits cost more than they save. */
const SHORTEST_WAIT_MS = 2;

export class FairRate {
  readonly #bytesPerMs: number;
  /** When what was let through until now is through, by the same clock. */
  #freeAtMs = 0;

  /** @param nowMs a clock that never goes back */
  constructor(
    bytesPerSecond: number,
    private readonly nowMs: () => number = () => performance.now(),
    private readonly wait: (ms: number, signal: AbortSignal) => Promise<unknown> = (ms, signal) =>
      pause(ms, undefined, { signal }),
  ) {
    this.#bytesPerMs = bytesPerSecond / 1_000;
  }

  /** Resolves when so many bytes may go on. Asked for in turn, given in turn. @throws AbortError */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    const now = this.nowMs();
    const startsAt = Math.max(now, this.#freeAtMs);
    this.#freeAtMs = startsAt + bytes / this.#bytesPerMs;
    if (startsAt - now >= SHORTEST_WAIT_MS) await this.wait(startsAt - now, signal);
  }
}
