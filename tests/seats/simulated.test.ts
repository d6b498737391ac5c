// A rehearsal's PCs at the gateway: taken in a room of practice sessions, sent away everywhere else, with a record of it.

import t from 'tap';
import { SeatsSetting } from '../support/seats-setting.js';
import { byRoom, must, smallPackage } from '../support/small-room.js';

const SAYS_SO = { simulated: true };

async function opened(t: { teardown: (fn: () => Promise<void>) => void }): Promise<SeatsSetting> {
  const setting = await SeatsSetting.open();
  t.teardown(() => setting.close());
  return setting;
}

function install(setting: SeatsSetting, sequence: number, practice: boolean): void {
  const offered = smallPackage();
  const sessions = offered.sessions.map((plan) => ({ ...plan, practice }));
  must(setting.room, { type: 'install-package', package: { ...offered, sequence, sessions }, by: byRoom });
}

const written = ({ journal }: SeatsSetting) =>
  journal.entries.filter(({ type }) => type === 'simulated-refused').length;

void t.test(
  '[SM1][SM3] with a real session it is sent away before it has a code, once on record',
  async (t) => {
    const setting = await opened(t);
    const before = setting.journal.entries.length;
    for (const index of [1, 2, 3]) {
      const client = await setting.connect();
      client.greet(index, SAYS_SO);
      t.match(await client.next('bye'), { code: 'simulated', retry: false });
      t.match(await client.untilClosed(), { code: 1008, reason: 'simulated' });
      t.equal(client.state, undefined, 'it was shown nothing');
    }
    t.same(setting.gateway.pendingPairings(), []);
    t.equal(written(setting), 1, 'three from one address are one line');
    t.equal(setting.journal.entries.length - before, 1, 'and nothing else');
  },
);

void t.test('[rule 1] it is told when the record is on the disk', async (t) => {
  const setting = await opened(t);
  setting.journal.auto = false;
  const client = await setting.connect();
  client.greet(1, SAYS_SO);
  const other = await setting.connect();
  other.greet(2);
  await other.next('welcome');
  t.equal(client.of('bye').length, 0);
  setting.journal.release();
  await client.next('bye');
});

void t.test('[SM1] in a practice room it waits for a seat, and says to staff what it is', async (t) => {
  const setting = await opened(t);
  install(setting, 2, true);
  const client = await setting.connect();
  client.greet(1, SAYS_SO);
  const { pairingCode } = await client.stage('unpaired');
  t.match(setting.gateway.pendingPairings(), [{ pairingCode, simulated: true }]);
  const machine = await setting.hello(2);
  await machine.stage('unpaired');
  t.notOk('simulated' in (setting.gateway.pendingPairings()[1] ?? {}), 'a machine does not');
  t.equal(written(setting), 0);
});

void t.test('[SM1] who says to be simulated at the seat of a machine is sent away', async (t) => {
  const setting = await opened(t);
  install(setting, 2, true);
  const machine = await setting.paired(1);
  await machine.close();
  const client = await setting.connect();
  client.greet(1, SAYS_SO);
  t.match(await client.next('bye'), { code: 'simulated' });
  t.notOk(setting.room.state.seats['s02']?.simulated);
});

void t.test('[SM2] a package with a real session sends it away at once', async (t) => {
  const setting = await opened(t);
  install(setting, 2, true);
  const client = await setting.connect();
  client.greet(1, SAYS_SO);
  await client.stage('unpaired');
  const machine = await setting.hello(2);
  install(setting, 3, false);
  t.match(await client.next('bye'), { code: 'simulated', retry: false });
  t.equal(machine.of('bye').length, 0);
});
