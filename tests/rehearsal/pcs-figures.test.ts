// The figures of several PCs put together: over all of them, and each PC's own.

import fc from 'fast-check';
import t from 'tap';
import type { RehearsalFiguresMessage } from '../../server/protocol/rehearsal.js';
import { percentiles } from '../../server/rehearsal/percentiles.js';
import { rehearsalOf, type PlayedPart } from '../../server/rehearsal/pcs-figures.js';

const FRAME = {
  ...{ runId: 'r', begunBy: 'sysadmin', begunAt: 1, ended: 'complete' as const },
  ...{ missing: ['07'], lost: 0, problems: [] },
};
const figures = (more: Partial<RehearsalFiguresMessage> = {}): RehearsalFiguresMessage => ({
  ...{ t: 'figures', handedIn: 2, acknowledged: 3, lost: 0, refused: 0, problems: [], held: [] },
  tookMs: { save: [1, 2, 3], logIn: [5] },
  ...more,
});
const part = (label: string, more: Partial<PlayedPart> = {}): PlayedPart => ({
  ...{ label, seats: 2, figures: figures() },
  ...more,
});

void t.test('counts are sums, durations are those of everybody, the worst PC keeps its own', async (t) => {
  const slow = figures({ tookMs: { save: [900], firstPaper: [70] }, refused: 1, acknowledged: 1 });
  const found = rehearsalOf(FRAME, [part('01'), part('02', { figures: slow })]);
  t.match(found, { seats: 4, handedIn: 4, acknowledged: 4, lost: 0, refused: 1, missing: ['07'] });
  t.same(found.phases, {
    firstPaper: { count: 1, p50: 70, p99: 70 },
    logIn: { count: 1, p50: 5, p99: 5 },
    save: { count: 4, p50: 2, p99: 900 },
  });
  t.same(
    found.pcs.map(({ label, saves, saveP99Ms, firstPaperP99Ms }) => [
      label,
      saves,
      saveP99Ms,
      firstPaperP99Ms,
    ]),
    [
      ['01', 3, 3, 0],
      ['02', 1, 900, 70],
    ],
  );
});

void t.test('what was lost counts wherever it was seen; problems name the PC', async (t) => {
  const found = rehearsalOf({ ...FRAME, lost: 2, problems: ['the journal'] }, [
    part('01', { figures: figures({ lost: 1, problems: ['log-in ×2'] }) }),
  ]);
  t.equal(found.lost, 3);
  t.same(found.problems, ['the journal', '01: log-in ×2']);
});

void t.test('a PC that went away counts with nothing done, and says so', async (t) => {
  const found = rehearsalOf(FRAME, [part('01'), part('02', { figures: null })]);
  t.match(found, { seats: 4, handedIn: 2, acknowledged: 3 });
  t.match(found.problems, [/^02: 未给出数据就离开了 \/ it went away/]);
});

void t.test('for whatever PCs measured, the whole has every duration once', async () => {
  const durations = fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 40 });
  fc.assert(
    fc.property(fc.array(durations, { minLength: 1, maxLength: 8 }), (all) => {
      const parts = all.map((save, index) => part(String(index), { figures: figures({ tookMs: { save } }) }));
      const { phases, pcs } = rehearsalOf(FRAME, parts);
      const { count, p50, p99 } = percentiles(all.flat());
      const whole = count === 0 ? undefined : { count, p50, p99 };
      return (
        JSON.stringify(phases['save']) === JSON.stringify(whole) &&
        pcs.every(({ saves }, index) => saves === all[index]?.length)
      );
    }),
  );
});
