// The paper is dealt when entry opens: everybody once, by a seed that only the room knows, and again after a crash only to
// whoever was left out.

import t from 'tap';
import { Dealing } from '../../server/compose/dealing.js';
import { createLog } from '../../server/log.js';
import { dealOrder } from '../../server/papers/deal.js';
import type { Command } from '../../server/core/commands.js';
import { SeatsSetting } from '../support/seats-setting.js';
import { candidateIdOf, deal, openEntry, OUTLINE, SESSION } from '../support/small-room.js';

const SECRET = Buffer.alloc(32, 3);

async function opened(t: { teardown: (fn: () => Promise<void>) => void }, secret = SECRET) {
  const setting = await SeatsSetting.open({ candidates: 120 });
  t.teardown(() => setting.close());
  const dealing = new Dealing(setting.room, dealOrder, secret, createLog('silent'));
  setting.room.subscribe((published) => dealing.take(published));
  const orders = () =>
    Object.values(setting.room.state.sessions[SESSION]?.candidates ?? {}).map(({ order }) => order);
  return { setting, dealing, orders };
}

const published = () => new Promise((resolve) => setImmediate(resolve));

void t.test('everybody is dealt a whole paper at entry, in portions', async (t) => {
  const { setting, dealing, orders } = await opened(t);
  const commands: Command[] = [];
  const { handle } = setting.room;
  setting.room.handle = (command) => {
    commands.push(command);
    return handle.call(setting.room, command);
  };
  openEntry(setting.room);
  await published();
  await dealing.settled();
  t.ok(commands.filter(({ type }) => type === 'deal-paper').length > 1);
  const items = OUTLINE.sections[0]?.items.map(({ itemId }) => itemId) ?? [];
  for (const order of orders())
    t.same(order?.sections[0]?.items.map(({ itemId }) => itemId).sort(), [...items].sort());
  t.ok(new Set(orders().map((order) => JSON.stringify(order))).size > 20, 'each an own order');
});

void t.test(
  'the order follows from the room’s secret, and from nothing that anybody else knows',
  async (t) => {
    const all: string[] = [];
    for (const secret of [SECRET, SECRET, Buffer.alloc(32, 4)]) {
      const { setting, dealing, orders } = await opened(t, secret);
      openEntry(setting.room);
      await published();
      await dealing.settled();
      all.push(JSON.stringify(orders()));
    }
    t.equal(all[0], all[1]);
    t.not(all[0], all[2]);
  },
);

void t.test('after a crash only those are dealt who were left out', async (t) => {
  const { setting, orders } = await opened(t);
  const late = new Dealing(setting.room, dealOrder, SECRET, createLog('silent'));
  openEntry(setting.room);
  deal(setting.room, 100);
  const before = orders().slice(0, 100);
  late.resume();
  await late.settled();
  t.same(orders().slice(0, 100), before);
  t.ok(orders().every((order) => order !== null));
  t.equal(
    setting.room.state.sessions[SESSION]?.candidates[candidateIdOf(119)]?.order?.paperId,
    OUTLINE.paperId,
  );
});
