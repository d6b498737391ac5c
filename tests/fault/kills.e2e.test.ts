// An exam in which the server dies five times. Candidates log every acknowledgement to a file of their own; afterwards that
// file is held against the journal and the bundle. The same exam shows that staff never see an answer, and that every
// change to its bundle is found.

import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { BundleFiles } from '../../server/bundle/bundle-files.js';
import { verifyBundle } from '../../server/bundle/verify.js';
import { openWith } from '../../server/keys/age-box.js';
import { generateKeys } from '../../server/keys/key-files.js';
import { STATEMENT_SUFFIX } from '../../server/protocol/bundle.js';
import { playDay } from '../../server/rehearsal/exam-day.js';
import { fetchBytes } from '../../server/rehearsal/room-address.js';
import { SimulatedStaff } from '../../server/rehearsal/simulated-staff.js';
import { lostAnswers, type Acknowledged } from '../../server/rehearsal/lost-answers.js';
import { filesOf, zipOf } from '../support/read-bag.js';
import { PINS, SENTENCES, SESSION } from '../support/small-exam.js';
import { COMMAND, prepareServer } from '../support/start-server.js';

const KILLS = 5;
t.setTimeout(560_000);

const second = 1_000;
const prepared = await prepareServer({
  candidates: 8,
  startsAt: Date.now() + 12 * second,
  minutes: 1,
  policy: {
    lateCutOffMs: 10 * second,
    handOverWindowMs: 10 * second,
    // Where the last kill takes its time the end lies in it, and nobody decides.
    suspendedDecisionMs: 10 * second,
    remindersBeforeEndMs: [10 * second],
    entryOpensBeforeMs: 60 * second,
  },
});
const server = prepared.process();
t.teardown(async () => {
  await server.kill();
  prepared.remove();
});
const { data, address, exam } = prepared;
const acks = join(data, 'acknowledged.ndjson');
const pushed: string[] = [];
const sentinel = (ticketNo: string) => `哨兵${ticketNo.slice(-4)}秘`;
let metrics = '';

await server.start();
const figures = await playDay({
  address,
  sessionId: SESSION,
  paperId: 'paper-main',
  startCode: exam.startCode,
  sealCode: prepared.orgCode({ act: 'seal', sessionId: SESSION, scope: '', minutes: 0, counter: 1 }),
  staff: {
    sysadmin: { staffId: 'sysadmin', pin: PINS.others },
    clerk: { staffId: 'clerk', pin: PINS.others },
    'org-technician': { staffId: 'technician', pin: PINS.others },
    chief: { staffId: 'chief', pin: PINS.chief },
    inspector: { staffId: 'inspector', pin: PINS.others },
    proctor: { staffId: 'proctor', pin: PINS.others },
  },
  candidates: exam.source.roster.map(({ candidateId, ticketNo, seatId }) => ({
    candidateId,
    ticketNo,
    seatId,
  })),
  seats: exam.source.plan.seats,
  random: Math.random,
  thinkMs: () => 1_500 + Math.random() * 1_500,
  say: () => undefined,
  sentinel,
  onStaffView: (view) => pushed.push(JSON.stringify(view)),
  onAck: (_candidateId, body) => {
    if (body.t === 'save') appendFileSync(acks, `${JSON.stringify(body)}\n`);
  },
  inTheMiddle: async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      await pause(500 + Math.random() * 1_500);
      await server.kill();
      await server.start();
    }
    metrics = (await fetchBytes(address, '/metrics')).toString('utf8');
  },
});

const sysadmin = new SimulatedStaff(address, 'sysadmin', PINS.others);
await sysadmin.signIn();
await sysadmin.act({ type: 'build-bundle', sessionId: SESSION });
sysadmin.stop();
await server.stop();

const sealedFile = new BundleFiles(data).sealed(SESSION);
const sealed = readFileSync(sealedFile);
const envelope = readFileSync(sealedFile + STATEMENT_SUFFIX);
const trust = [exam.room.public];
const { identity } = exam.org;

void t.test('everybody handed in, in spite of five kills', async (t) => {
  t.equal(figures.admitted, 7);
  t.equal(figures.handedIn, 7);
  // Whoever is not back before the next kill comes back from both at once.
  t.ok(figures.reconnects >= 7, `${figures.reconnects} reconnects`);
});

void t.test('no acknowledged answer is lost, by a third program', async (t) => {
  const acknowledged = readFileSync(acks, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Acknowledged);
  t.ok(acknowledged.length >= 7 * 6, `${acknowledged.length} acknowledged`);
  const { report, state } = await verifyBundle({ file: sealed, envelope, trust, identity });
  t.strictSame(report.problems, []);
  t.ok(state);
  if (state) t.strictSame(lostAnswers(acknowledged, state, SESSION), []);
  const [first] = acknowledged;
  if (state && first) {
    const altered = { ...first, rev: first.rev + 1 };
    t.equal(lostAnswers([altered], state, SESSION).length, 1, 'the comparison can fail');
  }
});

void t.test('the journal verifies, and its replay is the stored state', async (t) => {
  const { stdout, status } = spawnSync(
    process.execPath,
    [COMMAND, 'journal', 'verify', '--data', data, '--json'],
    { encoding: 'utf8' },
  );
  t.equal(status, 0, stdout);
  const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as { ok: boolean; rows: number };
  t.ok(report.ok);
  t.ok(report.rows > 100);
});

void t.test('[REQ-E15] nothing that staff, metrics or logs were given holds an answer', async (t) => {
  t.ok(pushed.length > 50, `${pushed.length} views`);
  t.match(metrics, /kaochang|process_/);
  const log = readFileSync(join(data, 'server.log'), 'utf8');
  for (const { ticketNo } of exam.source.roster.slice(2)) {
    const secret = sentinel(ticketNo);
    t.notOk(
      pushed.some((view) => view.includes(secret)),
      'staff',
    );
    t.notOk(metrics.includes(secret) || log.includes(secret), 'metrics and log');
  }
  const files = await filesOf((await verifyBundle({ file: sealed, envelope, trust, identity })).bag);
  const answers = [...files]
    .filter(([path]) => path.endsWith('answers.json'))
    .map(([, bytes]) => bytes.toString('utf8'));
  t.ok(
    answers.some((text) => text.includes('哨兵')),
    'the sentinel was written',
  );
});

void t.test('no sentence of the paper and no answer lies in the data folder in plain', async (t) => {
  const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter(
    (one) => one.isFile() && one.name !== 'acknowledged.ndjson',
  );
  for (const file of files) {
    const bytes = readFileSync(join(file.parentPath, file.name));
    for (const secret of [...SENTENCES, '哨兵']) {
      const forms = [
        Buffer.from(secret),
        Buffer.from(secret, 'utf16le'),
        Buffer.from(Buffer.from(secret).toString('base64').slice(0, -4)),
      ];
      if (forms.some((form) => bytes.includes(form))) t.fail(`${secret} in ${file.name}`);
    }
  }
  t.ok(files.length > 8);
});

void t.test('the outer signature holds with the room’s key alone, and not with another', async (t) => {
  const outer = await verifyBundle({ file: sealed, envelope, trust });
  t.match(outer.report, { ok: true, depth: 'outer' });
  const foreign = [(await generateKeys('room', 'other')).public];
  t.match((await verifyBundle({ file: sealed, envelope, trust: foreign })).report.problems, [
    { fault: 'statement-signature' },
  ]);
  t.match((await verifyBundle({ file: sealed, envelope: null, trust })).report.problems, [
    { fault: 'no-statement' },
  ]);
  const other = await generateKeys('org', 'other');
  t.match((await verifyBundle({ file: sealed, envelope, trust, identity: other.identity })).report.problems, [
    { fault: 'not-for-this-key' },
  ]);
});

void t.test('any flipped byte of the sealed file, and any cut, is named', async (t) => {
  for (let n = 0; n < 200; n++) {
    const bytes = Buffer.from(sealed);
    const at = Math.floor((n / 200) * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const { report } = await verifyBundle({ file: bytes, envelope, trust });
    if (report.ok) t.fail(`byte ${at}`);
  }
  t.equal((await verifyBundle({ file: sealed.subarray(0, -1), envelope, trust })).report.ok, false);
});

void t.test('any change inside the bag is named by its file or row', async (t) => {
  const bag = await openWith(identity, sealed);
  const files = await filesOf((await verifyBundle({ file: bag, envelope: null, trust })).bag);
  const verdict = async (change: (files: Map<string, Buffer>) => void) => {
    const copy = new Map(files);
    change(copy);
    return (await verifyBundle({ file: await zipOf(copy), envelope: null, trust })).report.problems;
  };
  t.strictSame(await verdict(() => undefined), [], 'an unsealed bag verifies as it is');
  for (const [path, bytes] of files) {
    const flipped = Buffer.from(bytes);
    flipped[Math.floor(bytes.length / 2)] = (flipped[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
    t.ok((await verdict((copy) => copy.set(path, flipped))).length > 0, `a byte of ${path}`);
    t.ok((await verdict((copy) => copy.delete(path))).length > 0, `without ${path}`);
  }
  t.match(await verdict((copy) => copy.set('data/more.txt', Buffer.from('x'))), [{ where: 'data/more.txt' }]);
  const lines = (files.get('data/journal/rows.ndjson')?.toString('utf8') ?? '').split('\n');
  const edited = async (change: (lines: string[]) => string[]) =>
    (
      await verdict((copy) =>
        copy.set('data/journal/rows.ndjson', Buffer.from(change([...lines]).join('\n'))),
      )
    ).map(({ fault, where }) => `${fault} ${where}`);
  t.ok(
    (await edited((all) => [...all.slice(0, -11), ''])).some((line) => line.startsWith('tail-cut')),
    'a cut tail',
  );
  t.ok((await edited((all) => all.filter((_, n) => n !== 40))).includes('chain row 41'), 'a row taken out');
  t.ok(
    (
      await edited((all) =>
        all.map((line, n) => (n === 40 ? (all[41] ?? '') : n === 41 ? (all[40] ?? '') : line)),
      )
    ).some((line) => line.startsWith('chain row 4')),
    'two rows exchanged',
  );
  t.ok(
    (
      await edited((all) => all.map((line, n) => (n === 40 ? line.replace('"actor":"', '"actor":"x') : line)))
    ).includes('chain row 41'),
    'an edited row',
  );
});

void t.test('score, rescore and review read the bundle; a faulty bundle is not scored', async (t) => {
  const folder = join(data, 'org');
  mkdirSync(folder);
  const key = join(folder, 'org.key');
  const pub = join(folder, 'room.pub');
  writeFileSync(key, JSON.stringify(exam.org));
  writeFileSync(pub, JSON.stringify(exam.room.public));
  const kaochang = (...args: string[]) =>
    spawnSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8' });
  const common = ['--package', exam.file, '--org-key', key, '--trust', pub];
  const score = kaochang('score', sealedFile, ...common, '--out', join(folder, 'scores.xlsx'), '--json');
  t.equal(score.status, 0, score.stderr);
  t.match(JSON.parse(score.stdout.trim().split('\n').at(-1) ?? ''), { candidates: 8, scored: 7 });
  const rescore = kaochang('rescore', sealedFile, ...common, '--json');
  t.equal(rescore.status, 0, rescore.stdout + rescore.stderr);
  const ticket = exam.source.roster[3]?.ticketNo ?? '';
  const review = kaochang('review', sealedFile, ...common, '--ticket', ticket);
  t.equal(review.status, 0, review.stderr);
  t.match(review.stdout, /考生4/);
  t.match(review.stdout, new RegExp(sentinel(ticket)));
  const spoiled = join(folder, 'spoiled.age');
  writeFileSync(spoiled, Buffer.concat([sealed.subarray(0, -1), Buffer.from([0])]));
  writeFileSync(spoiled + STATEMENT_SUFFIX, envelope);
  t.equal(kaochang('score', spoiled, ...common).status, 1);
});
