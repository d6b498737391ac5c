// How far the wall clock is ahead of room time, and was until it was set a moment ago: the recorder names its files by the wall
// clock, and lists a file half a minute after it was begun.

/** A wall clock that moved by less was slewed. */
const STEP_MS = 500;
/** What was recorded before a step is listed by then. */
const REMEMBERED_MS = 60_000;

export class WallOffsets {
  #aheadMs: number | null = null;
  #before: { aheadMs: number; until: number }[] = [];

  /** @param wallAt wall clock, ms @param roomAt room time at the same moment, ms */
  look(wallAt: number, roomAt: number): void {
    const aheadMs = Math.round(wallAt - roomAt);
    this.#before = this.#before.filter(({ until }) => roomAt - until <= REMEMBERED_MS);
    if (this.#aheadMs !== null && Math.abs(aheadMs - this.#aheadMs) > STEP_MS)
      this.#before.push({ aheadMs: this.#aheadMs, until: roomAt });
    this.#aheadMs = aheadMs;
  }

  /**
   * By which offset an instant of the wall clock becomes room time: where the clock was set a moment ago, the one by which it lies
   * nearest to now. @throws Error before the first look
   */
  of(wallAt: number, roomAt: number): number {
    if (this.#aheadMs === null) throw new Error('Nobody looked at the clocks yet');
    const distance = (aheadMs: number) => Math.abs(roomAt - (wallAt - aheadMs));
    return this.#before
      .map(({ aheadMs }) => aheadMs)
      .reduce((best, one) => (distance(one) < distance(best) ? one : best), this.#aheadMs);
  }
}
