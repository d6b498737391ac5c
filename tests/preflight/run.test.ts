// Running the checks: some at once, each bounded, none ends the run; progress and order hold whatever a check does.

import fc from 'fast-check';
import t from 'tap';
import { check, green, same, type AnyCheck } from '../../server/preflight/line.js';
import { runChecks } from '../../server/preflight/run.js';

const fine = green(same('1'), same('1'));
const one = (id: string, measure: (signal: AbortSignal) => Promise<unknown>, more: object = {}): AnyCheck =>
  check({
    ...{ id, group: 'server', requirement: 'REQ-A01', title: same(id), judge: () => fine },
    ...more,
    measure,
  });

void t.test('a check that throws or hangs is a line that says so', async (t) => {
  const lines = await runChecks(
    [
      one('good', () => Promise.resolve(1)),
      one('throws', () => Promise.reject(new Error('disk gone'))),
      one('hangs', () => new Promise(() => undefined)),
      one('throws-text', () => Promise.reject('odd' as unknown as Error)),
    ],
    { timeoutMs: 20, wallNow: () => 77 },
  );
  t.same(
    lines.map(({ verdict }) => verdict),
    ['green', 'unknown', 'unknown', 'unknown'],
  );
  t.match(lines[1]?.cause?.en, 'disk gone');
  t.match(lines[2]?.cause?.en, 'too long');
  t.match(lines[3]?.cause?.en, 'odd');
  for (const { at, tookMs } of lines)
    t.match({ at, isWhole: Number.isInteger(tookMs) }, { at: 77, isWhole: true });
});

void t.test('a check that takes longer by nature has its own time', async (t) => {
  const slow = (signal: AbortSignal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, 60);
      signal.addEventListener('abort', () => clearTimeout(timer));
    });
  const [line] = await runChecks([one('slow', slow, { timeoutMs: 5_000 })], { timeoutMs: 5 });
  t.equal(line?.verdict, 'green');
});

void t.test('an abort ends what runs and what waits', async (t) => {
  const control = new AbortController();
  const begun: string[] = [];
  const running = runChecks(
    ['a', 'b', 'c'].map((id) =>
      one(id, () => {
        begun.push(id);
        return new Promise(() => undefined);
      }),
    ),
    { atOnce: 1, signal: control.signal, timeoutMs: 60_000 },
  );
  control.abort();
  t.same(
    (await running).map(({ verdict }) => verdict),
    ['unknown', 'unknown', 'unknown'],
  );
});

void t.test(
  'lines come in the order of the checks, progress counts up, no more run at once than may',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3), { maxLength: 15 }),
        fc.integer({ min: 1, max: 5 }),
        async (waits, atOnce) => {
          let now = 0;
          let most = 0;
          const done: number[] = [];
          const lines = await runChecks(
            waits.map((ticks, index) =>
              one(`c${index}`, async () => {
                most = Math.max(most, ++now);
                for (let n = 0; n < ticks; n++) await Promise.resolve();
                now--;
              }),
            ),
            { atOnce, onLine: (_line, count) => done.push(count) },
          );
          return (
            most <= atOnce &&
            lines.every(({ id }, index) => id === `c${index}`) &&
            done.every((count, index) => count === index + 1) &&
            done.length === waits.length
          );
        },
      ),
      { numRuns: 50 },
    );
  },
);

void t.test('what others would disturb runs after them and by itself, and keeps its place', async (t) => {
  let now = 0;
  const seen: string[] = [];
  const busy = (id: string, more: object = {}) =>
    one(
      id,
      async () => {
        seen.push(`${id} ${++now}`);
        await new Promise((resolve) => setImmediate(resolve));
        now--;
      },
      more,
    );
  const checks = [busy('a', { alone: true }), busy('b'), busy('c', { alone: true }), busy('d')];
  const lines = await runChecks(checks);
  t.same(
    lines.map(({ id }) => id),
    ['a', 'b', 'c', 'd'],
  );
  t.same(seen, ['b 1', 'd 2', 'a 1', 'c 1']);
});
