// `kaochang video`: what the sysadmin types after an exam, against a data folder as an exam leaves it.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { sha256 } from '../../server/keys/sha256.js';
import { askToStop, notesIn } from '../../server/recording/export-notes.js';
import {
  beginSession,
  collectSession,
  openEngine,
  preparedData,
  sessionIdOf,
} from '../support/direct-session.js';
import { decodeFile } from '../support/lost-frames.js';
import { FPS, RecordedCamera, SEGMENT_MS, segmentFiles } from '../support/recorded-room.js';

t.setTimeout(560_000);

interface Ran {
  status: number;
  json: Record<string, unknown>;
  text: string;
}

function kaochang(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['build/scripts/kaochang.js', ...args, '--json'], (error, stdout, stderr) => {
      const last = stdout.trimEnd().split('\n').at(-1) ?? '';
      const json = last.startsWith('{') ? (JSON.parse(last) as Record<string, unknown>) : {};
      resolve({ status: error === null ? 0 : Number(error.code), json, text: stdout + stderr });
    });
  });
}

void t.test('[REQ-F04] from the room to the stick and back', async (t) => {
  const { data, exam, remove } = await preparedData({ candidates: 2, minutes: 60 });
  t.teardown(remove);
  const session = sessionIdOf(exam);
  const target = mkdtempSync(join(tmpdir(), 'kaochang-usb-'));
  const engine = await openEngine(data);
  await beginSession(engine, exam);
  const startedAt = Date.now() - 20_000;
  const camera = new RecordedCamera(join(data, 'video'), 'cam-1');
  for (const [index, file] of (await segmentFiles(3)).entries())
    await camera.segment(file, startedAt + index * SEGMENT_MS);
  await engine.room.settled();

  const early = await kaochang('video', 'export', '--session', session, '--to', target, '--data', data);
  t.equal(early.status, 1);
  t.match(early.text, '收卷后再导出录像');

  await collectSession(engine, exam);
  await engine.stop();

  const status = await kaochang('video', 'status', '--data', data);
  t.equal(status.status, 0, status.text);
  t.match(status.text, '录像程序未运行');
  t.match(status.json, { cameras: [{ cameraId: 'cam-1', segments: 3, gaps: 0, wanted: false, unsound: 0 }] });

  const inside = await kaochang(
    'video',
    'export',
    '--session',
    session,
    '--to',
    join(data, 'out'),
    '--data',
    data,
  );
  t.equal(inside.status, 1);
  t.match(inside.text, '目标目录在考场自己的目录');
  const unknown = await kaochang('video', 'export', '--session', 'nobody', '--to', target, '--data', data);
  t.equal(unknown.status, 1);
  t.match(unknown.text, session, 'the sessions that there are are named');

  // A slow drive: each flush takes half a second.
  const slow = spawn(
    'strace',
    [
      ...['-f', '-q', '-o', '/dev/null', '-e', 'trace=fsync,fdatasync'],
      ...['-e', 'inject=fsync,fdatasync:delay_enter=500000', process.execPath, 'build/scripts/kaochang.js'],
      ...['video', 'export', '--session', session, '--to', join(target, 'slow'), '--data', data],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  slow.stderr.on('data', (piece: Buffer) => (said += piece.toString('utf8')));
  const gone = once(slow, 'close');
  const notesFolder = join(data, 'export-notes');
  for (let left = 600, asked = false; left > 0 && !asked && slow.exitCode === null; left--) {
    await pause(50);
    const going = (await notesIn(notesFolder)).find(({ end }) => end === null);
    if (going === undefined) continue;
    await askToStop(notesFolder, going);
    asked = true;
  }
  t.same(await gone, [1, null], said);
  t.match(said, '导出让路');
  rmSync(join(target, 'slow'), { recursive: true });

  const done = await kaochang('video', 'export', '--session', session, '--to', target, '--data', data);
  t.equal(done.status, 0, done.text);
  const names = readdirSync(target);
  const film = names.find((name) => name.endsWith('.mp4')) ?? '';
  t.match(film, /^\d{8}.+-摄像机1\.mp4$/);
  const list = readFileSync(join(target, names.find((name) => name.endsWith('.dsse.json')) ?? ''));
  const notes = (await notesIn(join(data, 'export-notes'))).sort((a, b) => a.begunAt - b.begunAt);
  t.match(
    notes.map(({ sessionId, end }) => ({ sessionId, ...end })),
    [
      { sessionId: session, outcome: 'failed', reason: { code: 'target-inside' } },
      { sessionId: session, outcome: 'interrupted', reason: { code: 'session-opened' } },
      { sessionId: session, outcome: 'done', what: { manifestHash: sha256(list), files: 1, lacking: 0 } },
    ],
    'the room will hear of all at its next start',
  );
  const { counters, complaints } = await decodeFile(join(target, film));
  t.equal(complaints, '');
  t.strictSame(counters, [...Array(3 * 2 * FPS).keys()]);

  const trust = join(data, 'keys', 'room.pub');
  const whole = await kaochang('video', 'verify', target, '--trust', trust);
  t.equal(whole.status, 0, whole.text);
  t.match(whole.json, { ok: true, kind: 'export', files: 1, segments: 3 });
  t.equal((await kaochang('video', 'verify', target)).status, 2, 'without a key it is used wrongly');

  const bytes = readFileSync(join(target, film));
  bytes[bytes.length - 500] = (bytes[bytes.length - 500] ?? 0) ^ 1;
  writeFileSync(join(target, film), bytes);
  const changed = await kaochang('video', 'verify', target, '--trust', trust);
  t.equal(changed.status, 1);
  t.match(changed.text, `segment-changed: ${film} #2`);

  const room = await kaochang('video', 'verify', join(data, 'video'), '--data', data);
  t.equal(room.status, 0, room.text);
  t.match(room.json, { kind: 'recordings', segments: 3 });
  truncateSync(join(data, 'video', (camera.lines[1] as { file: string }).file), 1_000);
  const cut = await kaochang('video', 'verify', join(data, 'video'));
  t.equal(cut.status, 1);
  t.match(cut.text, /file-changed: cam-1\//);
});
