// A small heap may grow to what any room has; that of a room of thousands is kept short.

import t from 'tap';
import { growthPercent } from '../../server/heap-growth.js';

const MB = 2 ** 20;

void t.test('a small heap grows to 128 MB, a large one by a fifth', async (t) => {
  t.equal(growthPercent(32 * MB), 300);
  t.equal(growthPercent(64 * MB), 100);
  t.equal(growthPercent(110 * MB), 20);
  t.equal(growthPercent(1_000 * MB), 20);
  t.equal(growthPercent(MB), 400, 'never more');
  t.equal(growthPercent(0), 400);
});
