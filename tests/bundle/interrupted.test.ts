// A bundle that is stopped, cut off by a crash, or finds the disk full: nothing half done counts, the bundle that was there stays,
// and the next attempt is whole. A file that the disk changed is left out and named, whoever else's is in.

import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { bundleExport } from '../../scripts/commands/bundle.js';
import { BundleFiles } from '../../server/bundle/bundle-files.js';
import { copyDurably, NoSpaceError, settlePartials, writePartial } from '../../server/bundle/partial-file.js';
import { verifyBundle } from '../../server/bundle/verify.js';
import { staffHost } from '../../server/compose/staff-host.js';
import type { Results } from '../../server/compose/results.js';
import { createLog } from '../../server/log.js';
import { refusalText } from '../../server/protocol/refusal-texts.js';
import { bundleBeside } from '../../server/compose/beside.js';
import { dataPaths } from '../../server/data-folder.js';
import { STATEMENT_SUFFIX } from '../../server/protocol/bundle.js';
import { handOver } from '../support/direct-session.js';
import { SESSION } from '../support/small-exam.js';
import { collectFiles, fileOf, handedInRoom } from './handed-in-room.js';

t.setTimeout(560_000);

const FILE_BYTES = 3 * 2 ** 20;
const room = await handedInRoom({ candidates: 4, files: 4, fileBytes: FILE_BYTES });
const { engine, folder } = room;
const { data, exam } = folder;
t.teardown(() => room.end());
await collectFiles(room);
const sealed = new BundleFiles(data).sealed(SESSION);
const bundles = join(data, 'bundles');
const { journal, dataKeys, handedIn } = dataPaths(data);
const task = {
  ...({ kind: 'bundle', place: { file: journal, keysFolder: dataKeys, room: exam.room } } as const),
  ...{ data, keepFreeBytes: 0, sessionId: SESSION, orgRecipients: [exam.org.public.recipient] },
  now: engine.room.now(),
};
const names = () => (existsSync(bundles) ? readdirSync(bundles).sort() : []);
const verified = async (file = sealed) =>
  (
    await verifyBundle({
      ...{ file: readFileSync(file), envelope: readFileSync(file + STATEMENT_SUFFIX) },
      ...{ trust: [exam.room.public], identity: exam.org.identity },
    })
  ).report;

void t.test('a build that is stopped leaves nothing, and says how far it was', async (t) => {
  const control = new AbortController();
  const seen: number[] = [];
  const building = bundleBeside(task, {
    signal: control.signal,
    onProgress: (doneBytes, ofBytes) => {
      seen.push(doneBytes / ofBytes);
      control.abort();
    },
  });
  await t.rejects(building, /ended/);
  t.ok(seen.length > 0 && (seen[0] ?? 1) < 1, 'in the middle');
  t.same(names(), []);
  await t.rejects(bundleBeside(task, { signal: AbortSignal.abort() }), 'nor is one begun that nobody wants');
});

void t.test('too little space is said before a byte is written, with both figures', async (t) => {
  const failed = bundleBeside({ ...task, keepFreeBytes: 2 ** 52 });
  await t.rejects(failed, NoSpaceError);
  await t.rejects(failed, /成绩包需要约 0\.\d+ GB，磁盘可用 0\.000 GB：请清理/);
  t.same(names(), []);
});

/** What the staff gateway asks. */
const hostOf = (results: Pick<Results, 'buildBundle' | 'names' | 'progress'>) =>
  staffHost({
    ...{ room: engine.room, log: createLog('silent'), packages: engine.packages },
    openedPapers: engine.openedPapers,
    seats: { presence: () => null, pendingPairings: () => [] } as never,
    ...{ photoUrl: () => '', bundleUrl: () => '', results: results as Results },
  });

void t.test('staff are told what is missing on the disk', async (t) => {
  const buildBundle = () => Promise.reject(new NoSpaceError(2.54e9, 1e9));
  const host = hostOf({ buildBundle, names: () => [], progress: null });
  const refusal = await host.buildBundle(SESSION);
  t.same(refusal, { code: 'bundle-needs-space', params: { needGb: '2.5', freeGb: '1.0' } });
  t.match(refusalText('bundle-needs-space', refusal?.params).zh, /约需 2\.5 GB，可用 1\.0 GB/);
});

void t.test('a whole bundle holds every file; the pages see how far it is', async (t) => {
  const seen: (number | undefined)[] = [];
  const host = hostOf(engine.results);
  engine.results.onProgress(() => seen.push(host.bundleProgress(SESSION)?.doneBytes));
  t.equal(await host.buildBundle(SESSION), null);
  const told = seen.filter((bytes) => bytes !== undefined);
  t.ok(told.length > 1, `${told.length} times`);
  t.same(
    told,
    told.toSorted((a, b) => a - b),
    'it only grows',
  );
  t.equal(seen.at(-1), undefined, 'and is gone at the end');
  t.match(await verified(), { ok: true, files: 4, problems: [] });
  t.equal(engine.results.progress, null, 'and nothing is under way any more');
});

void t.test('after a crash in the middle the bundle before stays, and the space is given back', async (t) => {
  const before = readFileSync(sealed);
  writeFileSync(`${sealed}.partial`, before.subarray(0, 1_000));
  await new BundleFiles(data).settle();
  t.same(names(), [`${SESSION}.bag.zip.age`, `${SESSION}.bag.zip.age${STATEMENT_SUFFIX}`]);
  writeFileSync(`${sealed}.partial`, before.subarray(0, 1_000));
  writeFileSync(`${sealed}${STATEMENT_SUFFIX}.partial`, '{}');
  await new BundleFiles(data).settle();
  t.same(names(), [`${SESSION}.bag.zip.age`, `${SESSION}.bag.zip.age${STATEMENT_SUFFIX}`]);
  t.match(await verified(), { ok: true });
});

void t.test('after a crash between the two names the statement follows its file', async (t) => {
  const statement = sealed + STATEMENT_SUFFIX;
  const right = readFileSync(statement);
  writeFileSync(`${statement}.partial`, right);
  writeFileSync(statement, 'of the bundle before');
  await settlePartials(sealed, statement);
  t.ok(readFileSync(statement).equals(right));
  t.notOk(existsSync(`${statement}.partial`));
  t.match(await verified(), { ok: true });
});

void t.test('what the source throws leaves no partial file', async (t) => {
  const file = join(exam.folder, 'broken');
  const source = async function* () {
    yield await Promise.resolve(Buffer.alloc(10));
    throw new Error('the source broke');
  };
  await t.rejects(writePartial(file, source(), { keepFreeBytes: 0, wholeBytes: 10 }), /source broke/);
  t.notOk(existsSync(`${file}.partial`));
  const full = async function* () {
    yield await Promise.resolve(Buffer.alloc(10));
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  };
  const failed = writePartial(file, full(), { keepFreeBytes: 0, wholeBytes: 9e9 });
  await t.rejects(failed, /成绩包需要约 9\.0 GB，磁盘可用 \d+\.\d+ GB/, 'a disk that fills up meanwhile');
  t.notOk(existsSync(`${file}.partial`));
});

void t.test('an exported copy is the bundle to the byte, or is not there', async (t) => {
  const out = join(exam.folder, 'stick.bag.zip.age');
  const { ok } = await bundleExport({ session: SESSION, out, data });
  t.equal(ok, true);
  t.ok(readFileSync(out).equals(readFileSync(sealed)));
  t.match(await verified(out), { ok: true });
  const other = join(exam.folder, 'other');
  const pairs = [
    [sealed, sealed + STATEMENT_SUFFIX],
    [other, other + STATEMENT_SUFFIX],
  ] as const;
  await t.rejects(copyDurably(...pairs, { keepFreeBytes: 2 ** 52 }), NoSpaceError);
  await t.rejects(
    copyDurably(...pairs, { keepFreeBytes: 0, signal: AbortSignal.abort(new Error('stopped')) }),
    /stopped/,
  );
  await t.rejects(copyDurably([sealed, join(data, 'none')], [other, `${other}2`], { keepFreeBytes: 0 }));
  t.same(
    readdirSync(exam.folder).filter((name) => name.startsWith('other')),
    [],
  );
});

void t.test('files that the disk changed are left out and named; all others are in', async (t) => {
  const place = (candidateId: string) =>
    join(handedIn, SESSION, candidateId, fileOf(candidateId, FILE_BYTES).fileHash);
  for (const candidateId of ['c2', 'c4']) {
    const bytes = readFileSync(place(candidateId));
    bytes[bytes.length - 9] = (bytes.at(-9) ?? 0) ^ 1;
    writeFileSync(place(candidateId), bytes);
  }
  const { lost } = await bundleBeside(task);
  t.same(lost.map(({ candidateId }) => candidateId).sort(), ['c2', 'c4']);
  const { problems, files } = await verified();
  t.equal(files, 4, 'that came');
  t.same(
    problems.map(({ fault }) => fault),
    ['file-lost', 'file-lost'],
  );
  for (const { where } of problems) t.match(where, /\/files\//);
  appendFileSync(place('c1'), 'x');
  t.equal((await bundleBeside(task)).lost.length, 2, 'bytes behind the end are nobody’s');
});

void t.test('once the organisation has it, the bundle stays what it is', async (t) => {
  await engine.results.buildBundle(SESSION);
  const given = readFileSync(sealed);
  handOver(engine, data, exam);
  await t.rejects(engine.results.buildBundle(SESSION), /交接之前/);
  await engine.room.settled();
  await engine.wiping.settled();
  t.ok(readFileSync(sealed).equals(given), 'though the wipe has taken the files');
  await engine.results.stop();
  await t.rejects(engine.results.buildBundle(SESSION));
});
