// The seats that one process or one browser plays in a rehearsal: each step of the day for all of them at once. Whoever fails is
// left out and named. What staff do for them is not here.

import { chance } from './chance.js';
import type { RehearsalFigures } from './rehearsal-figures.js';
import {
  RehearsedSeat,
  STEPS,
  type HeldAnswer,
  type SeatParts,
  type SeatScript,
  type Step,
} from './rehearsed-seat.js';

export interface SeatsPlan {
  seats: number;
  /** The part of the candidates who lose their cable once, 0 to 1. */
  reconnects: number;
  seed: number;
}

/** So many PCs are on their way to a connection at one time. */
const CONNECTING_AT_ONCE = 32;
/** In how many parts of the candidates one thing happens. */
const SUBMIT = 0.7;
const PACE = { fastest: 0.75, slowest: 0.98 };
const CABLE = { from: 0.15, until: 0.75, leastMs: 1_000, mostMs: 6_000 };

export class RehearsedSeats {
  readonly all: RehearsedSeat[];
  readonly figures: RehearsalFigures;
  #stopped = false;

  constructor({ seats, reconnects, seed }: SeatsPlan, parts: SeatParts) {
    this.figures = parts.figures;
    this.all = Array.from(
      { length: seats },
      (_, index) => new RehearsedSeat(parts, scriptOf(chance(seed * 100_003 + index), reconnects)),
    );
  }

  /** How many have come at least so far. */
  count(step: Step): number {
    const least = STEPS.indexOf(step);
    return this.all.filter((seat) => STEPS.indexOf(seat.step) >= least).length;
  }

  /** What the room acknowledged, the newest for each candidate and item. */
  acknowledged(): HeldAnswer[] {
    return this.all.flatMap((seat) => seat.held());
  }

  get reconnects(): number {
    return this.all.reduce((sum, { pc }) => sum + pc.reconnects, 0);
  }

  /** The room takes no simulated PC. */
  get sentAway(): boolean {
    return this.all.some(({ sentAway }) => sentAway);
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Connects every PC. @param shows is told the pairing code of each */
  async connect(shows: (seat: RehearsedSeat, code: string) => void): Promise<void> {
    const left = this.all.values();
    await Promise.all(
      Array.from({ length: CONNECTING_AT_ONCE }, async () => {
        for (const seat of left) {
          if (this.#stopped) return;
          await this.#attempt(seat, async () => shows(seat, await seat.connect()));
          if (seat.sentAway) this.stop();
        }
      }),
    );
  }

  /** Runs one step for everybody who has not failed; whoever fails is left out and named. */
  async each(step: (seat: RehearsedSeat, index: number) => Promise<void>): Promise<void> {
    await Promise.all(this.all.map((seat, index) => this.#attempt(seat, () => step(seat, index))));
  }

  /** Ends all of them for good. */
  stop(): void {
    this.#stopped = true;
    for (const seat of this.all) seat.stop();
  }

  async #attempt(seat: RehearsedSeat, step: () => Promise<void>): Promise<void> {
    if (seat.pc.stopped) return;
    try {
      await step();
    } catch (error) {
      // Whoever stopped this rehearsal knows.
      if (!this.#stopped && !seat.sentAway) this.figures.problem((error as Error).message);
      seat.stop();
    }
  }
}

function scriptOf(random: () => number, reconnects: number): SeatScript {
  const submits = random() < SUBMIT;
  const pace = PACE.fastest + (PACE.slowest - PACE.fastest) * random();
  const loses = random() < reconnects;
  const at = CABLE.from + (CABLE.until - CABLE.from) * random();
  const outMs = CABLE.leastMs + (CABLE.mostMs - CABLE.leastMs) * random();
  return { pace, submits, cable: loses ? { at, outMs } : null, random };
}
