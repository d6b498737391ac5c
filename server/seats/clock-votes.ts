// After a new boot the PCs' own idea of room time is asked once each: what a PC believed before it heard from this server
// (rule 6). Later beliefs only echo the server's own clock.

import type { PcId } from '../core/types.js';

/** What the PCs so far believe, in milliseconds. */
export interface Votes {
  /** Against the wall clock as it stands now: it may have been set since the first of them spoke. */
  deviationsMs: number[];
  /** Against room time, which runs evenly within a boot. */
  aheadMs: number[];
}

export class ClockVotes {
  readonly #aheadMs = new Map<PcId, number>();

  /**
   * Takes a PC's idea of room time at its first hello.
   * @param wallTime room time by the server's wall clock; @param now room time
   * @returns null where this PC adds nothing
   */
  take(pcId: PcId, roomNow: number | null, wallTime: number, now: number): Votes | null {
    if (this.#aheadMs.has(pcId) || roomNow === null) return null;
    this.#aheadMs.set(pcId, Math.round(roomNow - now));
    const aheadMs = [...this.#aheadMs.values()];
    return { aheadMs, deviationsMs: aheadMs.map((ms) => Math.round(ms + now - wallTime)) };
  }
}
