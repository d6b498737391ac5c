// The check of the room in the appliance as a process: run by the sysadmin's page with progress, signed, stored, in the journal and
// served by signed links; the command beside it says the same of the same room.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { io, type Socket } from 'socket.io-client';
import { readJournal } from '../../server/compose/read-journal.js';
import { readReport } from '../../server/preflight/report.js';
import { STAFF_SOCKET_PATH } from '../../server/proctor/gateway.js';
import type {
  PreflightDone,
  PreflightProgress,
  PreflightReportView,
  PreflightRun,
} from '../../server/protocol/preflight.js';
import type { RoomView } from '../../server/protocol/staff.js';
import { eventOf } from '../../server/protocol/journal-event.js';
import { fetchBytes, tlsOptions } from '../../server/rehearsal/room-address.js';
import { PINS } from '../support/small-exam.js';
import { COMMAND, prepareServer } from '../support/start-server.js';

t.setTimeout(560_000);

const server = await prepareServer({ config: { preflight: { timeServers: [], internetUrls: [] } } });
const running = server.process();
await running.start();
t.teardown(async () => {
  await running.kill();
  server.remove();
});

type Answer<T> = { ok: true } & T;
const ask = <T>(
  socket: Socket,
  event: string,
  request?: unknown,
): Promise<Answer<T> | { ok: false; code: string }> =>
  new Promise((resolve) =>
    request === undefined ? socket.emit(event, resolve) : socket.emit(event, request, resolve),
  );

async function signIn(staffId: string): Promise<{ socket: Socket; view: RoomView }> {
  const socket = io(server.address.url, {
    ...{ path: STAFF_SOCKET_PATH, transports: ['websocket'], forceNew: true },
    ...tlsOptions(server.address),
  });
  t.teardown(() => socket.disconnect());
  const answer = await ask<{ view: RoomView }>(socket, 'sign-in', {
    staffId,
    pin: staffId === 'chief' ? PINS.chief : PINS.others,
  });
  if (!answer.ok) throw new Error(answer.code);
  return { socket, view: answer.view };
}

const end = (socket: Socket) =>
  new Promise<PreflightDone>((resolve) => socket.once('preflight-done', resolve));

let last: PreflightReportView | null = null;

void t.test(
  'the sysadmin runs it; every line comes as it is known, and the report is in the journal',
  async (t) => {
    const { socket } = await signIn('sysadmin');
    const lines: PreflightProgress[] = [];
    socket.on('preflight-line', (progress: PreflightProgress) => lines.push(progress));
    const done = end(socket);
    const begun = await ask<{ run: PreflightRun }>(socket, 'run-preflight', {
      groups: null,
      attested: ['room.bell', 'room.detector'],
      notes: [{ line: 'room.bell', note: '  后排也听得到 ' }],
    });
    if (!begun.ok) throw new Error(begun.code);
    const again = await ask<{ run: PreflightRun }>(socket, 'run-preflight', {
      groups: ['server'],
      attested: [],
    });
    t.match(again, { ok: true, run: { runId: begun.run.runId } }, 'one at a time: the second joins');
    const { report: view, runId } = await done;
    t.equal(runId, begun.run.runId);
    if (view === null) throw new Error('no report');
    last = view;
    t.equal(lines.length, begun.run.total);
    t.same(
      lines.map((one) => one.done),
      lines.map((_, index) => index + 1),
    );
    const by = Object.fromEntries(view.report.lines.map((line) => [line.id, line]));
    t.match(by['room.rehearsal'], { measured: { zh: /丢失 0/ } }, 'it was really played');
    t.match(by['room.rehearsal']?.verdict, /green|amber/);
    t.match(by['server.port'], { verdict: 'green' });
    t.match(by['package.whole'], { verdict: 'green' });
    t.match(by['package.room-key'], { verdict: 'green' });
    t.match(by['pcs.paired'], { verdict: 'red' });
    t.match(by['room.bell'], { verdict: 'green', attested: { by: '机敏', note: '后排也听得到' } });
    t.notOk('note' in (by['room.detector']?.attested ?? {}), 'a note is nobody’s duty');
    t.match(by['room.printer'], { verdict: 'unknown' });
    t.same(
      readdirSync(join(server.data, 'preflight')).filter((name) => name.startsWith('.')),
      [],
      'the rehearsal left nothing',
    );
    const stored = await readJournal(server.data, server.exam.room, 'beside');
    const recorded: object[] = [];
    for await (const written of stored.replay(0))
      if (eventOf(written).type === 'preflight-recorded') recorded.push(eventOf(written));
    await stored.close();
    t.match(recorded.at(-1), { attested: [{ line: 'room.bell', by: '机敏', note: '后排也听得到' }, {}] });
    const { view: now } = await signIn('chief');
    t.match(now.preflight, { reportId: view.report.reportId, hash: view.hash });
  },
);

void t.test('its files come by their links only, the signed one holds, the page runs nothing', async (t) => {
  if (last === null) throw new Error('no report');
  const [json, html] = last.files;
  const envelope: unknown = JSON.parse((await fetchBytes(server.address, json?.url ?? '')).toString('utf8'));
  t.same(readReport(envelope, [server.exam.room.public]), last.report);
  t.match((await fetchBytes(server.address, html?.url ?? '')).toString('utf8'), last.hash);
  for (const url of [`/preflight/${json?.name}`, `/preflight/${json?.name}?k=${'0'.repeat(32)}`])
    await t.rejects(fetchBytes(server.address, url), /404/);
});

void t.test('a group alone keeps the other lines, with the time at which they were measured', async (t) => {
  const { socket } = await signIn('sysadmin');
  const before = last;
  if (before === null) throw new Error('no report');
  const stored = await ask<{ report: PreflightReportView }>(socket, 'last-preflight');
  t.match(stored, { ok: true, report: { hash: before.hash }, run: null });
  const done = end(socket);
  await ask(socket, 'run-preflight', { groups: ['package'], attested: [] });
  const { report: view } = await done;
  const at = (one: PreflightReportView | null, id: string) =>
    one?.report.lines.find((line) => line.id === id)?.at ?? 0;
  t.equal(at(view, 'server.cores'), at(before, 'server.cores'));
  t.ok(at(view, 'package.whole') > at(before, 'package.whole'));
  t.not(view?.report.reportId, before.report.reportId);
  t.equal(view?.report.lines.length, before.report.lines.length);
});

void t.test('who may not, and what is no request, is refused', async (t) => {
  const chief = await signIn('chief');
  const wish = { groups: null, attested: [] };
  t.match(await ask(chief.socket, 'run-preflight', wish), { ok: false, code: 'not-allowed' });
  const { socket } = await signIn('sysadmin');
  for (const bad of [
    {},
    { groups: ['moon'], attested: [] },
    { groups: [], attested: [] },
    { groups: null, attested: ['../x'] },
    { ...wish, notes: [{ line: 'room.bell', note: 'x' }] },
    { ...wish, attested: ['room.bell'], notes: [{ line: 'room.bell', note: 'x'.repeat(201) }] },
    { ...wish, attested: ['room.bell'], notes: [{ line: 'room.bell', note: 'x\ny' }] },
    { ...wish, attested: ['room.bell'], notes: [{ line: 'room.bell', note: 7 }] },
    { ...wish, attested: ['room.bell'], notes: [{ line: 'room.bell' }] },
    { ...wish, attested: ['room.bell'], notes: [{ line: 'room.bell', note: 'x', by: '别人' }] },
    { ...wish, attested: ['room.bell'], notes: 'x' },
  ])
    t.match(await ask(socket, 'run-preflight', bad), { ok: false, code: 'bad-request' }, JSON.stringify(bad));
  const stranger = io(server.address.url, {
    ...{ path: STAFF_SOCKET_PATH, transports: ['websocket'], forceNew: true },
    ...tlsOptions(server.address),
  });
  t.teardown(() => stranger.disconnect());
  t.match(await ask(stranger, 'run-preflight', wish), { ok: false, code: 'not-allowed' });
  t.match(await ask(stranger, 'last-preflight'), { ok: false, code: 'not-allowed' });
});

void t.test('a rehearsal on the PCs is the sysadmin’s to begin, and not without a PC', async (t) => {
  const wish = { seats: null, minutes: 1 };
  const chief = await signIn('chief');
  t.match(await ask(chief.socket, 'begin-rehearsal', wish), { ok: false, code: 'not-allowed' });
  t.match(await ask(chief.socket, 'end-rehearsal'), { ok: false, code: 'not-allowed' });
  const { socket } = await signIn('sysadmin');
  for (const bad of [{}, { seats: 0, minutes: 1 }, { seats: 3, minutes: 31 }, { ...wish, more: 1 }])
    t.match(
      await ask(socket, 'begin-rehearsal', bad),
      { ok: false, code: 'bad-request' },
      JSON.stringify(bad),
    );
  t.match(await ask(socket, 'begin-rehearsal', wish), { ok: false, code: 'no-idle-pcs' });
  t.match(await ask(chief.socket, 'last-rehearsal'), {
    ...{ ok: true, rehearsal: { run: null, last: null, idlePcs: 0 } },
  });
  t.match(await ask(socket, 'end-rehearsal'), { ok: true }, 'nothing to end is no fault');
});

void t.test('[PF4] a restart makes nobody’s word another’s', async (t) => {
  const check = async (staffId: string, notes?: object[]) => {
    const { socket } = await signIn(staffId);
    const done = end(socket);
    const wish = {
      groups: ['devices'],
      attested: ['devices.ups', 'devices.jammer'],
      ...(notes && { notes }),
    };
    t.match(await ask(socket, 'run-preflight', wish), { ok: true });
    const { report } = await done;
    const tickOf = (id: string) => report?.report.lines.find((line) => line.id === id)?.attested;
    return { ups: tickOf('devices.ups'), jammer: tickOf('devices.jammer') };
  };
  const before = await check('sysadmin', [{ line: 'devices.ups', note: '在隔壁机柜' }]);
  t.match(before, { ups: { by: '机敏', note: '在隔壁机柜' }, jammer: { by: '机敏' } });
  await running.kill();
  await running.start();
  t.same(await check('technician'), before, 'the same person, time and note');
  const after = await check('technician', [{ line: 'devices.ups', note: '在二号机柜' }]);
  t.match(after, { ups: { by: '远助', note: '在二号机柜' }, jammer: before.jammer });
});

interface Said {
  status: number | null;
  out: string;
  last: { ok: boolean; lines: { id: string; verdict: string }[]; files: string[]; red: number };
}
const command = (...args: string[]) =>
  new Promise<Said>((resolve) => {
    const child = spawn(process.execPath, [COMMAND, 'preflight', '--json', '--no-rehearsal', ...args]);
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
    child.once('close', (status) =>
      resolve({ status, out, last: JSON.parse(out.trimEnd().split('\n').at(-1) ?? '{}') as Said['last'] }),
    );
  });
const verdictOf = ({ last: { lines } }: Said, id: string) => lines.find((line) => line.id === id)?.verdict;

void t.test('the command beside the server knows its port and its package, and signs', async (t) => {
  const out = mkdtempSync(join(tmpdir(), 'kaochang-report-'));
  t.teardown(() => rmSync(out, { recursive: true, force: true }));
  const note = ['--note', 'room.bell=后排 2=3 也听得到'];
  const said = await command(
    '--data',
    server.data,
    '--out',
    out,
    '--attest',
    'room.bell,devices.ups',
    ...note,
  );
  t.equal(said.status, 1, 'red lines: no PC is paired');
  t.ok(said.last.red > 0);
  for (const id of ['server.port', 'package.installed', 'package.whole', 'package.room-key', 'room.bell'])
    t.equal(verdictOf(said, id), 'green', id);
  t.equal(verdictOf(said, 'devices.ups'), 'amber');
  const bell = said.last.lines.find(({ id }) => id === 'room.bell');
  t.match(bell, { attested: { by: null, note: '后排 2=3 也听得到' } });
  t.match(said.out, '备注 note: 后排 2=3 也听得到');
  t.match(said.out, '考试包 Package');
  const [json = '', html = ''] = said.last.files;
  t.equal(readReport(JSON.parse(readFileSync(json, 'utf8')), [server.exam.room.public]).by, null);
  t.match(readFileSync(html, 'utf8'), '考前检查报告');
});

void t.test(
  'the command works before anything is installed, leaves nothing there, and knows its lines',
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'kaochang-none-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const data = join(folder, 'data');
    const said = await command('--data', data, '--out', join(folder, 'out'));
    t.equal(said.status, 1);
    t.equal(verdictOf(said, 'package.installed'), 'red');
    t.notOk(existsSync(data), 'the data folder was not made');
    t.match(said.out, /报告未签名/);
    t.equal((await command('--data', data, '--attest', 'no-such-line')).status, 2);
    for (const note of ['room.printer=x', 'room.bell=', `room.bell=${'x'.repeat(201)}`, 'room.bell'])
      t.equal((await command('--data', data, '--attest', 'room.bell', '--note', note)).status, 2, note);
  },
);
