// Which machines a rehearsal may use, and how they are asked: never one at which somebody sits or is about to.

import t from 'tap';
import { SeatsSetting } from '../support/seats-setting.js';
import { openEntry } from '../support/small-room.js';

const WORD = 'a'.repeat(32);

async function opened(t: { teardown: (fn: () => Promise<void>) => void }): Promise<SeatsSetting> {
  const setting = await SeatsSetting.open();
  t.teardown(() => setting.close());
  return setting;
}

void t.test('[SM4] idle are PCs that wait, and PCs that are not paired yet', async (t) => {
  const setting = await opened(t);
  t.same(setting.gateway.idlePcs(), []);
  await setting.paired(0);
  const unpaired = await setting.hello(7);
  const { pairingCode } = await unpaired.stage('unpaired');
  const labels = setting.gateway.idlePcs().map(({ label }) => label);
  t.same(labels, [Object.values(setting.room.state.seats)[0]?.label, pairingCode]);
  unpaired.socket.close();
  for (const from = performance.now(); setting.gateway.idlePcs().length > 1;) {
    if (performance.now() - from > 20_000) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  t.same(
    setting.gateway.idlePcs().map(({ label }) => label),
    labels.slice(0, 1),
    'one that has gone is none',
  );
});

void t.test('[SM4] a PC of which the page is for a candidate is none', async (t) => {
  const setting = await opened(t);
  const client = await setting.paired(0);
  t.equal(setting.gateway.idlePcs().length, 1);
  openEntry(setting.room);
  await client.stage('log-in');
  t.same(setting.gateway.idlePcs(), []);
});

void t.test('each is asked with its own word, and all are told to stop', async (t) => {
  const setting = await opened(t);
  const [first, second] = [await setting.paired(0), await setting.paired(1)];
  const [one] = setting.gateway.idlePcs();
  if (one === undefined) throw new Error('Nobody is idle');
  setting.gateway.rehearse(new Map([[one.pcId, WORD]]));
  t.match(await first.next('rehearse'), { word: WORD });
  setting.gateway.rehearse(null);
  await first.next('rehearse', ({ word }) => word === null);
  t.same((await second.next('rehearse')).word, null, 'who was not asked hears of no word');
});
