// Whether something that an address does again and again is news: once in a while for each. Counts nothing and decides nothing.

const SILENCE_MS = 60_000;
const MAX_ADDRESSES = 1_000;

export class NewsOfAddress {
  readonly #toldAtMs = new Map<string, number>();

  /** True the first time, and again after a minute. @param nowMs any clock that never goes back */
  isNews(address: string, nowMs: number): boolean {
    const told = this.#toldAtMs.get(address);
    if (told !== undefined && nowMs - told < SILENCE_MS) return false;
    this.#toldAtMs.delete(address);
    this.#toldAtMs.set(address, nowMs);
    const oldest = this.#toldAtMs.keys().next();
    if (this.#toldAtMs.size > MAX_ADDRESSES && !oldest.done) this.#toldAtMs.delete(oldest.value);
    return true;
  }
}
