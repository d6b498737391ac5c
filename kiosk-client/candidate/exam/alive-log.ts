// The PC's own heartbeat (rule 8): every five seconds it notes that it lives. A hole in these notes is time that the candidate
// lost; time without the server is not, as the PC worked on.

import type { ExamRecord } from '../local/local-store.js';

export const ALIVE_EVERY_MS = 5_000;
/** Two beats and some: a busy PC is late, a dead one is silent. */
const DEAD_AFTER_MS = 12_000;

/**
 * Notes that the PC lives at `now` (room time, ms). @returns the record with its new note, and a gap where there was one;
 * a clock that went backwards moves the note and makes no gap
 */
export function noteAlive(exam: ExamRecord, now: number): ExamRecord {
  const { aliveAt, gaps } = exam;
  const isGap = aliveAt !== null && now - aliveAt > DEAD_AFTER_MS;
  return { ...exam, aliveAt: now, gaps: isGap ? [...gaps, { from: aliveAt, to: now }] : gaps };
}

/** What an earlier page left: so many gaps, and its last heartbeat. */
export interface AliveBefore {
  gaps: number;
  aliveAt: number | null;
}

/** The clock that bridged the reload was wrong by `errorMs`: what was noted by it on this page moves along. */
export function correctAlive(exam: ExamRecord, before: AliveBefore, errorMs: number): ExamRecord {
  const gaps = exam.gaps
    .map((gap, index) => (index < before.gaps ? gap : { from: gap.from, to: gap.to + errorMs }))
    .filter(({ from, to }) => to - from > DEAD_AFTER_MS);
  const { aliveAt } = exam;
  const isOfThisPage = aliveAt !== null && aliveAt !== before.aliveAt;
  return { ...exam, aliveAt: isOfThisPage ? aliveAt + errorMs : aliveAt, gaps };
}
