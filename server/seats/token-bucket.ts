// How much one PC may send: a steady rate and a burst. Counts only; who exceeds it is the caller's matter.

export class TokenBucket {
  #tokens: number;
  #at: number;

  /** @param perSecond refill; @param burst size; @param nowMs any clock that never goes back */
  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    nowMs: number,
  ) {
    this.#tokens = burst;
    this.#at = nowMs;
  }

  /** Takes tokens; false when there are too few. */
  take(nowMs: number, count = 1): boolean {
    const gained = (Math.max(0, nowMs - this.#at) * this.perSecond) / 1000;
    this.#tokens = Math.min(this.burst, this.#tokens + gained);
    this.#at = nowMs;
    if (this.#tokens < count) return false;
    this.#tokens -= count;
    return true;
  }
}
