// Candidates' PCs over real sockets: pairing, log-in, the start, saves, reconnecting, swapping, the end.

import { createHash } from 'node:crypto';
import t from 'tap';
import type { SeatState } from '../../server/protocol/seat.js';
import { HeldJournal } from '../support/held-journal.js';
import { SeatClient, secretOf } from '../support/seat-client.js';
import { CONTENT_KEY, saveOf, SeatsSetting } from '../support/seats-setting.js';
import {
  admit,
  byRoom,
  candidateIdOf,
  deal,
  must,
  mustStaff,
  openEntry,
  ORDER,
  seatIdOf,
  SESSION,
  start,
  ticketOf,
} from '../support/small-room.js';

const ticks = () => new Promise((resolve) => setTimeout(resolve, 30));

async function opened(
  t: { teardown: (fn: () => Promise<void>) => void },
  options?: Parameters<typeof SeatsSetting.open>[0],
): Promise<SeatsSetting> {
  const setting = await SeatsSetting.open(options);
  t.teardown(() => setting.close());
  return setting;
}

void t.test(
  '[rule 15] a new PC shows a six-digit code of its own, and pairing gives it its seat',
  async (t) => {
    const setting = await opened(t);
    const [one, two] = [await setting.hello(1), await setting.hello(2)];
    const [first, second] = [await one.stage('unpaired'), await two.stage('unpaired')];
    t.match(first.pairingCode, /^[0-9]{6}$/);
    t.not(first.pairingCode, second.pairingCode);
    t.equal(first.session, null);
    t.match(setting.gateway.pendingPairings(), [
      { pairingCode: first.pairingCode, address: '127.0.0.1' },
      { pairingCode: second.pairingCode },
    ]);
    const pcId = createHash('sha256').update(secretOf(1)).digest('hex').slice(0, 32);
    t.equal(setting.gateway.pcOfPairingCode(first.pairingCode ?? ''), pcId);
    mustStaff(setting.room, 'xi', { type: 'pair-seat', pcId, seatId: 's01' });
    const paired = await one.stage('waiting');
    t.equal(paired.seatLabel, '01');
    t.equal(paired.pairingCode, null);
    t.equal(setting.gateway.pcOfPairingCode(first.pairingCode ?? ''), null, 'the code is spent');
    t.equal(setting.room.state.seats['s01']?.connected, true);
    mustStaff(setting.room, 'xi', { type: 'unpair-seat', seatId: 's01', reason: 'test' });
    const again = await one.next('state', (state) => state.stage === 'unpaired' && state !== first);
    t.match(again.pairingCode, /^[0-9]{6}$/);
  },
);

void t.test('a PC keeps its code while it is connected and its seat when it comes back', async (t) => {
  const setting = await opened(t);
  const one = await setting.hello(1);
  const { pairingCode } = await one.stage('unpaired');
  const more = await setting.hello(2);
  await more.stage('unpaired');
  t.equal(setting.gateway.pendingPairings()[0]?.pairingCode, pairingCode);
  const paired = await setting.paired(3, 's01');
  await paired.close();
  await ticks();
  t.equal(setting.room.state.seats['s01']?.connected, false);
  const back = await setting.hello(3);
  t.equal((await back.stage('waiting')).seatLabel, '01');
  t.equal(setting.room.state.seats['s01']?.connected, true);
});

void t.test(
  'how far each PC is, is asked of its own connection; who is away has no round trip',
  async (t) => {
    const setting = await opened(t);
    const one = await setting.paired(0);
    await setting.paired(1);
    await setting.hello(2);
    t.same(
      setting.gateway.trips().map(({ seatId, roundTripMs }) => [seatId, roundTripMs]),
      [
        ['s01', null],
        ['s02', null],
      ],
      'nothing is known before the first answer, and who has no seat is not there',
    );
    await one.until(
      () => setting.gateway.trips().every(({ roundTripMs }) => roundTripMs !== null) || undefined,
    );
    for (const { roundTripMs, address } of setting.gateway.trips()) {
      t.ok((roundTripMs as number) >= 0 && (roundTripMs as number) < 60_000);
      t.match(address, /127\.0\.0\.1/);
    }
    await one.close();
    await ticks();
    t.match(setting.gateway.trips()[0], { seatId: 's01', roundTripMs: null, address: null });
  },
);

void t.test('check-in, log-in, confirmation: each page follows from the rules', async (t) => {
  const setting = await opened(t);
  const pc = await setting.paired(0);
  await pc.stage('waiting');
  const before = await pc.ask({ t: 'log-in', ticketNo: ticketOf(0), password: '000001' });
  t.match(before, { t: 'refused', code: 'wrong-phase' }, 'nobody logs in before entry');
  openEntry(setting.room);
  deal(setting.room, 3);
  await pc.stage('log-in');
  const logIn = (index: number, password = ticketOf(index).slice(-6)) =>
    pc.ask({ t: 'log-in', ticketNo: ticketOf(index), password });
  t.match(await logIn(0), { code: 'not-checked-in' }, 'before check-in');
  admit(setting.room, 0);
  admit(setting.room, 1);
  t.match(await logIn(0, '999999'), { code: 'wrong-password' });
  t.match(await logIn(1), { code: 'wrong-seat', params: { seat: '02' } });
  t.equal((await logIn(0)).t, 'ack');
  const confirm = await pc.stage('confirm');
  t.match(confirm.candidate, { candidateId: 'c1', lease: 1, name: '考生1', ticketNo: ticketOf(0) });
  t.match(confirm.session?.parts, [{ sha256: 'a'.repeat(64) }]);
  t.equal((await pc.ask({ t: 'confirm', candidateId: 'c1', lease: 1, what: 'identity' })).t, 'ack');
  await pc.stage('rules');
  t.equal((await pc.ask({ t: 'confirm', candidateId: 'c1', lease: 1, what: 'rules' })).t, 'ack');
  await pc.stage('ready');
  const other = await setting.paired(9, 'b1');
  const twice = await other.ask({ t: 'log-in', ticketNo: ticketOf(0), password: ticketOf(0).slice(-6) });
  t.match(twice, { code: 'already-logged-in' }, 'twice');
});

void t.test(
  '[rule 12] nobody gets the key before the start is on the disk, then everybody at once',
  async (t) => {
    const setting = await opened(t);
    const clients = await setting.seated(2);
    const idle = await setting.paired(5, 's03');
    setting.clocks.pass(20 * 60_000);
    await ticks();
    t.same(
      clients.flatMap(({ papers }) => papers),
      [],
      'not at log-in, not at the opening',
    );
    setting.journal.auto = false;
    start(setting.room);
    await ticks();
    t.same(
      clients.flatMap(({ papers }) => papers),
      [],
      'not while the start is on its way to the disk',
    );
    t.equal(clients[0]?.state?.stage, 'ready', 'and no page tells of it');
    setting.journal.release();
    setting.journal.auto = true;
    for (const [i, client] of clients.entries()) {
      const paper = await client.next('paper');
      t.equal(paper.key, CONTENT_KEY.toString('base64'));
      t.match(paper, { candidateId: candidateIdOf(i), lease: 1, answers: [] });
      t.same(paper.order, ORDER);
      const state = await client.stage('answering');
      t.equal(state.candidate?.endsAt, (state.session?.startedAt ?? 0) + 60 * 60_000);
    }
    await ticks();
    t.same(idle.papers, [], 'a PC without a candidate gets none');
    t.ok(
      clients.every(({ papers }) => papers.length === 1),
      'once',
    );
  },
);

void t.test('[rule 1] a save is acknowledged only from the disk, several in one frame', async (t) => {
  const setting = await opened(t);
  const [pc] = await setting.running(1);
  if (pc === undefined) return;
  setting.journal.auto = false;
  pc.send({ ...saveOf(setting), id: 101 });
  pc.send({ ...saveOf(setting, { itemId: 'q2', value: { options: ['a', 'b'] } }), id: 102 });
  pc.send({ ...saveOf(setting, { itemId: 'nope' }), id: 103 });
  await pc.until(() => (setting.room.lastSeq > setting.journal.durableSeq + 1 ? true : undefined));
  await ticks();
  t.same(
    pc.of('ack').filter(({ ids }) => ids.some((id) => id > 100)),
    [],
  );
  t.same(pc.of('refused'), [], 'a refusal waits too');
  setting.journal.release();
  const ack = await pc.answerTo(102);
  t.match(ack, { t: 'ack', ids: [101, 102] });
  t.match(await pc.answerTo(103), { code: 'unknown-item' });
  setting.journal.auto = true;
});

void t.test('a repeated save is acknowledged again and adds nothing', async (t) => {
  const setting = await opened(t);
  const [pc] = await setting.running(1);
  t.equal((await pc?.ask(saveOf(setting)))?.t, 'ack');
  const rows = setting.journal.entries.length;
  t.equal((await pc?.ask(saveOf(setting)))?.t, 'ack');
  t.equal(setting.journal.entries.length, rows);
});

void t.test('who reconnects gets the paper with what the room holds', async (t) => {
  const setting = await opened(t);
  const [pc] = await setting.running(1);
  await pc?.ask(saveOf(setting, { rev: 4 }));
  await pc?.close();
  const back = await setting.hello(0);
  const paper = await back.next('paper');
  t.match(paper.answers, [{ itemId: 'q1', lease: 1, rev: 4, value: { options: ['a'] }, marked: false }]);
  await back.stage('answering');
});

void t.test('one live connection per PC: the newer one replaces the older', async (t) => {
  const setting = await opened(t);
  const first = await setting.paired(0);
  const second = await setting.hello(0);
  t.match(await first.next('bye'), { code: 'replaced', retry: false });
  t.equal((await first.untilClosed()).code, 1000);
  await second.stage('waiting');
  await ticks();
  t.equal(setting.room.state.seats['s01']?.connected, true, 'the seat stays connected');
  t.equal(setting.gateway.connectedSeats, 1);
});

void t.test('[rule 16] a swap locks the old PC, and the new one gets paper and answers', async (t) => {
  const setting = await opened(t);
  const [pc] = await setting.running(1);
  const spare = await setting.paired(7, 'b1');
  if (pc === undefined) return;
  await pc.ask(saveOf(setting, { rev: 2 }));
  mustStaff(setting.room, 'jian', {
    type: 'swap-machine',
    sessionId: SESSION,
    candidateId: 'c1',
    toSeatId: 'b1',
    reason: 'test',
  });
  await pc.stage('moved');
  await setting.logIn(spare, 0);
  const paper = await spare.next('paper');
  t.match(paper, { lease: 2, answers: [{ itemId: 'q1', rev: 2, lease: 1 }] });
  t.match(await spare.ask(saveOf(setting, { lease: 2, value: { options: ['b'] } })), { t: 'ack' });
  const late = await pc.ask(saveOf(setting, { rev: 9, value: { options: ['c'] } }));
  t.equal(late.t, 'refused', 'what the old PC writes after the swap does not count');
  t.same(setting.room.state.sessions[SESSION]?.candidates['c1']?.answers['q1']?.value, { options: ['b'] });
  await pc.close();
  const back = await setting.hello(0);
  await back.stage('moved');
  await ticks();
  t.same(back.papers, [], 'no key for a PC that another took over from');
});

void t.test('[rule 16] what the old PC delivers after a swap is brought to the new one', async (t) => {
  const setting = await opened(t);
  const [pc] = await setting.running(1);
  const spare = await setting.paired(7, 'b1');
  if (pc === undefined) return;
  const madeAt = setting.room.now();
  await pc.close();
  setting.clocks.pass(1_000);
  await ticks();
  mustStaff(setting.room, 'jian', {
    ...{ type: 'swap-machine', sessionId: SESSION, candidateId: 'c1', toSeatId: 'b1', reason: 'test' },
  });
  await setting.logIn(spare, 0);
  t.match(await spare.next('paper'), { lease: 2, answers: [] });
  const back = await setting.hello(0);
  await back.stage('moved');
  t.match(await back.ask(saveOf(setting, { rev: 3, madeAt })), { t: 'ack' });
  const again = await spare.until(() => spare.papers[1]);
  t.match(again, { lease: 2, answers: [{ itemId: 'q1', rev: 3, lease: 1 }] });
  t.match(await spare.ask(saveOf(setting, { lease: 2, value: { options: ['b'] } })), { t: 'ack' });
  t.match(await back.ask(saveOf(setting, { rev: 4, madeAt, value: { options: ['c'] } })), { t: 'ack' });
  await ticks();
  const { answers, contested } = setting.room.state.sessions[SESSION]?.candidates['c1'] ?? {};
  t.same(answers?.['q1']?.value, { options: ['b'] }, 'what was answered at the new PC counts');
  t.match(contested, [{ why: 'other-lease-newer', record: { rev: 4 } }], 'both versions stay');
  t.equal(spare.papers.length, 2, 'its own saves bring no paper, nor does what does not count');
  t.same(back.papers, []);
});

void t.test('reminders, messages and hands arrive where they belong', async (t) => {
  const setting = await opened(t);
  const [one, two] = await setting.running(2);
  if (one === undefined || two === undefined) return;
  mustStaff(setting.room, 'yan', {
    type: 'send-message',
    sessionId: SESSION,
    candidateId: 'c2',
    text: '请保持安静',
  });
  mustStaff(setting.room, 'yan', {
    type: 'send-message',
    sessionId: SESSION,
    candidateId: null,
    text: '注意时间',
  });
  t.match(await two.next('message'), { text: '请保持安静' });
  t.match(await one.next('message'), { text: '注意时间' }, 'not what was said to another');
  t.equal((await one.ask({ t: 'hand', candidateId: 'c1', lease: 1, up: true })).t, 'ack');
  await one.until(() => (one.state?.candidate?.handRaised ? true : undefined));
  t.equal(two.state?.candidate?.handRaised, false);
  setting.clocks.pass(45 * 60_000);
  const reminder = await two.next('reminder');
  t.equal(reminder.endsAt - reminder.now, reminder.beforeEndMs);
});

void t.test('the end: locked, handed in, received, and late writing is refused', async (t) => {
  const setting = await opened(t);
  const [pc] = await setting.running(1);
  if (pc === undefined) return;
  const submitted = await pc.ask({ t: 'submit', candidateId: 'c1', lease: 1, madeAt: setting.room.now() });
  t.equal(submitted.t, 'ack');
  t.equal((await pc.stage('ended')).candidate?.endReason, 'submitted');
  t.match(await pc.ask(saveOf(setting, { rev: 5 })), { t: 'refused', code: 'already-ended' });
  t.equal((await pc.ask({ t: 'nothing-unsent', candidateId: 'c1', lease: 1 })).t, 'ack');
  await pc.stage('received');
  await pc.close();
  const back = await setting.hello(0);
  await back.stage('received');
  await ticks();
  t.same(back.papers, [], 'no key after everything was received');
});

void t.test('a pause is shown with the time that is left, and time given back moves the end', async (t) => {
  const setting = await opened(t);
  const [pc] = await setting.running(1);
  if (pc === undefined) return;
  setting.clocks.pass(10 * 60_000);
  mustStaff(setting.room, 'yan', {
    type: 'pause-session',
    sessionId: SESSION,
    cause: 'chief',
    reason: 'test',
  });
  const paused = await pc.stage('paused');
  t.match(paused.candidate, { endsAt: null, remainingMs: 50 * 60_000 });
  setting.clocks.pass(5 * 60_000);
  mustStaff(setting.room, 'yan', { type: 'resume-session', sessionId: SESSION });
  const state = await pc.stage('answering');
  t.equal(state.candidate?.endsAt, setting.room.now() + 50 * 60_000);
});

void t.test('presence is what PCs last said, and ages; it is in no journal', async (t) => {
  const setting = await opened(t);
  const [pc] = await setting.running(1);
  const rows = setting.journal.entries.length;
  let told = 0;
  setting.gateway.onPresence(() => (told += 1));
  t.equal(setting.gateway.presence(seatIdOf(0)), null);
  pc?.send({ t: 'beat', sent: 12.5, unsent: 3, oldestUnsentMs: 4_000 });
  const beat = await pc?.next('beat');
  t.equal(beat?.sent, 12.5);
  t.equal(beat?.now, setting.room.now());
  t.equal(setting.gateway.presence(seatIdOf(0))?.unsent, 3);
  t.ok((setting.gateway.presence(seatIdOf(0))?.oldestUnsentMs ?? 0) >= 4_000);
  t.equal(told, 1);
  t.equal(setting.journal.entries.length, rows);
});

void t.test('[rule 6] after a reboot the PCs vote on the clock, once each', async (t) => {
  const setting = await SeatsSetting.open();
  await setting.running(1);
  const { clocks } = setting;
  const entries = setting.journal.entries;
  await setting.close();
  clocks.clear();
  clocks.bootId = 'boot-2';
  clocks.mono = 30_000;
  clocks.wall += 120_000;
  const again = await opened(t, { clocks, journal: new HeldJournal({ auto: true, entries }) });
  t.equal(again.room.state.clock.trusted, false);
  const pc = await SeatClient.connect(again.url);
  again.clients.push(pc);
  pc.greet(0, { roomNow: clocks.wall + 400 });
  await pc.until(() => (again.room.state.clock.trusted ? true : undefined));
  t.equal(again.room.now(), clocks.wall);
  t.equal(
    (await pc.stage('answering')).candidate?.endsAt,
    again.room.state.sessions[SESSION]!.startedAt! + 3_600_000,
  );
});

void t.test('a PC that comes back to a restarted room finds its exam and what the room holds', async (t) => {
  const setting = await SeatsSetting.open();
  const [pc] = await setting.running(1);
  await pc?.ask(saveOf(setting, { rev: 3 }));
  const { clocks } = setting;
  const entries = setting.journal.entries;
  setting.gateway.stop();
  t.match(await pc?.next('bye'), { code: 'stopping', retry: true });
  await setting.close();
  const again = await opened(t, { clocks, journal: new HeldJournal({ auto: true, entries }) });
  const back = await again.hello(0);
  t.match((await back.next('paper')).answers, [{ itemId: 'q1', rev: 3 }]);
  await back.stage('answering');
  t.match(await back.ask(saveOf(again, { rev: 3 })), { t: 'ack' });
});

void t.test('pages are pushed only when they differ', async (t) => {
  const setting = await opened(t);
  const [one, two] = await setting.running(2);
  await ticks();
  const before = [one?.of('state').length, two?.of('state').length];
  for (let rev = 1; rev <= 20; rev++) await one?.ask(saveOf(setting, { rev }));
  must(setting.room, { type: 'sample-clock', ...setting.room.time.reading(), by: byRoom });
  await ticks();
  t.same([one?.of('state').length, two?.of('state').length], before);
});

void t.test('no page carries an answer or a key', async (t) => {
  const setting = await opened(t);
  const [pc] = await setting.running(1);
  const sentinel = 'SENTINEL7';
  await pc?.ask(saveOf(setting, { itemId: 'q3', value: { blanks: [sentinel, ''] } }));
  mustStaff(setting.room, 'yan', {
    type: 'pause-session',
    sessionId: SESSION,
    cause: 'chief',
    reason: 'test',
  });
  await pc?.stage('paused');
  const states = JSON.stringify(pc?.of('state') satisfies SeatState[] | undefined);
  t.notMatch(states, sentinel);
  t.notOk(states.includes(CONTENT_KEY.toString('base64')));
});
