// One part of the benches: what it needs to know and where its findings go. A part runs in a process of its own, so that no
// memory of one weighs on the next; that process plays the PCs, the server is another.

import type { SimulatedStaff } from '../../server/rehearsal/simulated-staff.js';
import type { FlushPoint, GrowthPoint } from './growth.js';
import type { LeanPcs } from './lean-pcs.js';
import type { Found } from './rows.js';

/** How large and how long; the budgets' own sizes in a full run. */
export interface Size {
  candidates: number;
  /** How long saves are offered, and how long they are taken as fast as they come. */
  seconds: number;
  saturatedSeconds: number;
  starts: number;
  /** Quiet before a measurement, so that what came before is over. */
  quietMs: number;
  /** Events in the journal before the restart. */
  events: number;
  /** Distinct answers for the memory. */
  answers: number;
  growth: number[];
  growthSeconds: number;
  flushes: { addedMs: number; seconds: number }[];
}

export const FULL: Size = {
  candidates: 2_000,
  seconds: 60,
  saturatedSeconds: 20,
  starts: 20,
  quietMs: 1_000,
  events: 500_000,
  answers: 200_000,
  growth: [40, 400, 2_000, 5_000],
  growthSeconds: 12,
  flushes: [
    { addedMs: 0, seconds: 10 },
    { addedMs: 10, seconds: 60 },
    { addedMs: 50, seconds: 20 },
  ],
};

/** The same rooms for less time. */
export const SHORT: Size = {
  ...FULL,
  ...{ seconds: 10, saturatedSeconds: 5, starts: 2, events: 100_000, answers: 40_000 },
  ...{ growth: [40, 400], growthSeconds: 5 },
  flushes: [{ addedMs: 10, seconds: 5 }],
};

/** As small as it goes: whether the pieces work, for the tests. */
export const TINY: Size = {
  ...{
    candidates: 8,
    seconds: 0.5,
    saturatedSeconds: 0.5,
    starts: 1,
    quietMs: 50,
    events: 2_000,
    answers: 800,
  },
  ...{ growth: [8], growthSeconds: 0.5, flushes: [{ addedMs: 10, seconds: 0.5 }] },
};

export interface Out {
  found(found: Found): void;
  growth(point: GrowthPoint): void;
  flush(point: FlushPoint): void;
  /** What it is doing. */
  say(text: string): void;
}

export type Part = (size: Size, out: Out) => Promise<void>;

/** The name of a number of candidates in a line of the table. */
export const people = (count: number) => count.toLocaleString('en-US');

/** The chief starts the session. @returns milliseconds from the command to the paper at the last PC */
export async function startAll(pcs: LeanPcs, chief: SimulatedStaff, sessionId: string): Promise<number> {
  let missing = pcs.count;
  const arrived = new Promise<void>((resolve) => {
    pcs.onPaper = () => {
      missing -= 1;
      if (missing === 0) resolve();
    };
  });
  const commandMs = performance.now();
  await Promise.all([arrived, chief.act({ type: 'start-session', sessionId })]);
  return Math.max(...pcs.pcs.map(({ paperAtMs }) => paperAtMs)) - commandMs;
}
