// PCs that want too much of the seat channel: too many bytes, everything anew after each reconnect, nothing read. Each is
// let go, and the seat beside it is answered as before.

import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { SeatsSetting, saveOf } from '../support/seats-setting.js';
import { must, byStaff, SESSION } from '../support/small-room.js';

t.setTimeout(560_000);

async function opened(t: Pick<Test, 'teardown'>, options: Parameters<typeof SeatsSetting.open>[0]) {
  const setting = await SeatsSetting.open(options);
  t.teardown(() => setting.close());
  return setting;
}

void t.test('many bytes are a flood, also in few messages', async (t) => {
  const setting = await opened(t, { limits: { byteBurst: 65_536, bytesPerSecond: 1_024 } });
  const [honest, flooding] = await setting.running(2);
  // Well formed, if not an answer to this item.
  const value = { text: 'x'.repeat(20_000) };
  for (let n = 1; n <= 4; n++)
    flooding?.send({ ...saveOf(setting, { candidateId: 'c2', rev: n, value }), id: n });
  t.same(await flooding?.untilClosed(), { code: 1008, reason: 'flood' });
  t.match(await honest?.ask(saveOf(setting)), { t: 'ack' });
});

void t.test(
  'a thousand saves in one go: a few are on their way to the disk, the next seat has its turn',
  async (t) => {
    const setting = await opened(t, { limits: { maxOutstanding: 8 } });
    const [honest, eager] = await setting.running(2);
    if (honest === undefined || eager === undefined) return t.fail('two seats');
    setting.journal.auto = false;
    const before = setting.room.lastSeq;
    for (let rev = 1; rev <= 1_000; rev++)
      eager.send({ ...saveOf(setting, { candidateId: 'c2', rev }), id: 10_000 + rev });
    while (setting.room.lastSeq < before + 8) await pause(5);
    const mine = honest.ask(saveOf(setting));
    while (setting.room.lastSeq < before + 9) await pause(5);
    await pause(50);
    t.equal(setting.room.lastSeq, before + 9, 'eight of the thousand, and the other seat’s one');
    setting.journal.auto = true;
    setting.journal.release();
    t.match(await mine, { t: 'ack' });
    t.match(await eager.answerTo(11_000), { t: 'ack' }, 'then all the others');
    t.equal(
      setting.room.state.sessions[SESSION]?.candidates['c2']?.answers['q1']?.rev,
      1_000,
      'in their order',
    );
  },
);

void t.test('a reconnect is no new allowance', async (t) => {
  const setting = await opened(t, { limits: { messageBurst: 40, messagesPerSecond: 1, floodRestMs: 0 } });
  const pc = await setting.paired(0);
  for (let n = 0; n < 60; n++) pc.send({ t: 'beat', sent: n, unsent: 0, oldestUnsentMs: 0 });
  t.match(await pc.next('bye'), { code: 'flood', retry: true });
  const again = await setting.hello(0);
  let answered = 0;
  for (let n = 0; n < 60; n++) again.send({ t: 'beat', sent: n, unsent: 0, oldestUnsentMs: 0 });
  t.match(await again.next('bye'), { code: 'flood' });
  answered = again.of('beat').length;
  t.ok(answered < 5, `${answered} of 60 were taken`);
  const other = await setting.hello(1);
  for (let n = 0; n < 20; n++) other.send({ t: 'beat', sent: n, unsent: 0, oldestUnsentMs: 0 });
  await other.until(() => (other.of('beat').length === 20 ? true : undefined));
  t.pass('another PC has its own');
});

void t.test(
  'a PC that reads nothing is let go once so much waits for it; the others have everything',
  async (t) => {
    const setting = await opened(t, { limits: { maxBufferedBytes: 65_536 } });
    const [honest, stuck] = await setting.running(2);
    stuck?.socket.pause();
    const text = '请'.repeat(100_000);
    for (let n = 0; n < 60; n++) {
      must(setting.room, {
        ...{ type: 'send-message', sessionId: SESSION, candidateId: null, text, by: byStaff('yan') },
      });
      await honest?.until(() => (honest.of('message').length === n + 1 ? true : undefined));
    }
    await setting.room.settled();
    t.equal(setting.gateway.connectedSeats, 1, 'the other one is gone');
    t.match(await honest?.ask(saveOf(setting)), { t: 'ack' });
  },
);

void t.test('a PC that flooded takes its seat again only after a rest', async (t) => {
  const setting = await opened(t, { limits: { messageBurst: 40, floodRestMs: 300 } });
  const pc = await setting.paired(0);
  for (let n = 0; n < 200; n++) pc.send({ t: 'beat', sent: n, unsent: 0, oldestUnsentMs: 0 });
  await pc.untilClosed();
  const restUntil = performance.now() + 250;
  while (setting.gateway.connectedSeats > 0) await pause(5);
  const before = setting.room.lastSeq;
  const early = await setting.connect();
  early.greet(0);
  t.match(await early.next('bye'), { code: 'flood', retry: true });
  t.equal(setting.room.lastSeq, before, 'nothing is written for it');
  await pause(Math.max(0, restUntil - performance.now()) + 100);
  t.ok(await setting.hello(0));
  t.equal(setting.gateway.connectedSeats, 1);
});
