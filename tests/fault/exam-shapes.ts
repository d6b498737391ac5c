// The exams that faults strike: the full one of `npm run fault`, the one whose server is killed over and over, the short one of CI.
// Data only.

import { ALL_KINDS, type ExamShape } from './schedule.js';

/** Every kind of fault, two at once now and then, the end in an outage in every third exam. */
export const FULL_EXAM = (candidates: number): ExamShape => ({
  ...{ candidates, spares: 3, entryMs: 12_000, lastsMs: 75_000, afterMs: 6_000 },
  ...{ gapMs: { least: 300, most: 4_000 }, kinds: ALL_KINDS, pairShare: 0.35, endOutageShare: 0.33 },
});

/** kill -9 at random moments of entry, exam and hand-in, and nothing else. */
export const KILLED_EXAM = (candidates: number): ExamShape => ({
  ...{ candidates, spares: 0, entryMs: 15_000, lastsMs: 120_000, afterMs: 10_000 },
  ...{ gapMs: { least: 1_500, most: 6_000 }, kinds: ['kill'], pairShare: 0, endOutageShare: 0.2 },
});
