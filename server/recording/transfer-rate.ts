// How fast a long transfer goes and how long it will still take, from what was done in the last seconds. No clock of its own.

/** For so long back the speed counts: long enough for a stick that writes in bursts. */
const WINDOW_MS = 15_000;

export interface TransferRate {
  bytesPerSecond: number;
  /** null while nobody can know. */
  leftMs: number | null;
}

/** Keeps what was done when. */
export class RateMeter {
  #marks: { at: number; done: number }[] = [];

  /**
   * Notes how much is done and says how it goes.
   * @param nowMs monotonic
   */
  note(nowMs: number, doneBytes: number, ofBytes: number): TransferRate {
    this.#marks.push({ at: nowMs, done: doneBytes });
    while ((this.#marks[1]?.at ?? Infinity) <= nowMs - WINDOW_MS) this.#marks.shift();
    const first = this.#marks[0] ?? { at: nowMs, done: doneBytes };
    const bytesPerSecond =
      nowMs > first.at ? Math.max(0, ((doneBytes - first.done) * 1000) / (nowMs - first.at)) : 0;
    const left = Math.max(0, ofBytes - doneBytes);
    const leftMs = left === 0 ? 0 : bytesPerSecond > 0 ? (left / bytesPerSecond) * 1000 : null;
    return { bytesPerSecond, leftMs };
  }
}
