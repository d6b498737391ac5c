// The room hears of the command's exports: once each, also when it was not running, also of a command that was killed.

import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { ExportNoteTaker } from '../../server/compose/export-note-taker.js';
import { createLog } from '../../server/log.js';
import { isAskedToStop, writeNote, type ExportNote } from '../../server/recording/export-notes.js';
import { beginSession, openEngine, preparedData } from '../support/direct-session.js';

const { data, exam, remove } = await preparedData();
const engine = await openEngine(data);
t.teardown(async () => {
  await engine.stop();
  remove();
});
const { room } = engine;
const folder = join(data, 'export-notes');
const taker = new ExportNoteTaker({ folder, room, log: createLog('silent') });
const record = (exportId: string) => room.state.video.exports?.find((one) => one.exportId === exportId);
const what = {
  ...{ manifestHash: 'ab'.repeat(32), files: 2, bytes: 5, readFrom: 'cache' as const, lacking: 1 },
} as const;

const begun = (ago: number, more: Partial<ExportNote> = {}): ExportNote => ({
  ...{ exportId: randomUUID(), sessionId: 'am', target: '/media/usb', begunAt: Date.now() - ago },
  ...{ heardAt: Date.now(), end: null },
  ...more,
});

void t.test('begun and ended, each once, at the command’s time; then the note is gone', async (t) => {
  const note = begun(50_000);
  await writeNote(folder, note);
  await taker.look();
  await taker.look();
  t.match(record(note.exportId), { way: 'command', by: null, outcome: null, target: '/media/usb' });
  t.ok(Math.abs((record(note.exportId)?.begunAt ?? 0) - (room.now() - 50_000)) < 20_000);
  await writeNote(folder, { ...note, end: { at: Date.now(), outcome: 'done', reason: null, what } });
  await taker.look();
  await taker.look();
  t.match(record(note.exportId), { outcome: 'done', what });
  t.notOk(existsSync(join(folder, `${note.exportId}.json`)));
  const told: string[] = [];
  for await (const { type } of engine.journal.replay()) if (type.startsWith('video-export')) told.push(type);
  t.same(told, ['video-export-begun', 'video-export-ended']);
});

void t.test('while no room ran: both at its next start', async (t) => {
  const reason = { code: 'no-space', zh: '满', en: 'full' };
  const end = { at: Date.now() - 1_000, outcome: 'failed', reason, what: null } as const;
  const note = begun(9_000_000, { heardAt: Date.now() - 8_000_000, end });
  await writeNote(folder, note);
  const next = new ExportNoteTaker({ folder, room, log: createLog('silent') });
  next.begin();
  await next.stop();
  t.match(record(note.exportId), { outcome: 'failed', reason });
});

void t.test('a command that was killed is interrupted; one that was only held may still end', async (t) => {
  const note = begun(100_000, { heardAt: Date.now() - 61_000 });
  await writeNote(folder, note);
  await taker.look();
  t.match(record(note.exportId), { outcome: 'interrupted', reason: { code: 'command-gone' } });
  t.same(readdirSync(folder), []);
  await writeNote(folder, { ...note, end: { at: Date.now(), outcome: 'done', reason: null, what } });
  await taker.look();
  t.match(record(note.exportId), { outcome: 'done', what });
});

void t.test(
  'a session that is opened asks the command to give way, once it is under way and only then',
  async (t) => {
    const [going, ended] = [begun(5_000), begun(9_000)];
    const end = { at: Date.now(), outcome: 'done', reason: null, what } as const;
    await writeNote(folder, going);
    const listening = new ExportNoteTaker({ folder, room, log: createLog('silent') });
    listening.begin();
    await taker.look();
    t.notOk(isAskedToStop(folder, going), 'nobody enters');
    await beginSession(engine, exam);
    const patientUntil = performance.now() + 1_500;
    while (!isAskedToStop(folder, going) && performance.now() < patientUntil)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await listening.stop();
    t.ok(isAskedToStop(folder, going), 'at once, before the next look');
    await writeNote(folder, { ...ended, end });
    await taker.look();
    t.notOk(isAskedToStop(folder, ended));
    await writeNote(folder, { ...going, end: { ...end, outcome: 'interrupted', what: null } });
    await taker.look();
    t.match(record(going.exportId), { outcome: 'interrupted' });
    t.same(readdirSync(folder), [], 'what was asked goes with the note');
  },
);
