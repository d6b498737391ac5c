// A real session's bundle: it holds outside and inside, every tampering is named, and it carries nothing of other sessions
// and of the organisations before.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import t from 'tap';
import { buildBundle } from '../../server/bundle/build.js';
import { verifyBundle, type BundleReport } from '../../server/bundle/verify.js';
import { openWith } from '../../server/keys/age-box.js';
import { canonicalBytes } from '../../server/keys/canonical.js';
import { signDsse } from '../../server/keys/dsse.js';
import { generateKeys } from '../../server/keys/key-files.js';
import { BAG, STATEMENT_SUFFIX, TAG_MANIFEST_TYPE, type Statement } from '../../server/protocol/bundle.js';
import {
  answerAll,
  AT_ONCE,
  beginSession,
  collectSession,
  handOver,
  install,
  openEngine,
  preparedData,
  wordsOf,
  type DataFolder,
  type OpenEngine,
} from '../support/direct-session.js';
import { readBag, zipOf } from '../support/read-bag.js';
import { SESSION, smallExam, type SmallExam } from '../support/small-exam.js';

t.setTimeout(560_000);

/** The afternoon is another organisation's: its own package, its own keys. */
const AFTERNOON = 'theory-pm';

interface Setting {
  folder: DataFolder;
  engine: OpenEngine;
  morning: BuiltBundle;
  afternoonExam: SmallExam;
  afternoon: BuiltBundle;
}

interface BuiltBundle {
  bag: Buffer;
  sealed: Buffer;
  envelope: Buffer;
  statement: Statement;
}

const handedIn = {
  has: () => Promise.reject(new Error('Nobody handed a file in')),
  read: () => {
    throw new Error('Nobody handed a file in');
  },
};
async function bundleOf(
  { journal, room, keys }: OpenEngine,
  sessionId: string,
  { org, folder: out }: SmallExam,
): Promise<BuiltBundle> {
  const file = join(out, 'bundle.age');
  const orgRecipients = [org.public.recipient];
  const sources = { journal, room: keys, sessionId, orgRecipients, now: room.now(), handedIn };
  const { statement } = await buildBundle(sources, { file, keepFreeBytes: 0 });
  const sealed = readFileSync(file);
  const envelope = readFileSync(file + STATEMENT_SUFFIX);
  return { sealed, envelope, statement, bag: await openWith(org.identity, sealed) };
}

async function twoSessions(): Promise<Setting> {
  const folder = await preparedData();
  const { data, exam } = folder;
  const engine = await openEngine(data);
  await beginSession(engine, exam);
  answerAll(engine, exam);
  await collectSession(engine, exam);
  const morning = await bundleOf(engine, SESSION, exam);
  const afternoonExam = await smallExam({
    packageId: 'other-exam',
    sessionId: AFTERNOON,
    startsAt: Date.now() - 30_000,
    policy: AT_ONCE,
    candidates: 3,
    keys: { org: await generateKeys('org', '另一评价组织'), room: exam.room },
  });
  writeFileSync(join(data, 'trust', 'other.pub'), JSON.stringify(afternoonExam.org.public));
  await install(data, afternoonExam);
  await engine.packages.look();
  await engine.packages.install(engine.room, engine.journal);
  handOver(engine, data, exam);
  await engine.room.settled();
  await engine.wiping.settled();
  await beginSession(engine, afternoonExam);
  answerAll(engine, afternoonExam);
  await collectSession(engine, afternoonExam);
  const afternoon = await bundleOf(engine, AFTERNOON, afternoonExam);
  return { folder, engine, morning, afternoonExam, afternoon };
}

const setting = await twoSessions();
t.teardown(async () => {
  await setting.engine.stop();
  setting.folder.remove();
});
const { folder, morning, afternoon, afternoonExam } = setting;
const trust = [folder.exam.room.public];

const verifyBag = async (bag: Buffer): Promise<BundleReport> =>
  (await verifyBundle({ file: bag, envelope: null, trust })).report;

void t.test('a bundle holds, outside for everybody and inside for its organisation', async (t) => {
  for (const [built, { org }, candidates] of [
    [morning, folder.exam, 4],
    [afternoon, afternoonExam, 3],
  ] as const) {
    const { sealed: file, envelope, statement } = built;
    t.match((await verifyBundle({ file, envelope, trust })).report, { ok: true, depth: 'outer' });
    const whole = await verifyBundle({ file, envelope, trust, identity: org.identity });
    t.match(whole.report, { ok: true, depth: 'all', candidates, answers: statement.answers });
    t.equal(statement.answers, candidates * 8, 'everybody answered every item');
    t.equal(statement.packageId, built === morning ? 'small-exam' : 'other-exam');
    const stranger = await generateKeys('org', '无关组织');
    const { report } = await verifyBundle({ file, envelope, trust, identity: stranger.identity });
    t.match(report, { ok: false, problems: [{ fault: 'not-for-this-key' }] });
  }
});

void t.test('[rule 17] of other sessions and the packages before there are stubs and no keys', async (t) => {
  const files = await readBag(afternoon.bag);
  const rows = (files.get(BAG.rows)?.toString('utf8') ?? '')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { seq: number; session?: string; type?: string; keyId?: string });
  const first = rows.findIndex((row) => row.session !== undefined);
  t.equal(rows[first]?.type, 'package-installed', 'it begins with its own package');
  t.ok(first > 50, `${first} rows before it as stubs`);
  for (const { session } of rows) if (session !== undefined) t.ok(['', AFTERNOON].includes(session), session);
  const needed = new Set(rows.flatMap(({ keyId }) => (keyId === undefined || keyId === '' ? [] : [keyId])));
  const keys = Object.keys(JSON.parse(files.get(BAG.keys)?.toString('utf8') ?? '{}') as object);
  t.same(keys.sort(), [...needed].sort());
  const text = [...files.values()].map((bytes) => bytes.toString('utf8')).join('\n');
  t.notMatch(text, 'small-exam');
  t.match(text, wordsOf('c1'), 'its own answers are in it');

  const ofMorning = (await readBag(morning.bag)).get('data/package.json')?.toString('utf8');
  t.match(ofMorning, 'small-exam');
  const seats = JSON.parse(files.get('data/seats.json')?.toString('utf8') ?? '[]') as { pcId: string }[];
  t.equal(seats[0]?.pcId, 'pc-s01', 'the pairing of the morning is known without its rows');
});

void t.test('[rule 17] after the collection the room’s own rows are of others', async (t) => {
  const { engine } = setting;
  const again = await bundleOf(engine, AFTERNOON, afternoonExam);
  engine.room.handle({ type: 'report-mains', present: false, by: { kind: 'room' } });
  await engine.room.settled();
  const later = await bundleOf(engine, AFTERNOON, afternoonExam);
  t.match(await verifyBag(later.bag), { ok: true });
  const [before, after] = [await readBag(again.bag), await readBag(later.bag)];
  for (const path of before.keys())
    if (path.startsWith('data/') && !path.startsWith('data/journal/'))
      t.ok(before.get(path)?.equals(after.get(path) ?? Buffer.alloc(0)), `${path} is the same`);
  t.notMatch(after.get(BAG.rows)?.toString('utf8'), 'mains-lost');
});

void t.test('a sealed file with any byte flipped, cut or longer is named', async (t) => {
  const { sealed, envelope } = morning;
  const outer = async (file: Buffer, beside: Buffer | null = envelope) =>
    (await verifyBundle({ file, envelope: beside, trust })).report.problems.map(({ fault }) => fault);
  for (let n = 0; n < 40; n += 1) {
    const at = 30 + Math.floor(((sealed.length - 31) * n) / 39);
    const file = Buffer.from(sealed);
    file[at] = (file[at] ?? 0) ^ (1 << (n % 8));
    t.same(await outer(file), ['file-changed'], `byte ${at}`);
  }
  t.same(await outer(sealed.subarray(0, -1)), ['file-changed']);
  t.same(await outer(Buffer.concat([sealed, Buffer.from('x')])), ['file-changed']);
  t.same(await outer(sealed, null), ['no-statement']);
  t.same(await outer(sealed, afternoon.envelope), ['file-changed'], 'the statement of another bundle');
  const forged = Buffer.from(envelope.toString('utf8').replace(/"sig":"./, '"sig":"_'));
  t.same(await outer(sealed, forged), ['statement-signature']);
  const { report } = await verifyBundle({
    ...{ file: sealed, envelope },
    trust: [(await generateKeys('room', '别的考场')).public],
  });
  t.match(report.problems, [{ fault: 'statement-signature' }], 'another room');
});

void t.test('in a bag every file that is changed, removed or added is named', async (t) => {
  const files = await readBag(morning.bag);
  t.match(await verifyBag(await zipOf(files)), { ok: true }, 'packed again it still holds');
  for (const [path, bytes] of files) {
    const changed = Buffer.from(bytes);
    const at = Math.floor(bytes.length / 2);
    changed[at] = (changed[at] ?? 0) ^ 1;
    const flipped = await verifyBag(await zipOf(new Map(files).set(path, changed)));
    t.equal(flipped.ok, false, `${path}: a bit flipped`);
    t.ok(
      flipped.problems.some(
        ({ where }) => where === path || path === BAG.tagManifest || path === BAG.manifest,
      ),
      `${path} is named`,
    );
    const without = new Map(files);
    without.delete(path);
    t.equal((await verifyBag(await zipOf(without))).ok, false, `${path}: removed`);
  }
  for (const path of ['data/more.txt', 'more.txt', 'data/journal/more.json']) {
    const { ok, problems } = await verifyBag(await zipOf(new Map(files).set(path, Buffer.from('x'))));
    t.equal(ok, false);
    t.ok(
      problems.some(({ fault, where }) => fault === 'file-added' && where === path),
      path,
    );
  }
  t.match((await verifyBag(Buffer.from('no zip at all'))).problems, [{ fault: 'not-a-bag' }]);
  t.equal((await verifyBag(morning.bag.subarray(0, morning.bag.length - 100))).ok, false, 'cut');
});

/** Makes the manifests fit again, as somebody would who has everything but the room's key; or with a key of his own. */
function refit(files: Map<string, Buffer>, key?: SmallExam['room']): Map<string, Buffer> {
  const manifest = (paths: string[]) =>
    Buffer.from(
      paths
        .map(
          (path) =>
            `${createHash('sha256')
              .update(files.get(path) ?? '')
              .digest('hex')}  ${path}\n`,
        )
        .join(''),
    );
  const payload = [...files.keys()].filter((path) => path.startsWith('data/'));
  const bytes = payload.reduce((sum, path) => sum + (files.get(path)?.length ?? 0), 0);
  const info = files.get(BAG.info)?.toString('utf8') ?? '';
  files.set(
    BAG.info,
    Buffer.from(info.replace(/^Payload-Oxum: .*$/m, `Payload-Oxum: ${bytes}.${payload.length}`)),
  );
  files.set(BAG.manifest, manifest(payload));
  files.set(BAG.tagManifest, manifest([BAG.declaration, BAG.info, BAG.manifest]));
  if (key !== undefined) {
    const signed = signDsse(TAG_MANIFEST_TYPE, files.get(BAG.tagManifest) ?? Buffer.alloc(0), [key]);
    files.set(BAG.signature, canonicalBytes(signed));
  }
  return files;
}

const faultsOf = async (files: Map<string, Buffer>) =>
  new Set((await verifyBag(await zipOf(files))).problems.map(({ fault }) => fault));

void t.test('whoever makes all hashes fit again still lacks the room’s key', async (t) => {
  const files = await readBag(morning.bag);
  files.set('data/incidents.json', Buffer.from('[]\n\n'));
  t.ok((await faultsOf(refit(new Map(files)))).has('bag-signature'));
  const foreign = await generateKeys('room', '别的考场');
  t.ok((await faultsOf(refit(new Map(files), foreign))).has('bag-signature'), 'nor does another room’s do');
});

void t.test('and with the room’s key the chain and what follows from it still tell', async (t) => {
  const key = folder.exam.room;
  const bag = await readBag(morning.bag);
  const rows = (bag.get(BAG.rows)?.toString('utf8') ?? '').trimEnd().split('\n');
  const withRows = (lines: string[]) =>
    refit(new Map(bag).set(BAG.rows, Buffer.from(`${lines.join('\n')}\n`)), key);
  const saved = rows.findIndex((line) => line.includes('"answer-saved"'));
  const parsed = JSON.parse(rows[saved] ?? '') as { body: string; session: string };
  const cases: [string, Map<string, Buffer>, string][] = [
    ['an answer file changed', refit(changed(bag, /answers\.json$/), key), 'derived'],
    ['a result changed', refit(changed(bag, /result\.xml$/), key), 'derived'],
    ['attendance changed', refit(changed(bag, /attendance\.json$/), key), 'derived'],
    ['a row taken out', withRows(rows.filter((_, index) => index !== saved)), 'chain'],
    ['the tail cut', withRows(rows.slice(0, -3)), 'tail-cut'],
    ['two rows exchanged', withRows(exchange(rows, saved)), 'chain'],
    [
      'a body exchanged',
      withRows(rows.with(saved, JSON.stringify({ ...parsed, body: Buffer.alloc(64).toString('base64') }))),
      'chain',
    ],
    ['a row of another session whole', withRows(foreignRow(rows, saved)), 'foreign-row'],
    ['no line at all', withRows(['{}']), 'row-unreadable'],
    ['a key exchanged', refit(new Map(bag).set(BAG.keys, swappedKeys(bag)), key), 'body'],
    ['a head exchanged', refit(changed(bag, /heads\.json$/, /"hash":"."?/), key), 'head'],
  ];
  for (const [what, files, fault] of cases) {
    const faults = await faultsOf(files);
    t.ok(faults.has(fault as never), `${what}: ${[...faults].join(', ')}`);
  }
});

function changed(bag: Map<string, Buffer>, path: RegExp, what = /[0-9]/): Map<string, Buffer> {
  const name = [...bag.keys()].find((one) => path.test(one)) ?? '';
  const text = bag.get(name)?.toString('utf8') ?? '';
  const digit = (found: string) => found.replace(/.$/, (last) => (last === '1' ? '2' : '1'));
  return new Map(bag).set(name, Buffer.from(text.replace(what, digit)));
}

function exchange(rows: string[], at: number): string[] {
  return rows.with(at, rows[at + 1] ?? '').with(at + 1, rows[at] ?? '');
}

function foreignRow(rows: string[], at: number): string[] {
  return rows.with(at, (rows[at] ?? '').replace(`"session":"${SESSION}"`, '"session":"other"'));
}

function swappedKeys(bag: Map<string, Buffer>): Buffer {
  const keys = Object.entries(
    JSON.parse(bag.get(BAG.keys)?.toString('utf8') ?? '{}') as Record<string, string>,
  );
  const values = keys.map(([, value]) => value).reverse();
  return canonicalBytes(Object.fromEntries(keys.map(([id], index) => [id, values[index] ?? ''])));
}
