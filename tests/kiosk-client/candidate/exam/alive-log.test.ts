// The PC's own notes that it lives: holes in them are lost time, and a wrong wall clock makes no hole.

import t from 'tap';
import {
  ALIVE_EVERY_MS,
  correctAlive,
  noteAlive,
} from '../../../../kiosk-client/candidate/exam/alive-log.js';
import type { ExamRecord } from '../../../../kiosk-client/candidate/local/local-store.js';

const exam = (aliveAt: number | null, gaps: ExamRecord['gaps'] = []): ExamRecord =>
  ({ examId: 'e', aliveAt, gaps }) as unknown as ExamRecord;

void t.test('[rule 8] notes on time make no gap, and a late one neither', async (t) => {
  let log = noteAlive(exam(null), 1_000);
  for (let at = 1_000; at <= 61_000; at += ALIVE_EVERY_MS) log = noteAlive(log, at);
  log = noteAlive(log, 61_000 + 2 * ALIVE_EVERY_MS);
  t.same(log.gaps, []);
  t.equal(log.aliveAt, 71_000);
});

void t.test('[rule 8] silence is a gap from the last note to the next', async (t) => {
  const log = noteAlive(noteAlive(exam(10_000), 70_000), 75_000);
  t.same(log.gaps, [{ from: 10_000, to: 70_000 }]);
  t.equal(log.aliveAt, 75_000);
  t.same(noteAlive(log, 175_000).gaps, [
    { from: 10_000, to: 70_000 },
    { from: 75_000, to: 175_000 },
  ]);
});

void t.test('a clock that went backwards moves the note and makes no gap', async (t) => {
  const log = noteAlive(exam(100_000), 50_000);
  t.same(log.gaps, []);
  t.equal(log.aliveAt, 50_000);
});

void t.test('the record that was given stays as it was', async (t) => {
  const before = exam(10_000, []);
  noteAlive(before, 70_000);
  t.equal(before.aliveAt, 10_000);
  t.same(before.gaps, []);
});

void t.test('a gap that was measured by a wrong wall clock is put right, an older one is left', async (t) => {
  const older = { from: 1_000, to: 20_000 };
  const log = noteAlive(exam(100_000, [older]), 3_700_000);
  const right = correctAlive(log, { gaps: 1, aliveAt: 100_000 }, -3_540_000);
  t.same(right.gaps, [older, { from: 100_000, to: 160_000 }]);
  t.equal(right.aliveAt, 160_000);
});

void t.test('a gap that the wrong wall clock had made up goes away', async (t) => {
  const log = noteAlive(exam(100_000), 3_700_000);
  t.same(correctAlive(log, { gaps: 0, aliveAt: 100_000 }, -3_597_000).gaps, []);
});

void t.test('a correction before the first note changes nothing', async (t) => {
  t.equal(correctAlive(exam(null), { gaps: 0, aliveAt: null }, 5_000).aliveAt, null);
});

void t.test('a heartbeat that an earlier page noted was right, and stays', async (t) => {
  const right = correctAlive(exam(100_000), { gaps: 0, aliveAt: 100_000 }, -3_540_000);
  t.equal(right.aliveAt, 100_000);
});
