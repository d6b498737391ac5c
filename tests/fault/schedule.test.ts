// A seed is enough to play a schedule again, and a schedule keeps to what an exam can bear.

import fc from 'fast-check';
import t from 'tap';
import { ALL_KINDS, describe, scheduleOf, type ExamShape, type FaultKind } from './schedule.js';
import { SeededRandom } from './seeded-random.js';

const shape = fc.record<ExamShape>({
  candidates: fc.integer({ min: 5, max: 60 }),
  spares: fc.integer({ min: 0, max: 4 }),
  entryMs: fc.integer({ min: 0, max: 20_000 }),
  lastsMs: fc.integer({ min: 20_000, max: 600_000 }),
  afterMs: fc.integer({ min: 0, max: 10_000 }),
  gapMs: fc.constant({ least: 500, most: 3_000 }),
  kinds: fc.subarray([...new Set(ALL_KINDS)], { minLength: 1 }),
  pairShare: fc.double({ min: 0, max: 1, noNaN: true }),
  endOutageShare: fc.double({ min: 0, max: 1, noNaN: true }),
  practicalShare: fc.double({ min: 0, max: 1, noNaN: true }),
});
const seed = fc.string({ minLength: 1, maxLength: 20 });

void t.test('the schedule is a pure function of seed, exam and shape', async () => {
  fc.assert(
    fc.property(seed, fc.nat(1_000), shape, (one, exam, of) => {
      const first = JSON.stringify(scheduleOf(one, exam, of));
      scheduleOf(`${one}x`, exam + 1, of);
      return JSON.stringify(scheduleOf(one, exam, structuredClone(of))) === first;
    }),
  );
});

void t.test('other seeds and other exams bring other faults', async (t) => {
  const of: ExamShape = {
    ...{ candidates: 40, spares: 3, entryMs: 8_000, lastsMs: 60_000, afterMs: 5_000 },
    ...{
      gapMs: { least: 500, most: 3_000 },
      kinds: ALL_KINDS,
      pairShare: 0.3,
      endOutageShare: 0.3,
      practicalShare: 0.5,
    },
  };
  const texts = new Set<string>();
  const kinds = new Set<FaultKind>();
  let pairs = 0;
  for (let exam = 0; exam < 100; exam++) {
    const { faults } = scheduleOf(`seed ${exam % 5}`, exam, of);
    texts.add(JSON.stringify(faults));
    for (const fault of faults) kinds.add(fault.kind);
    pairs += faults.filter((one, n) => {
      const next = faults[n + 1];
      return next !== undefined && next.atMs <= one.atMs + one.lastsMs;
    }).length;
  }
  t.equal(texts.size, 100);
  t.strictSame([...kinds].sort(), [...new Set(ALL_KINDS)].sort(), 'every kind occurs');
  t.ok(pairs > 50, `${pairs} pairs of faults at once`);
});

void t.test('a schedule keeps to what an exam can bear', async () => {
  fc.assert(
    fc.property(seed, fc.nat(50), shape, (one, exam, of) => {
      const { faults } = scheduleOf(one, exam, of);
      const swaps = faults.flatMap((fault) => (fault.kind === 'swap' ? [fault.seat] : []));
      const named = faults.flatMap((fault) =>
        'seats' in fault ? fault.seats : 'seat' in fault ? [fault.seat] : [],
      );
      return (
        swaps.length <= of.spares &&
        new Set(swaps).size === swaps.length &&
        named.every((seat) => seat >= 0 && seat < of.candidates) &&
        faults.every((fault, n) => fault.atMs >= (faults[n - 1]?.atMs ?? -of.entryMs)) &&
        faults.every((fault) => of.kinds.includes(fault.kind) || fault.kind === 'kill') &&
        faults.every((fault) => describe(fault).includes(fault.kind))
      );
    }),
  );
});

void t.test('drawn numbers are spread, and forks do not disturb each other', async (t) => {
  const random = new SeededRandom('spread');
  const counts = new Array<number>(10).fill(0);
  for (let n = 0; n < 10_000; n++) {
    const drawn = random.between(0, 9);
    counts[drawn] = (counts[drawn] ?? 0) + 1;
  }
  t.ok(
    counts.every((count) => count > 900 && count < 1_100),
    counts.join(),
  );
  const one = new SeededRandom('s');
  const before = one.fork('a').next();
  one.next();
  t.equal(one.fork('a').next(), before);
  t.strictSame(new SeededRandom('s').some([1, 2, 3], 3), [1, 2, 3]);
  t.throws(() => one.pick([]));
});
