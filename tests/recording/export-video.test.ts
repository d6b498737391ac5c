// An export is whole or says what it lacks; it is gone on with after an interruption, and touches nobody else's files.

import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { hashOfFile } from '../../server/bundle/partial-file.js';
import { exportVideo, type VideoExportRequest } from '../../server/recording/export-video.js';
import { VideoExportError } from '../../server/recording/export-error.js';
import { volumeFault } from '../../server/recording/export-target.js';
import { verifyExport } from '../../server/recording/verify-export.js';
import { SmallDisk } from '../fault/small-disk.js';
import { exportedRoom, recordedRoom, START } from './exported-room.js';

const codeOf = async (request: VideoExportRequest) => {
  try {
    await exportVideo(request);
    return null;
  } catch (error) {
    return error instanceof VideoExportError ? error.code : (error as Error).message;
  }
};

void t.test('[REQ-F04] one film a camera, the lists, the signed list and a page of words', async (t) => {
  const { target, result } = await exportedRoom();
  const stem = '20261121XX学院2号楼102';
  t.strictSame((await readdir(target)).sort(), [
    `${stem}-video.dsse.json`,
    `${stem}-摄像机1.jsonl`,
    `${stem}-摄像机1.mp4`,
    `${stem}-摄像机2-1.mp4`,
    `${stem}-摄像机2-2.mts`,
    `${stem}-摄像机2.jsonl`,
    `${stem}-说明.txt`,
  ]);
  const [first, second] = result.statement.cameras;
  t.strictSame(
    [first?.coveredMs, first?.gaps],
    [8_000, [{ from: START + 4_000, to: START + 7_000, cause: 'camera-unreachable' }]],
  );
  t.strictSame(second?.manifest.firstLine, 1, 'what was recorded at another time is not in the list');
  t.equal(result.unsound.length, 0);
  const words = await readFile(join(target, `${stem}-说明.txt`), 'utf8');
  t.match(
    words,
    /覆盖 \/ covered：72\.7 %，中断 \/ gaps：1\r\n.*2026-11-21 09:00:04 – 2026-11-21 09:00:07 {2}3\.0 s/,
  );
});

void t.test('an interrupted export goes on where it was, and ends the same', async (t) => {
  const whole = await exportedRoom();
  const names = whole.result.files.map((file) => basename(file));
  const hashes = await Promise.all(whole.result.files.map((file) => hashOfFile(file)));
  const { request, target } = await recordedRoom();
  const control = new AbortController();
  await t.rejects(
    exportVideo({
      ...request,
      signal: control.signal,
      onProgress: (done, of) => done > of / 3 && control.abort(new Error('pulled out')),
    }),
    { message: 'pulled out' },
  );
  t.ok(
    (await readdir(target)).some((name) => name.endsWith('.partial')),
    'what was written is there',
  );
  t.notOk(existsSync(join(target, '20261121XX学院2号楼102-video.dsse.json')), 'and counts for nothing');
  await exportVideo(request);
  t.strictSame(await Promise.all(names.map((name) => hashOfFile(join(target, name)))), hashes);
  t.notOk((await readdir(target)).some((name) => name.endsWith('.partial')));
});

void t.test('what a pulled stick left damaged is written anew', async (t) => {
  const { request, target, result, room } = await exportedRoom();
  const [first, second] = result.files as [string, string];
  const bytes = await readFile(first);
  bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
  await writeFile(first, bytes);
  await truncate(second, 1_000);
  await exportVideo(request);
  const report = await verifyExport(target, [room.public]);
  t.strictSame(report.problems, []);
  t.equal((await stat(second)).size, result.statement.cameras[1]?.files[0]?.bytes);
});

void t.test('a segment that is gone or was changed is named; everything else is handed over', async (t) => {
  const { request, first, videoFolder, target, room } = await recordedRoom();
  const [one, two] = first.lines.filter((line) => line.kind === 'segment');
  await rm(join(videoFolder, one?.file ?? ''));
  const changed = join(videoFolder, two?.file ?? '');
  const bytes = await readFile(changed);
  bytes[bytes.length - 300] = (bytes[bytes.length - 300] ?? 0) ^ 1;
  await writeFile(changed, bytes);
  const { statement } = await exportVideo(request);
  t.strictSame(statement.cameras[0]?.faults, [
    { line: 0, fault: 'missing' },
    { line: 1, fault: 'changed' },
  ]);
  const { problems } = await verifyExport(target, [room.public]);
  t.strictSame(
    problems.map(({ fault }) => fault),
    ['source-missing', 'source-changed'],
  );
});

void t.test('a list that was changed in the room is exported as it is, and said', async (t) => {
  const { request, first } = await recordedRoom();
  Object.assign(first.lines[2] as object, { to: START + 4_600 });
  await first.rewrite();
  const { unsound } = await exportVideo(request);
  t.strictSame(unsound, [{ cameraId: 'cam-1', row: 3, fault: 'line-hash' }]);
});

void t.test('the room’s own folders are no target', async (t) => {
  const { request, videoFolder } = await recordedRoom();
  t.equal(await codeOf({ ...request, to: join(videoFolder, 'export') }), 'target-inside');
  t.equal(await codeOf({ ...request, own: [request.to], to: join(request.to, 'x', 'y') }), 'target-inside');
  t.equal(
    await codeOf({ ...request, own: [`${request.to}2`] }),
    null,
    'a folder that begins alike is another',
  );
});

void t.test('other people’s files stay', async (t) => {
  const { request, target } = await recordedRoom();
  await mkdir(target, { recursive: true });
  const taken = join(target, '20261121XX学院2号楼102-摄像机1.mp4');
  await writeFile(taken, 'somebody’s film');
  t.equal(await codeOf(request), 'name-taken');
  t.equal(await readFile(taken, 'utf8'), 'somebody’s film');
  await rm(taken);
  t.equal(await codeOf(request), null);
  const other = { ...request, session: { ...request.session, sessionId: 's-2' } };
  t.equal(await codeOf(other), 'name-taken', 'another session of the same name');
  t.equal(await codeOf(request), null, 'the same once more');
});

void t.test('a link that lies on the drive leads nowhere: nothing outside is written or made', async (t) => {
  const { request, target } = await recordedRoom();
  await mkdir(target, { recursive: true });
  const outside = t.testdir({});
  const journal = join(outside, 'journal.db');
  const stem = '20261121XX学院2号楼102';
  const ends = ['-摄像机1.mp4', '-摄像机1.mp4.partial', '-摄像机1.jsonl.partial', '-video.dsse.json.partial'];
  for (const end of [...ends, '-说明.txt.partial'])
    for (const isThere of [true, false]) {
      await rm(target, { recursive: true });
      await mkdir(target);
      if (isThere) await writeFile(journal, 'answers');
      else await rm(journal, { force: true });
      await symlink(journal, join(target, stem + end));
      t.equal(await codeOf(request), 'name-taken', end);
      t.equal(await readFile(journal, 'utf8').catch(() => null), isThere ? 'answers' : null, end);
    }
});

void t.test('whatever stands where the signed list would be is somebody else’s', async () => {
  const { request, target } = await recordedRoom();
  await mkdir(target, { recursive: true });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => Buffer.from(text)),
  );
  const file = join(target, '20261121XX学院2号楼102-video.dsse.json');
  await fc.assert(
    fc.asyncProperty(bytes, async (content) => {
      await writeFile(file, content);
      return (await codeOf(request)) === 'name-taken' && Buffer.from(content).equals(await readFile(file));
    }),
    { numRuns: 40 },
  );
});

void t.test(
  'exported once more after more was recorded, the drive has the new export and nothing else',
  async (t) => {
    const { request, second, target, room } = await recordedRoom();
    const early = second.lines.splice(1);
    await second.rewrite();
    await exportVideo({ ...request, from: START - 3_600_000 });
    const [one] = (await readdir(target)).filter((name) => name.endsWith('摄像机2.mp4'));
    t.ok(one, 'one file of camera 2');
    second.lines.push(...early);
    await second.rewrite();
    const control = new AbortController();
    const interrupted = {
      ...request,
      signal: control.signal,
      onProgress: () => control.abort(new Error('off')),
    };
    await t.rejects(exportVideo(interrupted), { message: 'off' });
    t.equal((await verifyExport(target, [room.public])).ok, false, 'half of it is none');
    await exportVideo(request);
    t.strictSame((await verifyExport(target, [room.public])).problems, []);
    t.notOk(existsSync(join(target, one ?? '')), 'now camera 2 has two files, under other names');
  },
);

void t.test('what a failing drive says is told in words, and what to do', async (t) => {
  const error = Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO' });
  t.match(await volumeFault('/tmp', error), { code: 'volume-fault', message: /目标盘可能断开/ });
  t.equal(await volumeFault('/tmp', new Error('something else')), null);
});

void t.test('a drive that takes no larger file: said, and no film is cut off under its name', async (t) => {
  const { request, target } = await recordedRoom();
  // The kernel's own refusal at a size, as at 4 GiB on FAT32; only the soft limit, so that it can be taken back.
  const limit = (bytes: string) =>
    spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`], { stdio: 'ignore' }).status;
  // Whoever hears the signal is not ended by it, and gets the error.
  const hear = () => undefined;
  process.on('SIGXFSZ', hear);
  t.teardown(() => process.off('SIGXFSZ', hear));
  if (limit('16384') !== 0) return t.pass('there is no prlimit here');
  try {
    t.equal(await codeOf(request), 'too-large');
  } finally {
    limit('unlimited');
  }
  const films = (await readdir(target)).filter((name) => /\.(mp4|mts)$/.test(name));
  t.same(films, []);
  t.equal(await codeOf(request), null, 'the same on a drive that takes it');
  t.strictSame((await verifyExport(target, [request.room.public])).problems, []);
});

void t.test('what else a drive may say has its own words', async (t) => {
  const said = (code: string, path?: string) =>
    volumeFault('/tmp/usb', Object.assign(new Error(code), { code, path }));
  t.match(await said('EROFS'), { code: 'read-only', zh: /写保护/ });
  t.match(await said('ENOTCONN'), { code: 'volume-fault' });
  t.match(await said('ENOENT', '/tmp/usb/x'), { code: 'volume-fault', zh: /断开/ });
  t.equal(await said('ENOENT', '/elsewhere'), null, 'what is missing elsewhere is not the drive');
  const { request, target } = await recordedRoom();
  t.equal(await codeOf({ ...request, device: -1 }), 'volume-fault', 'another device than the chosen one');
  t.notOk(existsSync(target), 'and no folder is made there');
});

void t.test('ended while it looks at the recordings: nothing is written', async (t) => {
  const { request, target } = await recordedRoom();
  const ended = new Error('ended');
  await t.rejects(exportVideo({ ...request, signal: AbortSignal.abort(ended) }), ended);
  t.same(await readdir(target), []);
});

void t.test('nothing recorded is no export', async (t) => {
  const { request } = await recordedRoom();
  t.equal(
    await codeOf({ ...request, from: START + 3_600_000, until: START + 7_200_000 }),
    'nothing-recorded',
  );
  t.notOk(existsSync(join(request.to, '20261121XX学院2号楼102-video.dsse.json')));
});

void t.test('a full drive is said; with room on it the same command ends it', async (t) => {
  const { request, target } = await recordedRoom();
  await mkdir(target, { recursive: true });
  // One megabyte more than is kept for lists.
  const disk = SmallDisk.mountOver(target, 18);
  t.teardown(() => disk.unmount());
  const filler = join(target, 'filler');
  const fill = () => {
    if (existsSync(filler)) return;
    const file = openSync(filler, 'w');
    const piece = Buffer.alloc(4_096, 1);
    try {
      for (;;) writeSync(file, piece);
    } catch {
      closeSync(file);
    }
  };
  t.equal(await codeOf({ ...request, onProgress: fill }), 'no-space', 'it fills up meanwhile');
  t.equal(await codeOf(request), 'no-space', 'and is full before the next run begins');
  await rm(filler);
  t.equal(await codeOf(request), null);
  t.strictSame((await verifyExport(target, [request.room.public])).problems, []);
});
