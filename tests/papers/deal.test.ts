// Dealing: everybody gets a whole paper in an order of his own, the same seed gives the same order.

import fc from 'fast-check';
import t from 'tap';
import { dealOrder } from '../../server/papers/deal.js';
import { outlineOf } from '../../server/papers/part-paper.js';
import { smallSource } from '../support/small-exam.js';

const paper = smallSource().papers.get('main')?.paper;
if (paper === undefined) throw new Error('no paper');
const outline = outlineOf(paper, 'main');

void t.test('an order is a permutation of what is not drawn, and a draw of what is', async (t) => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      const order = dealOrder(outline, seed);
      const [one, two] = order.sections;
      const ids = one?.items.map(({ itemId }) => itemId).sort();
      t.strictSame(ids, ['q1', 'q2', 'q3', 'q4', 'q5', 'q6']);
      t.equal(new Set(two?.items.map(({ itemId }) => itemId)).size, 2);
      for (const { itemId, options } of order.sections.flatMap(({ items }) => items)) {
        const item = outline.sections.flatMap(({ items }) => items).find((each) => each.itemId === itemId);
        if (item === undefined || !('options' in item)) continue;
        t.strictSame([...options].sort(), [...item.options].sort());
        if (!item.shuffleOptions) t.strictSame(options, item.options);
      }
    }),
    { numRuns: 100 },
  );
});

void t.test('the same seed gives the same order, another seed another one', async (t) => {
  t.strictSame(dealOrder(outline, 'a'), dealOrder(outline, 'a'));
  const orders = new Set(
    Array.from({ length: 50 }, (_, n) => JSON.stringify(dealOrder(outline, `seed ${n}`))),
  );
  t.ok(orders.size > 45, `${orders.size} different orders of 50`);
});

void t.test('no place in the order is favoured', async (t) => {
  const places = new Map<string, number>();
  const deals = 6_000;
  for (let n = 0; n < deals; n++) {
    const first = dealOrder(outline, `seed ${n}`).sections[0]?.items[0]?.itemId ?? '';
    places.set(first, (places.get(first) ?? 0) + 1);
  }
  for (const [itemId, count] of places)
    t.ok(Math.abs(count - deals / 6) < 150, `${itemId} is first ${count} times`);
});
