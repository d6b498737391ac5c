// What a rehearsed candidate does at the PC: every item is answered, texts grow while they are written, nobody is faster than a
// person can be, and the same seed does the same.

import fc from 'fast-check';
import t from 'tap';
import { faultsOf, sizeOf } from '../../server/papers/read-paper.js';
import { partPaper } from '../../server/papers/part-paper.js';
import {
  PaperSourceSchema,
  PlanSourceSchema,
  RosterSourceSchema,
} from '../../server/protocol/paper-source.js';
import { Value } from '@sinclair/typebox/value';
import { chance } from '../../server/rehearsal/chance.js';
import { practiceExam, PRACTICE_PAPER } from '../../server/rehearsal/practice-exam.js';
import { strokesOf } from '../../server/rehearsal/strokes.js';

const exam = practiceExam({ seats: 120, minutes: 2, startsAt: Date.UTC(2026, 6, 4), random: chance(1) });
const loaded = exam.papers.get(PRACTICE_PAPER);
if (loaded === undefined) throw new Error('The practice exam has no paper');
const items = partPaper(loaded, (_bytes, index) => ({
  path: `m${index}`,
  sha256: '',
})).content.sections.flatMap((section) => section.items);
const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const minutes = fc.integer({ min: 1, max: 7_200_000 });

void t.test('the practice exam is one that an organisation could have written', async (t) => {
  t.ok(Value.Check(PlanSourceSchema, exam.plan));
  t.ok(Value.Check(RosterSourceSchema, exam.roster));
  t.ok(Value.Check(PaperSourceSchema, loaded.paper));
  t.ok(
    exam.plan.sessions.every(({ practice }) => practice),
    'practice and nothing else',
  );
  t.equal(exam.roster.length, 120);
  t.equal(new Set(exam.roster.map(({ ticketNo }) => ticketNo)).size, 120);
  for (const section of loaded.paper.sections)
    for (const item of section.items) if (item.type !== 'case') t.same(faultsOf(item), []);
  const pictures = [...loaded.media.values()].flat();
  t.ok(pictures.length > 0);
  for (const { bytes, width, height } of pictures)
    t.match(sizeOf(bytes), { type: 'image/png', width, height }, 'a browser could show it');
});

void t.test('every item is answered, in the order dealt, with an answer of its kind', async (t) => {
  fc.assert(
    fc.property(seeds, minutes, (seed, lastsMs) => {
      const strokes = [...strokesOf(items, lastsMs, chance(seed))];
      const first = [...new Set(strokes.map(({ itemId }) => itemId))];
      if (first.join() !== items.map(({ itemId }) => itemId).join()) return false;
      return strokes.every(({ itemId, value, afterMs }) => {
        const item = items.find((one) => one.itemId === itemId);
        if (item === undefined || !(afterMs >= 0)) return false;
        if ('options' in value)
          return (
            value.options.length > 0 && value.options.every((id) => item.options.some((one) => one.id === id))
          );
        if ('blanks' in value) return value.blanks.length === item.blanks.length;
        return 'text' in value && [...value.text].length <= (item.text?.maxLength ?? 0);
      });
    }),
    { numRuns: 50 },
  );
  t.pass();
});

void t.test(
  'the last answer comes near the end of the time, unless the time is too short for anybody',
  async (t) => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 60_000, max: 7_200_000 }), (seed, lastsMs) => {
        const total = [...strokesOf(items, lastsMs, chance(seed))].reduce(
          (sum, { afterMs }) => sum + afterMs,
          0,
        );
        return total > lastsMs * 0.6 && total < lastsMs * 1.4;
      }),
      { numRuns: 50 },
    );
    const hurried = [...strokesOf(items, 1, chance(3))].filter(({ value }) => 'options' in value);
    t.ok(
      hurried.every(({ afterMs }) => afterMs >= 100),
      'a choice takes a tenth of a second',
    );
  },
);

void t.test('a text grows with each save, at most every five seconds and once when it is left', async (t) => {
  const essay = items.find(({ type }) => type === 'essay');
  const strokes = [...strokesOf(items, 45 * 60_000, chance(7))].filter(
    ({ itemId }) => itemId === essay?.itemId,
  );
  const lengths = strokes.map(({ value }) => ('text' in value ? value.text.length : 0));
  t.ok(lengths.length > 20, 'some minutes of writing');
  t.same(
    lengths,
    [...lengths].sort((a, b) => a - b),
  );
  t.equal(lengths.at(-1), 900);
  for (const { afterMs } of strokes) t.ok(afterMs <= 5_000 && afterMs > 4_000);
});

void t.test('the same seed does the same, another does not', async (t) => {
  const of = (seed: number) => JSON.stringify([...strokesOf(items, 60_000, chance(seed))]);
  t.equal(of(5), of(5));
  t.not(of(5), of(6));
  const numbers = Array.from({ length: 10_000 }, chance(9));
  t.ok(numbers.every((one) => one >= 0 && one < 1));
  const mean = numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  t.ok(Math.abs(mean - 0.5) < 0.02, `spread evenly: ${mean}`);
});
