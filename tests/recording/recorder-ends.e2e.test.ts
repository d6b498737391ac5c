// The recorder that hangs, that is asked to end, whose time is over, whose disk is another one: as it runs in a room.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { CameraStatus } from '../../server/recording/contract.js';
import { RecorderClient, type WantedNow } from '../../server/recording/recorder-client.js';
import { readStatus } from '../../server/recording/status-file.js';
import { markVolume } from '../../server/recording/volume.js';
import { mayBeLate } from '../support/named-gaps.js';
import { startTestCamera } from '../support/test-camera.js';

t.jobs = 4;
t.setTimeout(560_000);
const beside = () => ({ buffered: true, timeout: 500_000 });

const ENTRY = join(process.cwd(), 'build', 'server', 'recording', 'recorder-main.js');
const quiet = () => undefined;
const log = { info: quiet, warn: quiet, error: quiet, debug: quiet, fatal: quiet };

async function setting(t: Test, platform: NodeJS.Platform = process.platform) {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-video-'));
  const camera = await startTestCamera({ sub: null });
  const client = await RecorderClient.open({ folder, entry: ENTRY, log, platform });
  t.teardown(async () => {
    await client.stop({ keepRecording: false });
    await camera.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const want = (more: Partial<WantedNow> = {}) =>
    client.want({
      ...{ until: Date.now() + 600_000, serverStartedAt: Date.now(), segmentSeconds: 2, ffmpeg: 'ffmpeg' },
      ...{ lowBytes: 2, stopBytes: 1, volumeId: null },
      cameras: [{ cameraId: 'cam-1', url: camera.url, subUrl: null, record: true, audio: false }],
      ...more,
    });
  const until = async (what: string, is: (camera: CameraStatus) => boolean) => {
    for (const end = performance.now() + 90_000; performance.now() < end; await pause(50)) {
      const status = client.status()?.cameras[0];
      if (status !== undefined && is(status)) return status;
    }
    throw new Error(`not ${what}: ${JSON.stringify(client.status())}`);
  };
  const recording = () => until('recording', ({ state, lines }) => state === 'recording' && lines > 1);
  const gaps = async () =>
    (await client.linesOf('cam-1', 0)).filter((line) => line.kind === 'gap' && !mayBeLate(line));
  return { folder, camera, client, want, until, recording, gaps };
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function gone(pid: number, withinMs: number): Promise<boolean> {
  for (const end = performance.now() + withinMs; performance.now() < end; await pause(100))
    if (!isAlive(pid)) return true;
  return false;
}

void t.test('a recorder that hangs is ended, and the next one loses no picture', beside(), async (t) => {
  const { client, want, until, recording, gaps } = await setting(t);
  await want();
  const before = await recording();
  const pid = client.status()?.pid as number;
  process.kill(pid, 'SIGSTOP');
  t.ok(await gone(pid, 90_000), 'it is noticed by its silence');
  const after = await until(
    'recording by another',
    ({ state, lines }) => client.status()?.pid !== pid && state === 'recording' && lines > before.lines + 3,
  );
  t.equal(after.ffmpegPid, before.ffmpegPid, 'its ffmpeg went on');
  t.same(await gaps(), []);
});

void t.test(
  'a recorder that takes long to load is waited for; one that ended is followed by the next',
  beside(),
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'kaochang-video-'));
    // Loads for two seconds, as on a machine with too much to do, and ends without having become the recorder.
    const entry = join(folder, 'slow.mjs');
    const started = join(folder, 'started');
    const says = (what: string) => `appendFileSync(${JSON.stringify(started)}, '${what}\\n');`;
    writeFileSync(
      entry,
      `import { appendFileSync } from 'node:fs'; ${says('begins')} setTimeout(() => { ${says('ends')} }, 2_500);`,
    );
    const client = await RecorderClient.open({ folder, entry, log });
    t.teardown(async () => {
      await client.stop({ keepRecording: true });
      rmSync(folder, { recursive: true, force: true });
    });
    await client.want({
      ...{ until: Date.now() + 600_000, serverStartedAt: Date.now(), segmentSeconds: 2, ffmpeg: 'ffmpeg' },
      ...{ lowBytes: 2, stopBytes: 1, volumeId: null },
      cameras: [{ cameraId: 'cam-1', url: 'rtsp://127.0.0.1:9/', subUrl: null, record: true, audio: false }],
    });
    const words = () => (existsSync(started) ? readFileSync(started, 'utf8').trim().split('\n') : []);
    for (const end = performance.now() + 60_000; performance.now() < end && words().length < 5;)
      await pause(50);
    t.same(words().slice(0, 5), ['begins', 'ends', 'begins', 'ends', 'begins'], 'never two at once');
  },
);

void t.test('its time over it ends by itself, and nobody is left', beside(), async (t) => {
  const { client, want, recording, camera, folder } = await setting(t);
  await want({ until: Date.now() + 30_000 });
  const { ffmpegPid } = await recording();
  const pid = client.status()?.pid as number;
  // The server still wants cameras, and would start the next one: it is gone like one that was killed.
  await client.stop({ keepRecording: true });
  t.ok(await gone(pid, 90_000));
  t.notOk(isAlive(ffmpegPid as number));
  t.equal(camera.playing(), 0);
  t.same(readdirSync(join(folder, '.recorder', 'open', 'cam-1')), [], 'every file is taken in');
  t.match(await readStatus(folder), { cameras: [{ cameraId: 'cam-1', state: 'off', gap: null }] });
});

/** Nothing runs on or lies open, and all that was recorded is listed, whole. @param before while it recorded */
async function endedInOrder(
  t: Test,
  { client, camera, folder }: Awaited<ReturnType<typeof setting>>,
  { lines, ffmpegPid }: CameraStatus,
): Promise<void> {
  t.notOk(isAlive(ffmpegPid as number));
  t.equal(camera.playing(), 0);
  t.same(readdirSync(join(folder, '.recorder', 'open', 'cam-1')), []);
  const listed = await client.linesOf('cam-1', 0);
  t.ok(listed.length > lines, `${listed.length} lines`);
  t.ok(
    listed.every((line) => (line.kind === 'gap' ? mayBeLate(line) : !line.flags.includes('cut-short'))),
    'no gap, and the last one is whole too',
  );
}

void t.test('asked to end it ends its recordings in order and lists all of them', beside(), async (t) => {
  const room = await setting(t);
  const { client, want, recording } = room;
  await want();
  const before = await recording();
  const pid = client.status()?.pid as number;
  await client.stop({ keepRecording: true });
  process.kill(pid, 'SIGTERM');
  t.ok(await gone(pid, 90_000));
  await endedInOrder(t, room, before);
});

/** Signals that this process sends to another one meanwhile. */
async function signalsSent(to: number, work: () => Promise<void>): Promise<unknown[]> {
  const sent: unknown[] = [];
  const { kill } = process;
  process.kill = (pid, signal) => {
    if (pid === to && signal !== 0) sent.push(signal);
    return kill.call(process, pid, signal);
  };
  try {
    await work();
  } finally {
    process.kill = kill;
  }
  return sent;
}

void t.test('where a signal would break it off, a file asks it to end', beside(), async (t) => {
  const room = await setting(t, 'win32');
  const { client, want, recording } = room;
  await want();
  const before = await recording();
  const pid = client.status()?.pid as number;
  const sent = await signalsSent(pid, () => client.stop({ keepRecording: false }));
  t.ok(await gone(pid, 20_000), 'it was waited for');
  t.strictSame(sent, []);
  await endedInOrder(t, room, before);
});

void t.test('a server that wanted nothing yet ends the recorder of the one before', beside(), async (t) => {
  const { client, want, recording, folder } = await setting(t);
  await want();
  await recording();
  const pid = client.status()?.pid as number;
  await client.stop({ keepRecording: true });
  const next = await RecorderClient.open({ folder, entry: ENTRY, log, platform: 'win32' });
  await pause(1_500);
  await next.stop({ keepRecording: false });
  t.ok(await gone(pid, 20_000), 'it was waited for');
  t.same(readdirSync(join(folder, '.recorder', 'open', 'cam-1')), []);
});

void t.test('a recorder that no file reaches hears a signal, where that is in order', beside(), async (t) => {
  const { client, want, recording, folder } = await setting(t);
  await want();
  await recording();
  const pid = client.status()?.pid as number;
  // Nothing can be written beside it, and so nothing is replaced.
  mkdirSync(join(folder, '.recorder', 'wanted.json.partial'));
  const sent = await signalsSent(pid, () => client.stop({ keepRecording: false }));
  t.ok(await gone(pid, 20_000), 'it was waited for');
  t.strictSame(sent, ['SIGTERM']);
  t.same(readdirSync(join(folder, '.recorder', 'open', 'cam-1')), []);
});

void t.test('nothing is written on a disk that is another one; the gap says so', beside(), async (t) => {
  const { client, want, until, recording, folder } = await setting(t);
  const volumeId = await markVolume(folder);
  await want({ volumeId });
  await recording();
  const mark = join(folder, 'kaochang-volume.json');
  writeFileSync(mark, JSON.stringify({ volumeId: 'another' }));
  const missing = await until('blocked', ({ ffmpegPid, gap }) => ffmpegPid === null && gap !== null);
  t.match(missing.gap, { cause: 'volume-missing' });
  t.equal(client.status()?.volume, 'other');
  await pause(2_000);
  writeFileSync(mark, JSON.stringify({ volumeId }));
  await until('recording again', ({ state, lines }) => state === 'recording' && lines > missing.lines + 2);
  const lines = await client.linesOf('cam-1', 0);
  t.same(
    lines.flatMap((line) => (line.kind === 'gap' ? [line.cause] : [])),
    ['volume-missing'],
  );
});
