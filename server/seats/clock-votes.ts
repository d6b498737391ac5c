// After a new boot the PCs' own idea of room time is asked once each: what a PC believed before it heard from this server
// (rule 6). Later beliefs only echo the server's own clock.

import type { PcId } from '../core/types.js';

export class ClockVotes {
  readonly #deviations = new Map<PcId, number>();

  /**
   * Takes a PC's idea of room time at its first hello.
   * @param wallTime room time by the server's wall clock
   * @returns the deviations of all PCs so far in milliseconds, or null where this PC adds nothing
   */
  take(pcId: PcId, roomNow: number | null, wallTime: number): number[] | null {
    if (this.#deviations.has(pcId) || roomNow === null) return null;
    this.#deviations.set(pcId, Math.round(roomNow - wallTime));
    return [...this.#deviations.values()];
  }
}
