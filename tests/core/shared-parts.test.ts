// Equal parts of the state are kept once, and say what they said.

import t from 'tap';
import { sharedOrder, sharedRecord, withSharedParts } from '../../server/core/shared-parts.js';
import type { AnswerRecord, AnswerValue, DealtOrder, State } from '../../server/core/types.js';
import { running } from './support/scene.js';

type Item = DealtOrder['sections'][number]['items'][number];

const orderOf = (...items: Item[]): DealtOrder => ({
  paperId: 'main',
  sections: [{ sectionId: 'one', items }],
});
const itemsOf = ({ sections }: DealtOrder) => sections.flatMap(({ items }) => items);
const recordOf = (value: AnswerValue, rev = 1): AnswerRecord => ({
  ...{ lease: 1, rev, value, marked: false, madeAt: 5, savedAt: 6 },
});

void t.test('items that were dealt alike are one, others are not', async (t) => {
  const { session } = running();
  const deal = (...items: Item[]) => {
    const given = orderOf(...items);
    const shared = sharedOrder(session, given);
    t.same(shared, given);
    return itemsOf(shared);
  };
  const [first, second] = deal({ itemId: 'x', options: ['a', 'b'] }, { itemId: 'y', options: [] });
  t.equal(deal({ itemId: 'x', options: ['a', 'b'] })[0], first);
  t.equal(deal({ itemId: 'y', options: [] })[0], second);
  t.not(deal({ itemId: 'x', options: ['b', 'a'] })[0], first);
  t.not(deal({ itemId: 'x', options: ['a'] })[0], first);
  t.not(deal({ itemId: 'x', options: ['a', 'b'], caseId: 'case' })[0], first);
});

void t.test('of an item with very many variants only some are looked through', async (t) => {
  const { session } = running();
  const deal = (n: number) => itemsOf(sharedOrder(session, orderOf({ itemId: 'z', options: [`o${n}`] })))[0];
  const dealt = Array.from({ length: 40 }, (_, n) => deal(n));
  t.equal(deal(3), dealt[3]);
  t.same(deal(39), dealt[39]);
  t.not(deal(39), dealt[39]);
});

void t.test('choices of one option are kept once, whatever else an answer says stays its own', async (t) => {
  const { session } = running();
  const first = sharedRecord(session, recordOf({ options: ['a'] })).value;
  t.equal(sharedRecord(session, recordOf({ options: ['a'] }, 2)).value, first);
  t.same(sharedRecord(session, recordOf({ options: ['b'] })).value, { options: ['b'] });
  for (const value of [{ options: ['a', 'b'] }, { options: [] }, { text: 'a' }])
    t.equal(sharedRecord(session, recordOf(value)).value, value);
});

void t.test('a state that was read says the same afterwards', async (t) => {
  const scene = running().at('09:10');
  for (const [seatId, candidateId] of [
    ['s1', 'c1'],
    ['s2', 'c2'],
  ] as const)
    scene.save(seatId, candidateId);
  const text = JSON.stringify(scene.state);
  const read = withSharedParts(JSON.parse(text) as State);
  t.equal(JSON.stringify(read), text);
  const { c1, c2, c3 } = read.sessions['am']?.candidates ?? {};
  t.equal(c1?.answers['q1']?.value, c2?.answers['q1']?.value);
  t.ok(itemsOf(c1?.order as DealtOrder).some((item) => itemsOf(c3?.order as DealtOrder).includes(item)));
});
