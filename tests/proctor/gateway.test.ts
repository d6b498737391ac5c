// The staff channel over real sockets with the real rules: sign-in, commands, pushes; bad input changes nothing.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { noteDocument, openDocumentDesk } from '../../server/compose/documents.js';
import { STAFF_RULES } from '../../server/compose/rules.js';
import t, { type Test } from 'tap';
import { io, type Socket } from 'socket.io-client';
import { decide } from '../../server/core/decide.js';
import { changesDeadlines, nextDeadline } from '../../server/core/deadlines.js';
import { evolve } from '../../server/core/evolve.js';
import { initialState } from '../../server/core/initial.js';
import { createLog } from '../../server/log.js';
import { createStaffGateway, STAFF_SOCKET_PATH } from '../../server/proctor/gateway.js';
import type { StaffHost } from '../../server/proctor/host.js';
import { SimulatedStaff } from '../../server/rehearsal/simulated-staff.js';
import { createRoom, type RunningRoom } from '../../server/room.js';
import type { Outcome, StaffRequest } from '../../server/protocol/staff.js';
import { DrivenClocks, NINE_O_CLOCK } from '../support/driven-clocks.js';
import { HeldJournal } from '../support/held-journal.js';
import { byRoom, must, SESSION, smallPackage } from '../support/small-room.js';

const PIN = '112233';
const PC = 'a'.repeat(32);

interface Setting {
  room: RunningRoom;
  journal: HeldJournal;
  url: string;
  opened: { staffId: string; startCode: string }[];
  staff(staffId: string): Promise<SimulatedStaff>;
  raw(): Socket;
}

async function open(
  t: Test,
  journal = new HeldJournal({ auto: true }),
  more: Partial<StaffHost> = {},
): Promise<Setting> {
  const clocks = new DrivenClocks({ wall: NINE_O_CLOCK - 20 * 60_000 });
  const log = createLog('silent');
  const rules = { decide, evolve, nextDeadline, changesDeadlines, initialState };
  const onFailure = () => undefined;
  const room = await createRoom({ journal, rules, clocks, alarm: clocks, log, version: 'test', onFailure });
  must(room, { type: 'install-package', package: smallPackage(), by: byRoom });
  const opened: Setting['opened'] = [];
  let ids = 0;
  const host: StaffHost = {
    room,
    rules: STAFF_RULES,
    log,
    checkStaffPin: (_staffId, pin) => Promise.resolve(pin === PIN),
    checkOrgCode: (_scope, typed) => (typed === '12345678' ? 7 : null),
    openPaper: ({ staffId, startCode }) => {
      opened.push({ staffId, startCode });
      if (startCode === 'explode') return Promise.reject(new Error('secret detail'));
      return Promise.resolve(startCode === 'right');
    },
    presence: () => null,
    pcOfPairingCode: (code) => (code === '123456' ? PC : null),
    pendingPairings: () => [{ pairingCode: '123456', address: '127.0.0.1', since: 1 }],
    photoUrl: (hash) => `/photos/${hash}`,
    bundleFiles: (sessionId, fileHash) => [{ name: sessionId, url: `/bundles/${fileHash}/${sessionId}` }],
    buildBundle: () => Promise.resolve(null),
    bundleProgress: () => null,
    verifyReceipt: () => null,
    newId: () => `id-${++ids}`,
    documents: openDocumentDesk(room),
    ...more,
  };
  const gateway = createStaffGateway(host);
  const server = createServer();
  gateway.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stops: (() => void)[] = [];
  t.teardown(async () => {
    stops.forEach((stop) => stop());
    room.stop();
    await gateway.close();
  });
  return {
    room,
    journal,
    url,
    opened,
    staff: async (staffId) => {
      const one = new SimulatedStaff({ url }, staffId, PIN);
      stops.push(() => one.stop());
      await one.signIn();
      return one;
    },
    raw: () => {
      const socket = io(url, { path: STAFF_SOCKET_PATH, transports: ['websocket'], forceNew: true });
      stops.push(() => socket.disconnect());
      return socket;
    },
  };
}

const ask = (socket: Socket, event: string, request: unknown) =>
  new Promise<Outcome>((resolve) => socket.emit(event, request, resolve));

void t.test('[DV10] a discharge is recorded by what the room saw, not by what the page says', async (t) => {
  const seen = { runtimeS: 7_600, seconds: 660, chargeFrom: 100, chargeTo: 94 };
  const results: (typeof seen | null)[] = [null, seen];
  const devices = {
    ...{ live: () => [], trends: () => ({}), marks: () => Promise.resolve([]) },
    discharge: (deviceId: string) => (deviceId === 'ups' ? (results.shift() ?? null) : null),
  };
  const { room, staff } = await open(t, undefined, { devices });
  const card = { deviceId: 'ups', kind: 'ups' as const, name: 'UPS', adapter: 'nut' };
  must(room, { type: 'configure-devices', devices: [card], by: byRoom });
  const sysadmin = await staff('xi');
  const request = { type: 'record-discharge' as const, deviceId: 'ups', note: '年度放电' };
  t.match(await sysadmin.command(request), { ok: false, code: 'discharge-unproven' });
  t.match(await sysadmin.command({ ...request, result: seen } as typeof request), { code: 'bad-request' });
  t.match(await sysadmin.command(request), { ok: true });
  t.match(room.state.devices['ups']?.attested, [{ value: '7600', tested: { seconds: 660 }, by: 'xi' }]);
});

void t.test('[SL8] nobody is answered before what is installed was held against the seal', async (t) => {
  let done = () => undefined as void;
  const compared = new Promise<void>((resolve) => (done = resolve));
  const setting = await open(t, undefined, { compared });
  const socket = setting.raw();
  await new Promise<void>((resolve) => socket.once('staff', () => resolve()));
  const answered: string[] = [];
  const asked = (event: string, request: unknown) =>
    ask(socket, event, request).then((outcome) => {
      answered.push(event);
      return outcome;
    });
  const all = [
    asked('sign-in', { staffId: 'yan', pin: PIN }),
    asked('command', {}),
    asked('run-preflight', {}),
  ];
  // Whatever could be answered would have been.
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.same(answered, []);
  t.notOk(setting.journal.entries.some(({ type }) => type === 'staff-signed-in'));
  done();
  t.match(await all[0], { ok: true });
  await Promise.all(all);
});

void t.test(
  'signing in gives the picture of the room; a wrong PIN is refused, recorded and locks',
  async (t) => {
    const setting = await open(t);
    const chief = await setting.staff('yan');
    t.match(chief.view, { roomName: '2号楼102考场', you: { staffId: 'yan', roles: ['chief'] } });
    t.equal(chief.view?.seats.length, 4);
    const socket = setting.raw();
    for (let n = 0; n < 5; n++)
      t.match(await ask(socket, 'sign-in', { staffId: 'jian', pin: '000000' }), {
        ok: false,
        code: 'sign-in-refused',
      });
    t.match(await ask(socket, 'sign-in', { staffId: 'jian', pin: PIN }), {
      ok: false,
      code: 'sign-in-locked',
    });
    t.match(await ask(socket, 'sign-in', { staffId: 'nobody', pin: PIN }), {
      ok: false,
      code: 'unknown-staff',
    });
  },
);

void t.test('before sign-in nothing is told but the room’s name and who works there', async (t) => {
  const setting = await open(t);
  const socket = setting.raw();
  const first = await new Promise((resolve) => socket.once('staff', resolve));
  t.strictSame(Object.keys(first as object).sort(), ['practice', 'roomName', 'siteName', 'staff']);
  t.match(await ask(socket, 'command', { type: 'open-entry', sessionId: SESSION }), {
    ok: false,
    code: 'not-allowed',
  });
});

void t.test('a command is acknowledged only when it is on the disk', async (t) => {
  const setting = await open(t);
  const sysadmin = await setting.staff('xi');
  setting.journal.auto = false;
  let answered = false;
  const outcome = sysadmin.command({ type: 'sign-seal', sessionId: SESSION }).then((result) => {
    answered = true;
    return result;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.equal(answered, false);
  t.equal(sysadmin.view?.session?.seal.sysadmin, null, 'nobody was shown it either');
  setting.journal.release();
  t.match(await outcome, { ok: true });
  await sysadmin.until((view) => view.session?.seal.sysadmin === 'xi', 20_000, 'the signature');
});

void t.test('what one does, all see', async (t) => {
  const setting = await open(t);
  const [sysadmin, clerk] = [await setting.staff('xi'), await setting.staff('wu')];
  await sysadmin.act({ type: 'pair-seat', pairingCode: '123456', seatId: 's01' });
  await clerk.until(
    (view) => view.seats.find(({ seatId }) => seatId === 's01')?.look !== 'unpaired',
    2_000,
    'the pairing',
  );
  t.match(clerk.view?.feed[0], { type: 'seat-paired' });
  t.match(await sysadmin.command({ type: 'pair-seat', pairingCode: '654321', seatId: 's02' }), {
    ok: false,
    code: 'unknown-pairing-code',
  });
});

void t.test('codes are checked here, and the rules get the outcome', async (t) => {
  const setting = await open(t);
  const chief = await setting.staff('yan');
  t.match(
    await chief.command({
      type: 'delay-start',
      sessionId: SESSION,
      minutes: 5,
      reason: '断网',
      orgCode: '1',
    }),
    { ok: false, code: 'wrong-org-code' },
  );
  t.match(
    await chief.command({
      type: 'delay-start',
      sessionId: SESSION,
      minutes: 5,
      reason: '断网',
      orgCode: '12345678',
    }),
    { ok: true },
  );
  t.equal(setting.room.state.sessions[SESSION]?.startDelayMs, 300_000);
  t.match(
    await chief.command({
      type: 'delay-start',
      sessionId: SESSION,
      minutes: 5,
      reason: '断网',
      orgCode: '12345678',
    }),
    { ok: false, code: 'org-code-used' },
  );
});

void t.test('the server alone decides who may do what', async (t) => {
  const setting = await open(t);
  const proctor = await setting.staff('jian');
  for (const request of [
    { type: 'open-entry', sessionId: SESSION },
    { type: 'sign-seal', sessionId: SESSION },
    { type: 'build-bundle', sessionId: SESSION },
    { type: 'end-session', sessionId: SESSION, reason: 'x' },
  ] satisfies StaffRequest[])
    t.match(await proctor.command(request), { ok: false }, request.type);
  t.equal(setting.room.state.sessions[SESSION]?.phase, 'installed');
});

void t.test('bad input gets a stable code and changes nothing', async (t) => {
  const setting = await open(t);
  const socket = setting.raw();
  t.match(await ask(socket, 'sign-in', { staffId: 'yan', pin: PIN }), { ok: true });
  const before = setting.room.lastSeq;
  for (const bad of [
    null,
    'open-entry',
    { type: 'no-such' },
    { type: 'constructor' },
    { type: 'open-entry' },
    { type: 'open-entry', sessionId: SESSION, extra: 1 },
    { type: 'open-entry', sessionId: '../x' },
    { type: 'check-in', sessionId: SESSION, candidateId: 'c1', outcome: 'maybe' },
    { type: 'send-message', sessionId: SESSION, candidateId: null, text: 'x'.repeat(501) },
  ])
    t.match(await ask(socket, 'command', bad), { ok: false, code: 'bad-request' }, JSON.stringify(bad));
  t.equal(setting.room.lastSeq, before);
  socket.emit('command', { type: 'open-entry', sessionId: SESSION });
  socket.emit('no-such-event', 1);
  t.match(await ask(socket, 'command', null), { ok: false }, 'and goes on answering');
});

void t.test('a fault behind the gateway is answered without its details, and others go on', async (t) => {
  const setting = await open(t);
  const chief = await setting.staff('yan');
  const outcome = await chief.command({
    type: 'open-paper',
    sessionId: SESSION,
    paperId: 'p',
    startCode: 'explode',
    pin: PIN,
  });
  t.strictSame(outcome, { ok: false, code: 'failed' });
  t.strictSame(
    setting.opened,
    [{ staffId: 'yan', startCode: 'explode' }],
    'the PIN is that of who is signed in',
  );
  t.match(await (await setting.staff('xi')).command({ type: 'sign-seal', sessionId: SESSION }), { ok: true });
});

void t.test('a page comes back with its token, and not after signing out', async (t) => {
  const setting = await open(t);
  const socket = setting.raw();
  const { token } = (await ask(socket, 'sign-in', { staffId: 'yan', pin: PIN })) as unknown as {
    token: string;
  };
  const again = setting.raw();
  t.match(await ask(again, 'resume', { token }), { ok: true });
  t.match(await ask(setting.raw(), 'resume', { token: 'x' }), { ok: false, code: 'sign-in-refused' });
  await new Promise((resolve) => again.emit('sign-out', resolve));
  t.match(await ask(setting.raw(), 'resume', { token }), { ok: false, code: 'sign-in-refused' });
});

void t.test('a script that hammers is slowed down, and told so', async (t) => {
  const setting = await open(t);
  const socket = setting.raw();
  const outcomes = await Promise.all(Array.from({ length: 200 }, () => ask(socket, 'command', null)));
  const codes = new Set(outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.code)));
  t.ok(codes.has('too-fast'));
  t.equal(codes.size, 2, [...codes].join(' '));
});

void t.test('a page that floods without waiting is cut off, and the others are not', async (t) => {
  const setting = await open(t);
  const [bad, good] = [setting.raw(), setting.raw()];
  await Promise.all([ask(bad, 'command', null), ask(good, 'command', null)]);
  const gone = new Promise((resolve) => bad.once('disconnect', resolve));
  for (let n = 0; n < 2_000; n++) bad.emit('command', null);
  await gone;
  t.equal(good.connected, true);
  t.match(await ask(good, 'command', null), { ok: false });
  bad.disconnect();
});

void t.test('who checks in may read a document; the answer comes when it is on the disk', async (t) => {
  const setting = await open(t);
  const socket = setting.raw();
  t.match(await ask(socket, 'read-document', { text: 'X1' }), { ok: false, code: 'not-allowed' });
  await ask(socket, 'sign-in', { staffId: 'xi', pin: PIN });
  t.match(await ask(socket, 'read-document', { text: 'X1' }), { ok: false, code: 'not-allowed' }, 'sysadmin');
  await ask(socket, 'sign-in', { staffId: 'jian', pin: PIN });
  for (const bad of [null, {}, { text: 7 }, { text: '9'.repeat(201) }, { text: 'X', more: 1 }])
    t.match(await ask(socket, 'read-document', bad), { ok: false, code: 'bad-request' });
  const seq = setting.journal.lastSeq;
  setting.journal.auto = false;
  let answered = false;
  const answer = ask(socket, 'read-document', { text: '11010519491231002X' }).then((outcome) => {
    answered = true;
    return outcome;
  });
  while (setting.journal.lastSeq === seq) await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setTimeout(resolve, 50));
  t.equal(answered, false);
  setting.journal.release();
  t.match(await answer, { ok: true, found: { outcome: 'not-on-roster' } });
});

void t.test('a document at a reader of the room is told to those who are signed in', async (t) => {
  const setting = await open(t);
  const [outside, inside] = [setting.raw(), setting.raw()];
  let heardOutside = 0;
  outside.on('document-read', () => heardOutside++);
  await ask(inside, 'sign-in', { staffId: 'jian', pin: PIN });
  const heard = new Promise((resolve) => inside.once('document-read', resolve));
  noteDocument(setting.room, 'reader-1', { documentNo: '11010519491231002X' });
  t.match(await heard, { deviceId: 'reader-1', found: { outcome: 'not-on-roster' } });
  await ask(outside, 'resume', { token: 'x' });
  t.equal(heardOutside, 0);
});
