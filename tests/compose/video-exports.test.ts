// Exports from the dashboard against real folders and drives in memory: what the journal hears, what lies on the drive, and what is
// left when the drive is full or pulled out, when the process is killed, when the server stops, when the next session begins.

import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { VideoExports } from '../../server/compose/video-exports.js';
import { sha256 } from '../../server/keys/sha256.js';
import type { ExportProgress } from '../../server/protocol/video-transfer.js';
import { verifyExport } from '../../server/recording/verify-export.js';
import { staff } from '../support/direct-session.js';
import {
  exportingProcesses,
  exportingRoom,
  HangingDrive,
  mountDrive,
  type ExportingRoom,
} from '../support/exporting-room.js';

// The process that copies is of the lowest priority.
t.setTimeout(560_000);

const FILM = /\.(mp4|mts)$/;
/** Everything below the drive's folder, without its path. */
const namesOn = (drive: string): string[] =>
  readdirSync(drive, { recursive: true, encoding: 'utf8' }).map((name) => name.split('/').at(-1) ?? '');

async function opened(t: Test, options?: Parameters<typeof exportingRoom>[0]): Promise<ExportingRoom> {
  const room = await exportingRoom(options);
  t.teardown(() => room.close());
  return room;
}

/** The same again, and it is whole. */
async function succeeds(t: Test, room: ExportingRoom): Promise<void> {
  const exportId = await room.begin();
  const record = await room.ended(exportId);
  t.match(record, { outcome: 'done', reason: null }, 'the next export goes on and ends');
  const report = await verifyExport(room.record(exportId)?.target ?? '', [room.engine.keys.public]);
  t.same(report.problems, []);
  t.notOk(namesOn(room.drive).some((name) => name.endsWith('.partial')));
}

void t.test('[REQ-F04] the plan, the export, and the journal with the hash of the list', async (t) => {
  const room = await opened(t, { isLarge: true });
  const { exports, sessionId, drive, engine } = room;
  const [target] = await exports.targets();
  t.match(target, { path: drive, kind: 'folder', unfit: null, divided: false });
  const plan = await exports.plan(sessionId, target?.targetId ?? '');
  if (plan === null || 'fault' in plan) throw new Error('There is no plan');
  t.match(plan, { divided: false, cameras: [{ number: 1, gapCount: 3, missing: 0 }, { number: 2 }] });
  t.match(plan.cameras[0]?.gaps[1], { cause: 'camera-stalled' });
  t.ok((plan.goesOnUntil ?? 0) > Date.now(), 'the cameras go on for some minutes');
  t.same(namesOn(drive), [], 'a plan writes nothing');
  const seen: ExportProgress[] = [];
  exports.onProgress(() => {
    const progress = exports.progress(sessionId);
    if (progress !== null) seen.push(progress);
  });
  const exportId = await room.begin();
  const record = await room.ended(exportId);
  const { what } = record;
  t.match(record, { outcome: 'done', by: 'sysadmin', way: 'dashboard', target: plan.folder });
  t.match(what, { files: 2, bytes: plan.bytes, lacking: 0 });
  const names = plan.cameras.flatMap(({ files }) => files.map(({ name }) => name));
  t.same(
    readdirSync(plan.folder).filter((name) => FILM.test(name)),
    names.sort(),
    'as planned',
  );
  const list = readdirSync(plan.folder).find((name) => name.endsWith('.dsse.json')) ?? '';
  t.equal(sha256(readFileSync(join(plan.folder, list))), what?.manifestHash);
  t.same((await verifyExport(plan.folder, [engine.keys.public])).problems, []);
  const steps = new Set(seen.map(({ step }) => step));
  t.ok(
    ['looking', 'writing', 'reading-back'].every((step) => steps.has(step as 'looking')),
    [...steps].join(),
  );
  t.ok(seen.some(({ leftMs, file }) => leftMs !== null && file?.leftMs != null && file.count === 2));
  const told: string[] = [];
  for await (const { type, actor } of engine.journal.replay())
    if (type.startsWith('video-export')) told.push(`${type} ${actor.split('@')[0]}`);
  t.same(told, ['video-export-begun staff:sysadmin', 'video-export-ended room']);
});

void t.test(
  'several people look at once: one process for the same, one after another for the rest',
  async (t) => {
    const room = await opened(t);
    const { exports, sessionId, parts } = room;
    await exports.stop();
    const [drive] = await exports.targets();
    if (drive === undefined) throw new Error('There is no drive');
    const targets = [
      { ...drive, device: null },
      { ...drive, device: null, targetId: 'second', path: `${drive.path}/second` },
      { ...drive, device: null, targetId: 'fat', divided: true },
    ];
    const desk = new VideoExports({ ...parts, places: () => Promise.resolve(targets) });
    let most = 0;
    const counting = setInterval(() => (most = Math.max(most, exportingProcesses().length)), 20);
    const ids = [drive.targetId, drive.targetId, 'second', 'fat', drive.targetId];
    const plans = await Promise.all(ids.map((targetId) => desk.plan(sessionId, targetId)));
    clearInterval(counting);
    t.match(
      plans,
      ids.map((targetId) => ({ targetId, divided: targetId === 'fat', cameras: [{ number: 1 }] })),
      'everybody sees what they asked for',
    );
    t.equal(most, 1);
    await desk.stop();
  },
);

void t.test('cancelled: by whom; nothing half has a film’s name; the next one goes on', async (t) => {
  const room = await opened(t, { isLarge: true });
  const exportId = await room.begin();
  await room.done(40 * 2 ** 20);
  staff(room.engine, 'chief', { type: 'cancel-video-export', exportId });
  t.match(await room.ended(exportId), { outcome: 'cancelled', reason: null, what: null });
  t.notOk(namesOn(room.drive).some((name) => name.endsWith('.mts')));
  const [target] = await room.exports.targets();
  const plan = await room.exports.plan(room.sessionId, target?.targetId ?? '');
  if (plan === null || 'fault' in plan) throw new Error('There is no plan');
  t.ok(plan.needBytes < plan.bytes, 'only the rest has to fit');
  await succeeds(t, room);
});

void t.test('cancelled before its turn has come: nothing is written', async (t) => {
  const room = await opened(t);
  const { engine, drive } = room;
  const exportId = await room.begin();
  staff(engine, 'sysadmin', { type: 'cancel-video-export', exportId });
  // Both are made public when both are durable.
  await engine.room.settled();
  await new Promise((resolve) => setTimeout(resolve, 0));
  t.match(await room.ended(exportId), { outcome: 'cancelled' });
  t.same(namesOn(drive), []);
});

void t.test('a video folder that cannot be read ends the export, and the next one may begin', async (t) => {
  const room = await opened(t);
  const { videoFolder } = room.parts;
  renameSync(videoFolder, `${videoFolder}-away`);
  writeFileSync(videoFolder, '');
  // The target was chosen while all was well.
  const { engine, sessionId, drive } = room;
  const target = join(drive, 'films');
  staff(engine, 'sysadmin', { type: 'export-video', sessionId, exportId: 'unread', target });
  t.match(await room.ended('unread'), { outcome: 'failed', reason: { code: 'source-fault' } });
  rmSync(videoFolder);
  renameSync(`${videoFolder}-away`, videoFolder);
  await succeeds(t, room);
});

void t.test('a drive that hangs does not keep the server from stopping', async (t) => {
  const room = await opened(t);
  const { engine, sessionId, parts, drive } = room;
  await room.exports.stop();
  let asked = false;
  const hangs = () => {
    asked = true;
    return new Promise<never>(() => undefined);
  };
  const stuck = new VideoExports({ ...parts, places: hangs });
  stuck.begin();
  staff(engine, 'sysadmin', { type: 'export-video', sessionId, exportId: 'h1', target: join(drive, 'x') });
  while (!asked) await new Promise((resolve) => setTimeout(resolve, 5));
  await stuck.stop();
  t.equal(room.record('h1')?.outcome, null, 'nobody knows how it ended');
  const next = new VideoExports(parts);
  next.begin();
  t.match(room.record('h1'), { outcome: 'interrupted', reason: { code: 'server-stopped' } });
  await next.stop();
});

void t.test(
  'a drive that hangs: the next export goes to another one, and to this one when it answers',
  async (t) => {
    const room = await opened(t, { isLarge: true });
    const { drive, sessionId, engine, exports } = room;
    const hanging = HangingDrive.mount(drive, 400);
    t.teardown(() => hanging.remove());
    const exportId = await room.begin();
    await room.done(20 * 2 ** 20);
    const [copying = 0] = exportingProcesses();
    hanging.hang();
    await waitsForDisk(copying);
    staff(engine, 'chief', { type: 'cancel-video-export', exportId });
    t.match(await room.ended(exportId), { outcome: 'cancelled' });
    t.ok(existsSync(`/proc/${copying}`), 'no signal ends it');
    const [target] = await exports.targets();
    t.match(target, { path: drive, unfit: 'hangs' });
    t.match(await exports.plan(sessionId, target?.targetId ?? ''), { fault: { code: 'drive-hangs' } });
    t.equal(await exports.folderOf(sessionId, target?.targetId ?? ''), null);
    staff(engine, 'sysadmin', { type: 'export-video', sessionId, exportId: 'h1', target: join(drive, 'x') });
    t.match(await room.ended('h1'), { outcome: 'failed', reason: { code: 'drive-hangs' } });
    const other = realpathSync(mkdtempSync(join(tmpdir(), 'kaochang-drive-')));
    t.teardown(() => rmSync(other, { recursive: true }));
    room.drives.push(other);
    const second = (await exports.targets()).find(({ path }) => path === other);
    const to = await exports.folderOf(sessionId, second?.targetId ?? '');
    staff(engine, 'sysadmin', { type: 'export-video', sessionId, exportId: 'h2', target: to });
    t.match(await room.ended('h2'), { outcome: 'done' });
    t.ok(existsSync(`/proc/${copying}`), 'and it still waits');
    hanging.goOn();
    room.drives.pop();
    while ((await exports.targets())[0]?.unfit !== null)
      await new Promise((resolve) => setTimeout(resolve, 20));
    t.notOk(existsSync(`/proc/${copying}`));
    await succeeds(t, room);
  },
);

/** Until one of its threads has waited in the kernel for a second. */
async function waitsForDisk(pid: number): Promise<void> {
  const isWaiting = () =>
    readdirSync(`/proc/${pid}/task`).some((thread) =>
      /^State:\s+D/m.test(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8')),
    );
  for (let seen = 0; seen < 10; seen = isWaiting() ? seen + 1 : 0)
    await new Promise((resolve) => setTimeout(resolve, 100));
}

void t.test('the copying process is killed in the middle', async (t) => {
  const room = await opened(t, { isLarge: true });
  const exportId = await room.begin();
  await room.done(40 * 2 ** 20);
  process.kill(exportingProcesses()[0] ?? 0, 'SIGKILL');
  t.match(await room.ended(exportId), { outcome: 'interrupted', reason: { code: 'worker-died' } });
  const names = namesOn(room.drive);
  t.ok(
    names.some((name) => name.endsWith('.mts.partial')),
    'what was written is there',
  );
  t.notOk(names.some((name) => name.endsWith('.mts') || name.endsWith('.dsse.json')));
  await succeeds(t, room);
});

void t.test('the server stops in the middle, or was killed: the next one says so', async (t) => {
  const room = await opened(t, { isLarge: true });
  const { engine, sessionId, parts, drive } = room;
  const exportId = await room.begin();
  await room.done(20 * 2 ** 20);
  await room.exports.stop();
  t.match(room.record(exportId), { outcome: 'interrupted', reason: { code: 'server-stopped' } });
  // Nobody carries this one out: as a server leaves it that was killed.
  staff(engine, 'sysadmin', { type: 'export-video', sessionId, exportId: 'y1', target: join(drive, 'x') });
  const next = new VideoExports(parts);
  next.begin();
  t.match(room.record('y1'), { outcome: 'interrupted', reason: { code: 'server-stopped' } });
  const [target] = await next.targets();
  const folder = await next.folderOf(sessionId, target?.targetId ?? '');
  staff(engine, 'sysadmin', { type: 'export-video', sessionId, exportId: 'y2', target: folder });
  t.match(await room.ended('y2'), { outcome: 'done' });
  await next.stop();
  t.same((await verifyExport(folder ?? '', [engine.keys.public])).problems, []);
});

void t.test('the next session is entered: the export gives way at once', async (t) => {
  const room = await opened(t, { isLarge: true });
  const exportId = await room.begin();
  await room.done(20 * 2 ** 20);
  const event = { type: 'entry-opened', sessionId: 'next', at: room.engine.room.now() } as const;
  room.publish([{ seq: 0, event, actor: { kind: 'room' } } as never]);
  t.match(await room.ended(exportId), { outcome: 'interrupted', reason: { code: 'session-opened' } });
  await succeeds(t, room);
});

void t.test('a drive that is pulled out in the middle, and one that is gone before', async (t) => {
  const room = await opened(t, { isLarge: true });
  const { drive, exports, sessionId } = room;
  const mounted = mountDrive(drive, 400);
  const [target] = await exports.targets();
  const exportId = await room.begin();
  await room.done(20 * 2 ** 20);
  mounted.pullOut();
  t.match(await room.ended(exportId), { outcome: 'failed', reason: { code: 'volume-fault' } });
  t.same(namesOn(drive), [], 'nothing was written into the folder that it left behind');
  t.equal(await exports.folderOf(sessionId, target?.targetId ?? ''), null, 'it is no target any more');
  t.match(await exports.plan(sessionId, target?.targetId ?? ''), { fault: { code: 'volume-fault' } });
  const again = mountDrive(drive, 400);
  t.teardown(() => again.pullOut());
  await succeeds(t, room);
});

/** Whatever the export has written by now, no byte is left for the rest of it. */
function takeAllSpace(file: string): void {
  const piece = Buffer.alloc(2 ** 20);
  try {
    for (;;) appendFileSync(file, piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

void t.test('a drive that is full, or fills up in the middle', async (t) => {
  const room = await opened(t, { isLarge: true });
  const mounted = mountDrive(room.drive, 200);
  t.teardown(() => mounted.pullOut());
  const filler = join(room.drive, 'filler');
  writeFileSync(filler, Buffer.alloc(100 * 2 ** 20));
  const first = await room.ended(await room.begin());
  t.match(first, { outcome: 'failed', reason: { code: 'no-space', zh: /还需约 0\.2 GB/ } });
  t.notOk(
    namesOn(room.drive).some((name) => FILM.test(name)),
    'before the first byte',
  );
  rmSync(filler);
  const exportId = await room.begin();
  await room.done(20 * 2 ** 20);
  takeAllSpace(filler);
  t.match(await room.ended(exportId), { outcome: 'failed', reason: { code: 'no-space' } });
  t.notOk(
    namesOn(room.drive).some((name) => name.endsWith('.mts')),
    'no half film under its name',
  );
  rmSync(filler);
  await succeeds(t, room);
});
