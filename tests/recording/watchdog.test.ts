// When a recording is taken for dead, when it is tried again, and what becomes of it when space runs low: with clocks that the
// test moves.

import t from 'tap';
import { nextSpace, type Space } from '../../server/recording/space.js';
import { BackOff, Watchdog } from '../../server/recording/watchdog.js';

void t.test('no first picture within 20 s', async (t) => {
  const dog = new Watchdog(1_000, 10_000);
  t.equal(dog.complaint(21_000), null);
  t.equal(dog.complaint(21_001), 'no-first-picture');
  t.notOk(dog.hasData);
  t.equal(dog.silentMs(21_000), null);
});

void t.test('no picture for 8 s', async (t) => {
  const dog = new Watchdog(0, 10_000);
  dog.sawData(5_000);
  dog.sawSegment(5_500);
  t.equal(dog.complaint(13_000), null);
  t.equal(dog.complaint(13_001), 'no-pictures');
  t.equal(dog.silentMs(13_000), 8_000);
});

void t.test('no whole segment for 25 s though pictures come', async (t) => {
  const dog = new Watchdog(0, 10_000);
  for (let at = 1_000; at <= 26_000; at += 1_000) {
    dog.sawData(at);
    t.equal(dog.complaint(at), null, `${at}`);
  }
  dog.sawData(27_000);
  t.equal(dog.complaint(27_000), 'no-segment');
  dog.sawSegment(27_000);
  t.equal(dog.complaint(27_500), null);
});

void t.test('waits longer after each failure, and anew after a minute of health', async (t) => {
  const backOff = new BackOff();
  const waits = Array.from({ length: 8 }, () => backOff.failed());
  t.same(waits, [200, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  backOff.healthyFor(59_999);
  t.equal(backOff.failed(), 15_000, 'a minute is a minute');
  backOff.healthyFor(60_000);
  t.equal(backOff.failures, 0);
  t.equal(backOff.failed(), 200);
});

void t.test('space is taken back only with a tenth to spare', async (t) => {
  const limits = { lowBytes: 1_500, stopBytes: 800 };
  const seen: Space[] = [];
  let now: Space = 'enough';
  for (const free of [1_500, 1_499, 1_649, 1_650, 1_400, 799, 879, 880, 1_649, 1_650, 700, 5_000]) {
    now = nextSpace(now, free, limits);
    seen.push(now);
  }
  t.same(seen, [
    ...['enough', 'low', 'low', 'enough', 'low', 'out', 'out', 'low', 'low', 'enough'],
    ...['out', 'enough'],
  ]);
});
