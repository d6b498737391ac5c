// How long the UPS carries the room: every objection can be raised and every one of them missing, and a discharge proves
// only what it can.

import * as fc from 'fast-check';
import t from 'tap';
import type { Readings } from '../../server/core/readings.js';
import {
  dischargeRuntime,
  judgeUps,
  REQUIRED_RUNTIME_S,
  type DischargePoint,
  type KnownRuntime,
} from '../../server/core/ups-runtime.js';

const NOW = 1_780_000_000_000;
const DAY = 86_400_000;
const GOOD: Readings = {
  'mains.present': true,
  'battery.charge': 100,
  'battery.runtime': 7_200,
  'battery.runtime-source': 'device',
  'battery.low': false,
  'ups.load': 32,
};
const judge = (more: Readings | null, known: KnownRuntime[] = [], requiredS?: number) =>
  judgeUps(more === null ? null : { ...GOOD, ...more }, known, NOW, requiredS);
const without = (name: keyof Readings) => {
  const { [name]: _left, ...rest } = GOOD;
  return judgeUps(rest, [], NOW);
};

void t.test('[REQ-A07] two hours by the UPS’s own word pass', async (t) => {
  t.same(judge({}), { verdict: 'pass', runtimeS: 7_200, source: 'device', objections: [] });
  t.equal(REQUIRED_RUNTIME_S, 7_200);
});

void t.test('[REQ-A07] bands: below what is asked for is a warning, below half of it fails', async (t) => {
  t.match(judge({ 'battery.runtime': 7_199 }), { verdict: 'warn', objections: ['runtime-below-plan'] });
  t.match(judge({ 'battery.runtime': 3_600 }), { verdict: 'warn' });
  t.match(judge({ 'battery.runtime': 3_599 }), { verdict: 'fail', objections: ['runtime-short'] });
  t.match(judge({ 'battery.runtime': 17_999 }, [], 18_000), { verdict: 'warn' }, 'a plan of five hours');
  t.match(judge({ 'battery.runtime': 18_000 }, [], 18_000), { verdict: 'pass' });
});

void t.test('any bad word fails', async (t) => {
  const words: [Readings, string][] = [
    [{ 'mains.present': false }, 'on-battery'],
    [{ 'battery.low': true }, 'battery-low'],
    [{ 'ups.forced-shutdown': true }, 'forced-shutdown'],
    [{ 'battery.replace': true }, 'battery-replace'],
    [{ 'ups.overload': true }, 'overload'],
    [{ 'ups.bypass': true }, 'bypass'],
    [{ 'ups.off': true }, 'output-off'],
    [{ 'ups.alarm': 'fan failure' }, 'alarm'],
  ];
  for (const [readings, objection] of words)
    t.same(judge(readings), { verdict: 'fail', runtimeS: 7_200, source: 'device', objections: [objection] });
  t.match(judge({ 'ups.alarm': '' }), { verdict: 'pass' }, 'no alarm is none');
  t.match(judge(null), { verdict: 'fail', objections: ['no-answer', 'runtime-unknown'] });
  t.match(judge(null, [{ source: 'tested', runtimeS: 9_000, at: NOW }]), {
    verdict: 'fail',
    objections: ['no-answer'],
  });
});

void t.test('what the UPS does not say is a warning, what it says of charge and load too', async (t) => {
  t.match(without('mains.present'), { verdict: 'warn', objections: ['mains-unknown'] });
  t.match(without('battery.charge'), { verdict: 'warn', objections: ['charge-unknown'] });
  t.match(without('ups.load'), { verdict: 'warn', objections: ['load-unknown'] });
  t.match(without('battery.runtime'), { verdict: 'fail', objections: ['runtime-unknown'] });
  t.match(judge({ 'battery.charge': 94 }), { verdict: 'warn', objections: ['charge-low'] });
  for (const load of [4, 81]) t.match(judge({ 'ups.load': load }), { objections: ['load-off-range'] });
  for (const load of [5, 80]) t.match(judge({ 'ups.load': load }), { verdict: 'pass' });
});

void t.test('a guess or a person’s word is never more than a warning', async (t) => {
  const guess: Readings = { 'battery.runtime': 20_000, 'battery.runtime-source': 'estimated' };
  t.match(judge(guess), { verdict: 'warn', source: 'estimated', objections: ['runtime-not-proven'] });
  t.match(judge(guess, [{ source: 'attested', runtimeS: 9_000, at: NOW - DAY }]), {
    verdict: 'warn',
    source: 'attested',
    runtimeS: 9_000,
  });
  t.match(judge({}, [{ source: 'attested', runtimeS: 100, at: NOW }]), { verdict: 'pass', source: 'device' });
});

void t.test('a test of this room comes first, for 180 days; the newest of several', async (t) => {
  const tested = (runtimeS: number, ageDays: number): KnownRuntime => ({
    source: 'tested',
    runtimeS,
    at: NOW - ageDays * DAY,
  });
  t.match(judge({}, [tested(3_000, 180)]), { verdict: 'fail', source: 'tested', runtimeS: 3_000 });
  t.match(judge({}, [tested(9_000, 1), tested(3_000, 2)]), { verdict: 'pass', runtimeS: 9_000 });
  t.match(judge({}, [tested(3_000, 2), tested(9_000, 1)]), { verdict: 'pass', runtimeS: 9_000 });
  t.match(judge({}, [tested(3_000, 181)]), {
    verdict: 'warn',
    source: 'device',
    objections: ['test-too-old'],
  });
  t.match(
    judge({ 'battery.runtime': 4_499 }, [tested(9_000, 1)]),
    { verdict: 'warn', source: 'tested', objections: ['below-the-test'] },
    'the UPS itself says less than half of it',
  );
  t.match(judge({ 'battery.runtime': 4_500 }, [tested(9_000, 1)]), { verdict: 'pass' });
  const { 'battery.runtime': _runtime, ...noRuntime } = GOOD;
  t.match(judgeUps(noRuntime, [tested(9_000, 1)], NOW), { verdict: 'pass' }, 'a source without a figure');
  const { 'ups.load': _load, ...noLoad } = GOOD;
  t.match(judgeUps(noLoad, [tested(9_000, 1)], NOW), { verdict: 'pass' }, 'it ran with the room’s load');
});

const curve = (
  from: number,
  to: number,
  seconds: number,
  more: Partial<DischargePoint> = {},
): DischargePoint[] =>
  Array.from({ length: seconds / 10 + 1 }, (_, index) => ({
    at: NOW + index * 10_000,
    charge: from + ((to - from) * index * 10) / seconds,
    mains: false,
    contact: null,
    ...more,
  }));

void t.test('[REQ-A07] a discharge of ten minutes: a straight line, cautiously', async (t) => {
  // 600 s * (100 - 10) / (100 - 95) * 0.8
  t.same(dischargeRuntime(curve(100, 95, 600)), {
    runtimeS: 8_640,
    seconds: 600,
    chargeFrom: 100,
    chargeTo: 95,
  });
  t.match(dischargeRuntime(curve(98, 92, 1_200, { contact: false })), { runtimeS: 14_080 });
});

void t.test('[REQ-A07] what a UPS has run without mains is proven, whatever the line says', async (t) => {
  t.match(dischargeRuntime(curve(100, 20, 7_200)), { runtimeS: 7_200 });
});

void t.test('a discharge that proves nothing is refused, with the reason', async (t) => {
  const good = curve(100, 95, 600);
  const changed = (index: number, more: Partial<DischargePoint>) =>
    good.map((point, at) => (at === index ? { ...point, ...more } : point));
  t.same(dischargeRuntime([]), { refused: 'too-short' });
  t.same(dischargeRuntime(curve(100, 95, 590)), { refused: 'too-short' });
  t.same(dischargeRuntime(curve(100, 98, 600)), { refused: 'too-small-a-drop' });
  t.same(dischargeRuntime(curve(94, 80, 600)), { refused: 'not-charged' });
  t.same(dischargeRuntime(changed(30, { mains: true })), { refused: 'mains-was-there' });
  t.same(dischargeRuntime(changed(30, { contact: true })), { refused: 'contact-disagrees' });
  t.same(dischargeRuntime(changed(30, { charge: 99.9 })), { refused: 'charge-rose' });
  t.match(dischargeRuntime(changed(30, { charge: 98 })), { seconds: 600 }, 'a tick up is noise');
  t.same(dischargeRuntime([...good.slice(0, 20), ...good.slice(30)]), { refused: 'gap-in-curve' });
  t.same(dischargeRuntime(changed(30, { at: NOW })), { refused: 'gap-in-curve' });
});

void t.test('a deeper fall in the same time never proves a longer runtime', async () => {
  fc.assert(
    fc.property(fc.integer({ min: 30, max: 950 }), fc.integer({ min: 30, max: 950 }), (one, other) => {
      const of = (tenths: number) => dischargeRuntime(curve(100, 100 - tenths / 10, 600));
      const [less, more] = [of(Math.min(one, other)), of(Math.max(one, other))];
      return 'runtimeS' in less && 'runtimeS' in more && more.runtimeS <= less.runtimeS;
    }),
  );
});
