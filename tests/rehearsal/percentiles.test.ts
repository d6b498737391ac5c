// Percentiles of durations, against their definition, for whatever numbers come.

import fc from 'fast-check';
import t from 'tap';
import { percentiles } from '../../server/rehearsal/percentiles.js';

const durations = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 300 });

void t.test('so many of all values lie at or below a percentile, and it is one of them', async () => {
  fc.assert(
    fc.property(durations, (values) => {
      const found = percentiles(values);
      for (const [share, value] of [
        [0.5, found.p50],
        [0.95, found.p95],
        [0.99, found.p99],
        [1, found.max],
      ] as const) {
        const atOrBelow = values.filter((one) => one <= value).length;
        const below = values.filter((one) => one < value).length;
        if (!values.includes(value)) return false;
        // Enough at or below it, and with one fewer it would not be enough.
        if (atOrBelow < share * values.length || below >= share * values.length) return false;
      }
      return found.count === values.length;
    }),
  );
});

void t.test('the order of the values changes nothing, and the values stay as they are', async () => {
  fc.assert(
    fc.property(durations, (values) => {
      const before = [...values];
      const found = JSON.stringify(percentiles(values));
      return (
        found === JSON.stringify(percentiles([...values].reverse())) &&
        JSON.stringify(values) === JSON.stringify(before)
      );
    }),
  );
});

void t.test('nothing measured is zero, and hundredths are kept', async (t) => {
  t.same(percentiles([]), { count: 0, p50: 0, p95: 0, p99: 0, max: 0 });
  t.same(percentiles([1.2345]), { count: 1, p50: 1.23, p95: 1.23, p99: 1.23, max: 1.23 });
});
