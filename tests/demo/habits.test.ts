// What the played candidates of the demo are like: a room as it is, whatever its size and however short its exam.

import fc from 'fast-check';
import t from 'tap';
import { clickTimes, demoPlan } from '../../server/rehearsal/demo-plan.js';
import { habitsOf } from '../../server/rehearsal/habits.js';
import type { PlanSource } from '../../server/protocol/paper-source.js';
import { readFileSync } from 'node:fs';

const TIMES = { untilStartMs: 240_000, lastsMs: 300_000 };
const room = (count: number) => Array.from({ length: count }, (_, index) => habitsOf(index, count, TIMES));

void t.test('whoever comes, comes before the door closes and can finish', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: -60_000, max: 3_600_000 }),
      fc.integer({ min: 5_000, max: 7_200_000 }),
      (count, untilStartMs, lastsMs) => {
        const { policy } = clickTimes(0, { startsInMs: Math.max(0, untilStartMs), lastsMs });
        for (let index = 0; index < count; index++) {
          const habits = habitsOf(index, count, { untilStartMs, lastsMs });
          const { arrives, arrivesAfterMs, pace, raisesHandAt, unplugged } = habits;
          const limitMs = arrives === 'late' ? Number(policy['lateCutOffMs']) : Math.max(0, untilStartMs);
          if (arrivesAfterMs < 0 || arrivesAfterMs > limitMs) return false;
          if (pace <= 0.5 || pace >= 1) return false;
          if (raisesHandAt !== null && (raisesHandAt <= 0 || raisesHandAt >= 1)) return false;
          if (unplugged !== null && unplugged.from + unplugged.lasts >= 1) return false;
        }
        return true;
      },
    ),
  );
  t.end();
});

void t.test(
  'in a full room somebody is absent, somebody late, some raise hands, one loses the cable',
  (t) => {
    const habits = room(37);
    const count = (wanted: (one: (typeof habits)[number]) => boolean) => habits.filter(wanted).length;
    t.equal(
      count(({ arrives }) => arrives === 'never'),
      1,
    );
    t.equal(
      count(({ arrives }) => arrives === 'late'),
      1,
    );
    t.equal(
      count(({ unplugged }) => unplugged !== null),
      1,
    );
    const hands = count(({ raisesHandAt }) => raisesHandAt !== null);
    t.ok(hands >= 3 && hands <= 6, `${hands} hands`);
    t.ok(count(({ handsIn }) => handsIn) > 37 / 2, 'most hand in');
    t.ok(count(({ pace }) => pace > 0.8) > 37 / 2, 'most near the end');
    t.equal(
      room(3).filter(({ arrives }) => arrives === 'at-entry').length,
      3,
      'in a small room nobody is missing',
    );
    t.end();
  },
);

void t.test('the times of the demo keep their order in an exam of any length', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 5, max: 7_200 }), fc.integer({ min: 0, max: 3_600 }), (lasts, startsIn) => {
      const { startsAt, minutes, policy } = clickTimes(1_000, {
        startsInMs: startsIn * 1000,
        lastsMs: lasts * 1000,
      });
      const ms = policy as Record<string, number> & { remindersBeforeEndMs: number[] };
      const [first = 0, second = 0] = ms.remindersBeforeEndMs;
      const lastsMs = minutes * 60_000;
      return (
        startsAt === 1_000 + startsIn * 1000 &&
        Math.round(lastsMs) === lasts * 1000 &&
        0 < second &&
        second < first &&
        first < lastsMs &&
        Number(ms['lateCutOffMs']) < lastsMs &&
        Number(ms['entryOpensBeforeMs']) > startsIn * 1000
      );
    }),
  );
  t.end();
});

void t.test('the plan of the demo has the seats asked for, and spare ones', (t) => {
  const source = JSON.parse(readFileSync('samples/theory/plan.json', 'utf8')) as PlanSource;
  const plan = demoPlan(source, clickTimes(Date.now()), 12);
  t.equal(plan.seats.filter(({ spare }) => !spare).length, 12);
  t.equal(plan.seats.filter(({ spare }) => spare).length, 3);
  t.equal(plan.sessions[0]?.practice, true, 'a demo is practice');
  t.end();
});
