// The exams that faults strike: the full one of `npm run fault`, the one whose server is killed over and over, the short one of CI.
// Data only.

import { ALL_KINDS, type ExamShape, type Fault } from './schedule.js';

/** Every kind of fault, two at once now and then, the end in an outage in every third exam. */
export const FULL_EXAM = (candidates: number): ExamShape => ({
  ...{ candidates, spares: 3, entryMs: 12_000, lastsMs: 75_000, afterMs: 6_000 },
  ...{ gapMs: { least: 300, most: 4_000 }, kinds: ALL_KINDS, pairShare: 0.35, endOutageShare: 0.33 },
  practicalShare: 0.5,
});

/** kill -9 at random moments of entry, exam and hand-in, and nothing else. */
export const KILLED_EXAM = (candidates: number): ExamShape => ({
  ...{ candidates, spares: 0, entryMs: 15_000, lastsMs: 120_000, afterMs: 10_000 },
  ...{ gapMs: { least: 1_500, most: 4_500 }, kinds: ['kill'], pairShare: 0, endOutageShare: 0.2 },
  practicalShare: 0.34,
  killReadyMs: 4_000,
});

/** Short enough for every run of the tests. */
export const SHORT_EXAM: ExamShape = {
  ...{ candidates: 10, spares: 1, entryMs: 6_000, lastsMs: 50_000, afterMs: 2_000, inTurn: true },
  ...{ gapMs: { least: 300, most: 2_000 }, kinds: ALL_KINDS, pairShare: 0.5, endOutageShare: 0 },
  practicalShare: 0,
};

/**
 * Every kind of fault once, most of them two at a time; the time is over while the server is away. After a full disk the room is
 * to look at only, for some ten seconds.
 */
export const SHORT_FAULTS: Fault[] = [
  { atMs: -4_000, lastsMs: 500, kind: 'kill' },
  { atMs: 1_000, lastsMs: 1_500, kind: 'line', seats: [0, 1, 2], line: { how: 'cut' } },
  { atMs: 1_500, lastsMs: 1_500, kind: 'slow-flush', addedMs: 150 },
  { atMs: 3_000, lastsMs: 0, kind: 'wall-step', byMs: -3_600_000 },
  { atMs: 4_500, lastsMs: 300, kind: 'power-cut', tear: 'cut' },
  { atMs: 5_000, lastsMs: 1_000, kind: 'client-kill', seats: [0, 4, 5] },
  { atMs: 9_000, lastsMs: 1_500, kind: 'swap', seat: 1 },
  {
    atMs: 10_000,
    lastsMs: 3_000,
    kind: 'line',
    seats: [8],
    line: { how: 'late', delayMs: 200, jitterMs: 100, lossShare: 0.2 },
  },
  { atMs: 14_500, lastsMs: 1_500, kind: 'pause' },
  {
    atMs: 16_500,
    lastsMs: 2_500,
    kind: 'line',
    seats: [6, 7],
    line: { how: 'held', ways: 'up', then: 'reset' },
  },
  { atMs: 17_000, lastsMs: 1_500, kind: 'disk-full' },
  { atMs: 30_500, lastsMs: 2_000, kind: 'freeze' },
  { atMs: 31_000, lastsMs: 800, kind: 'reload', seats: [0, 9] },
  { atMs: 33_000, lastsMs: 0, kind: 'hand', seat: 2 },
  { atMs: 34_000, lastsMs: 300, kind: 'torn-tail', bytes: 2_000 },
  { atMs: 35_500, lastsMs: 0, kind: 'wall-step', byMs: 86_400_000 },
  { atMs: 49_500, lastsMs: 4_000, kind: 'kill' },
];
