// Which gaps are named, from when to when, and why; and where inside a file pictures are missing.

import fc from 'fast-check';
import t from 'tap';
import { GapLedger } from '../../server/recording/gaps.js';
import { holesOf } from '../../server/recording/holes.js';

void t.test('a gap goes from the last picture to the next, with what was noticed in between', async (t) => {
  const ledger = new GapLedger(null);
  ledger.owe(1_000, false);
  t.equal(ledger.recorded(2_000, 12_000), null, 'a moment to begin is no gap');
  t.equal(ledger.recorded(12_500, 22_000), null, 'half a second is none');
  ledger.note(22_300, 'recorder-ended');
  t.same(ledger.recorded(23_200, 30_000), { from: 22_000, to: 23_200, cause: 'recorder-ended' });
  t.same(ledger.recorded(31_000, 40_000), { from: 30_000, to: 31_000, cause: 'unknown' });
  t.equal(ledger.recorded(42_000, 50_000, 'camera-stalled')?.cause, 'camera-stalled');
});

void t.test('what was noticed first names the gap, however long it lasts', async (t) => {
  const ledger = new GapLedger(null);
  ledger.owe(0, false);
  ledger.recorded(500, 10_000);
  for (let at = 10_500; at < 600_000; at += 1_000) ledger.note(at, 'disk-full');
  ledger.note(600_000, 'camera-unreachable');
  t.same(ledger.open(10_000), { from: 10_000, cause: 'disk-full' });
  t.same(ledger.recorded(610_000, 620_000), { from: 10_000, to: 610_000, cause: 'disk-full' });
});

void t.test('what is missing is as long as it was, whichever way the clock was set meanwhile', async (t) => {
  for (const byMs of [3_600_000, -3_600_000, 40_000, -40_000]) {
    const ledger = new GapLedger(null);
    ledger.owe(0, false);
    ledger.recorded(500, 10_000);
    ledger.note(10_300, 'camera-unreachable');
    ledger.clockStepped(byMs);
    ledger.note(11_000 + byMs, 'clock-stepped');
    t.equal(ledger.clockSetMs, byMs);
    t.equal(ledger.owedFrom, byMs);
    t.same(ledger.recorded(14_000 + byMs, 20_000 + byMs), {
      ...{ from: 10_000 + byMs, to: 14_000 + byMs, cause: 'camera-unreachable' },
    });
    t.same(
      ledger.recorded(22_000 + byMs, 30_000 + byMs, 'camera-stalled'),
      { from: 20_000 + byMs, to: 22_000 + byMs, cause: 'camera-stalled' },
      'and gaps are found from then on',
    );
  }
});

void t.test('a camera that never came is missed from the beginning', async (t) => {
  const ledger = new GapLedger(null);
  ledger.owe(1_000, false);
  ledger.note(1_500, 'camera-unreachable');
  t.same(ledger.release(61_000), { from: 1_000, to: 61_000, cause: 'camera-unreachable' });
  t.equal(ledger.owedFrom, null);
  t.equal(ledger.recorded(90_000, 99_000), null, 'and not when nobody wants it');
});

void t.test('between two recordings that were wanted nothing is missing', async (t) => {
  const ledger = new GapLedger(null);
  ledger.owe(0, false);
  ledger.recorded(100, 10_000);
  t.equal(ledger.release(10_100), null);
  ledger.owe(3_600_000, false);
  t.equal(ledger.recorded(3_601_000, 3_610_000), null);
});

void t.test('who goes on after another process has no moment to begin', async (t) => {
  const ledger = new GapLedger(50_000);
  ledger.owe(1_000, true);
  ledger.note(53_000, 'recorder-restarted');
  t.same(ledger.recorded(53_500, 60_000), { from: 50_000, to: 53_500, cause: 'recorder-restarted' });
});

void t.test('segments that overlap and clocks that go back make no gap', async (t) => {
  const ledger = new GapLedger(null);
  ledger.owe(0, false);
  ledger.recorded(0, 10_000);
  t.equal(ledger.recorded(8_000, 18_000), null);
  t.equal(ledger.recorded(2_000, 9_000), null);
  t.equal(ledger.recorded(18_100, 20_000), null, 'the latest end counts');
});

const steady = (count: number, every: number) => Array.from({ length: count }, () => every);
const startsOf = (durations: readonly number[]) => {
  let at = 0;
  return durations.map((duration) => (at += duration) - duration);
};

void t.test('a picture that stands too long is a hole', async (t) => {
  const durations = [...steady(50, 40), 3_040, ...steady(50, 40)];
  t.same(holesOf(startsOf(durations), durations, 500), [{ fromMs: 2_040, toMs: 5_040 }]);
  t.same(holesOf(startsOf(steady(9, 40)), steady(9, 40), 500), []);
  t.same(holesOf(startsOf(steady(9, 1_000)), steady(9, 1_000), 500), [], 'one picture a second is none');
});

void t.test('pictures that come late, but come, make the hole smaller or none', async (t) => {
  const allLate = [...steady(50, 40), 3_000, ...steady(75, 0), ...steady(50, 40)];
  t.same(holesOf(startsOf(allLate), allLate, 500), []);
  const someLate = [...steady(50, 40), 3_040, ...steady(25, 0), ...steady(75, 40)];
  t.same(holesOf(startsOf(someLate), someLate, 500), [{ fromMs: 3_040, toMs: 5_040 }]);
});

void t.test('holes lie inside the file, in order, longer than asked for', async () => {
  const durations = fc.array(fc.nat({ max: 5_000 }), { maxLength: 60 });
  fc.assert(
    fc.property(durations, (some) => {
      const total = some.reduce((sum, one) => sum + one, 0);
      let before = 0;
      for (const { fromMs, toMs } of holesOf(startsOf(some), some, 500)) {
        if (fromMs < before || toMs > total || toMs - fromMs <= 500) return false;
        before = toMs;
      }
      return true;
    }),
  );
});
