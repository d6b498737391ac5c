// Clocks and an alarm that a test moves by hand. Only tests have them: the service refuses a driven clock.

import type { ClockSources } from '../../server/clock.js';
import type { Alarm } from '../../server/room.js';

/** 2027-03-06 09:00 in Beijing. */
export const NINE_O_CLOCK = Date.UTC(2027, 2, 6, 1, 0, 0);

export class DrivenClocks implements ClockSources, Alarm {
  bootId: string;
  monoCountsFromBoot = true;
  wall: number;
  mono: number;
  #wake: (() => void) | null = null;
  #wakeAtMono = Infinity;
  /** Every wait that was asked for, in milliseconds. */
  readonly waits: number[] = [];

  constructor(options: { bootId?: string; wall?: number; mono?: number } = {}) {
    this.bootId = options.bootId ?? 'boot-1';
    this.wall = options.wall ?? NINE_O_CLOCK;
    this.mono = options.mono ?? 1_000_000;
  }

  wallAt(): number {
    return this.wall;
  }

  monoMs(): number {
    return this.mono;
  }

  set(wake: () => void, afterMs: number): void {
    this.waits.push(afterMs);
    this.#wake = wake;
    this.#wakeAtMono = this.mono + afterMs;
  }

  clear(): void {
    this.#wake = null;
    this.#wakeAtMono = Infinity;
  }

  get isSet(): boolean {
    return this.#wake !== null;
  }

  /** Lets time pass on both clocks, waking whoever is due on the way. */
  pass(ms: number): void {
    const until = this.mono + ms;
    while (this.#wakeAtMono <= until) {
      const wake = this.#wake;
      this.#move(Math.max(0, this.#wakeAtMono - this.mono));
      this.clear();
      wake?.();
    }
    this.#move(until - this.mono);
  }

  /** Somebody sets the wall clock. */
  stepWall(byMs: number): void {
    this.wall += byMs;
  }

  #move(ms: number): void {
    this.mono += ms;
    this.wall += ms;
  }
}
