// What is encoded while everybody waits for the start is encoded once, also after a restart, and not kept longer.

import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import type { DealtOrder, Session } from '../../server/core/types.js';
import { PreparedPapers } from '../../server/seats/prepared-papers.js';
import { SeatPushes } from '../../server/seats/pushes.js';
import { CONTENT_KEY, SeatsSetting } from '../support/seats-setting.js';
import { candidateIdOf, deal, openEntry, ORDER, PAPER, SESSION } from '../support/small-room.js';

const ITEM_KEYS = new Map([
  ['q1', Buffer.alloc(32, 1)],
  ['case-1', Buffer.alloc(32, 2)],
  ['other', Buffer.alloc(32, 3)],
]);

/** An order that counts how often it is encoded. */
function countedOrder(): { order: DealtOrder; encoded: () => number } {
  let count = 0;
  const sections = [{ sectionId: 's', items: [{ itemId: 'q1' }, { itemId: 'q2', caseId: 'case-1' }] }];
  const order = { ...ORDER, paperId: PAPER, sections } as unknown as DealtOrder;
  const plain = JSON.parse(JSON.stringify(order)) as object;
  Object.defineProperty(order, 'toJSON', { enumerable: false, value: () => ((count += 1), plain) });
  return { order, encoded: () => count };
}

const sessionOf = (orders: (DealtOrder | null)[], startedAt: number | null = null) =>
  ({
    startedAt,
    candidates: Object.fromEntries(orders.map((order, n) => [`c${n}`, { order }])),
  }) as unknown as Session;

void t.test(
  'an order is encoded once until the papers are out, and for each PC that comes back after it',
  async (t) => {
    const papers = new PreparedPapers();
    const { order, encoded } = countedOrder();
    const session = sessionOf([order, null]);
    await papers.prepare(session, null);
    t.equal(encoded(), 1);
    const text = papers.order(order);
    t.same(JSON.parse(text), JSON.parse(JSON.stringify(order)));
    const before = encoded();
    papers.prepareOrder(session, 'c0');
    await papers.prepare(session, null);
    t.equal(papers.order(order), text);
    t.equal(encoded(), before, 'nothing is encoded twice');
    papers.forget(session, null);
    t.equal(papers.order(order), text);
    t.equal(encoded(), before + 1, 'nothing is kept behind the start');
  },
);

void t.test('keys are those of the drawn items, prepared or not, and no other (rule 12)', async (t) => {
  const papers = new PreparedPapers();
  const { order } = countedOrder();
  const opened = { paperId: PAPER, contentKey: CONTENT_KEY, itemKeys: ITEM_KEYS };
  const drawn = {
    key: CONTENT_KEY.toString('base64'),
    itemKeys: {
      q1: ITEM_KEYS.get('q1')?.toString('base64'),
      'case-1': ITEM_KEYS.get('case-1')?.toString('base64'),
    },
  };
  const keys = () => JSON.parse(`{${papers.keys(order, opened)}}`) as object;
  t.same(keys(), drawn, 'before anything was prepared');
  await papers.prepare(sessionOf([order]), opened);
  t.same(keys(), drawn, 'prepared');
  papers.forget(sessionOf([order]), opened);
  t.same(keys(), drawn, 'after the start');
});

void t.test('prepared keys are not encoded again at the start', async (t) => {
  const papers = new PreparedPapers();
  const { order } = countedOrder();
  const contentKey = Buffer.alloc(32, 7);
  let encoded = 0;
  contentKey.toString = () => `key ${(encoded += 1)}`;
  const opened = { paperId: PAPER, contentKey, itemKeys: new Map<string, Buffer>() };
  await papers.prepare(sessionOf([order]), opened);
  papers.keys(order, opened);
  papers.keys(order, opened);
  t.equal(encoded, 1);
  papers.forget(sessionOf([order]), opened);
  papers.keys(order, opened);
  t.equal(encoded, 2);
});

void t.test('of a session that has started nothing is prepared, nor of who is dealt to later', async (t) => {
  const { order, encoded } = countedOrder();
  const papers = new PreparedPapers();
  await papers.prepare(sessionOf([order], 1), null);
  papers.prepareOrder(sessionOf([order], 1), 'c0');
  papers.prepareOrder(sessionOf([order]), 'c7');
  t.equal(encoded(), 0);
});

void t.test('a start that comes between two portions ends the preparing', async (t) => {
  const all = Array.from({ length: 350 }, countedOrder);
  const session = sessionOf(all.map(({ order }) => order));
  const done = new PreparedPapers().prepare(session, null);
  session.startedAt = 1;
  await done;
  t.equal(all.filter(({ encoded }) => encoded() === 1).length, 100, 'what is sent is kept no longer');
});

void t.test('hundreds are prepared in portions, so that others are heard in between', async (t) => {
  const all = Array.from({ length: 350 }, countedOrder);
  const done = new PreparedPapers().prepare(sessionOf(all.map(({ order }) => order)), null);
  t.equal(all.filter(({ encoded }) => encoded() === 1).length, 100, 'the first turn');
  await done;
  t.equal(all.filter(({ encoded }) => encoded() === 1).length, 350);
});

void t.test('after a restart what was dealt before is prepared before the start is given', async (t) => {
  const setting = await SeatsSetting.open();
  t.teardown(() => setting.close());
  openEntry(setting.room);
  deal(setting.room, 3);
  await setting.room.settled();
  await turn();
  const { sessions } = setting.room.state;
  const orders = [0, 1, 2].map((n) => {
    const candidate = sessions[SESSION]?.candidates[candidateIdOf(n)];
    const counted = countedOrder();
    if (candidate !== undefined) candidate.order = counted.order;
    return counted;
  });
  const { room } = setting;
  const host = { room, openedPaper: () => null } as unknown as ConstructorParameters<typeof SeatPushes>[0];
  new SeatPushes(host, { all: () => [], atSeat: () => undefined, pairingCode: () => '' });
  await turn();
  t.same(
    orders.map(({ encoded }) => encoded()),
    [1, 1, 1],
  );
});
