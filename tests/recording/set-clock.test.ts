// What a file is taken for whose ffmpeg went on while the wall clock was set: true up to the step, and nothing of it counts that has
// no time.

import fc from 'fast-check';
import t from 'tap';
import { timesOfSetClock } from '../../server/recording/set-clock.js';

const T0 = Date.parse('2026-11-21T01:00:00Z');
const times = (ms: number) => ({ startAt: T0, endAt: T0 + ms, damaged: false });
const facts = (ms: number, frames: number, ...holes: [number, number][]) => ({
  ...{ durationMs: ms, frames, wallStartAt: T0 + 20 },
  holes: holes.map(([fromMs, toMs]) => ({ fromMs, toMs })),
});

void t.test('a clock that was not set changes nothing', async (t) => {
  const hole: [number, number] = [2_000, 4_000];
  t.same(timesOfSetClock(times(10_000), facts(10_000, 250, hole), 0, T0 - 9_000), {
    ...{ ...times(10_000), holes: [{ fromMs: 2_000, toMs: 4_000 }], isPassed: false, isNew: false },
  });
});

void t.test('set forward: the file ends at the step, and what follows has the clock of now', async (t) => {
  const hour = 3_600_000;
  const whole = facts(hour + 9_000, 225, [1_000, 2_500], [4_040, hour + 4_000], [hour + 5_000, hour + 6_000]);
  t.same(timesOfSetClock(times(hour + 9_000), whole, hour, T0), {
    ...{ ...times(4_040), holes: [{ fromMs: 1_000, toMs: 2_500 }], isPassed: true, isNew: false },
  });
  t.match(
    timesOfSetClock(times(10_000), facts(10_000, 250, [1_000, 3_000]), hour, T0),
    { endAt: T0 + 10_000, isPassed: false },
    'a file from before it is as it is',
  );
  t.match(
    timesOfSetClock(times(10_000), facts(10_000, 250), hour, T0 - hour),
    { endAt: T0 + 10_000, isPassed: true, isNew: true },
    'the step lay between two files',
  );
});

void t.test('set back: pictures that stand on one another have no time', async (t) => {
  t.match(timesOfSetClock(times(41), facts(41, 33), -40_000, T0), { damaged: true });
  t.match(timesOfSetClock(times(6_000), facts(6_000, 250), -40_000, T0), { ...times(6_000), isNew: false });
  t.match(
    timesOfSetClock(times(40), facts(40, 1), -40_000, T0),
    { damaged: false },
    'one picture may be one',
  );
  const after = { wallStartAt: T0 - 39_900 };
  t.match(
    timesOfSetClock(times(44), { ...facts(44, 3), ...after }, -40_000, T0),
    { damaged: true },
    'written by the clock of now',
  );
  t.match(
    timesOfSetClock(times(6_000), { ...facts(6_000, 250), ...after }, -40_000, T0),
    { damaged: false },
    'the clock was set while it was written',
  );
  t.match(timesOfSetClock({ ...times(9), damaged: true }, null, -40_000, null), { damaged: true });
});

void t.test('whatever a file holds, it never becomes longer and never ends before it begins', async () => {
  const hole = fc
    .tuple(fc.nat({ max: 1e7 }), fc.nat({ max: 1e7 }))
    .map(([at, ms]): [number, number] => [at, at + ms]);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2e7 }),
      fc.nat({ max: 1_000 }),
      fc.array(hole, { maxLength: 5 }),
      fc.integer({ min: -4e6, max: 4e6 }),
      fc.option(fc.integer({ min: T0 - 5e6, max: T0 + 5e6 })),
      (ms, frames, holes, byMs, lastEndAt) => {
        const inside = holes.filter(([, to]) => to <= ms).sort((a, b) => a[0] - b[0]);
        const told = timesOfSetClock(times(ms), facts(ms, frames, ...inside), byMs, lastEndAt);
        return (
          told.startAt === T0 &&
          told.endAt > T0 &&
          told.endAt <= T0 + ms &&
          told.holes.every(({ fromMs }) => T0 + fromMs <= told.endAt)
        );
      },
    ),
  );
});
