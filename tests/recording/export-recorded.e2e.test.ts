// What the recorder really recorded, exported: a film has every picture that its files have, each within half a second of when the
// camera sent it, through an ffmpeg that was killed.

import { mkdtempSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { SegmentLine } from '../../server/core/video-types.js';
import { generateKeys } from '../../server/keys/key-files.js';
import { createLog } from '../../server/log.js';
import { videoPaths } from '../../server/recording/contract.js';
import { exportVideo } from '../../server/recording/export-video.js';
import { checkManifest } from '../../server/recording/manifest-check.js';
import { RecorderClient } from '../../server/recording/recorder-client.js';
import { verifyExport } from '../../server/recording/verify-export.js';
import { decodeFile } from '../support/lost-frames.js';
import { startTestCamera } from '../support/test-camera.js';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function until<T>(what: string, look: () => Promise<T | null> | T | null): Promise<T> {
  for (let left = 900; left > 0; left--) {
    const found = await look();
    if (found !== null) return found;
    await wait(100);
  }
  throw new Error(`waited in vain for ${what}`);
}

void t.test('a film of real recordings has all their pictures at their time', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-video-'));
  const camera = await startTestCamera();
  const client = await RecorderClient.open({
    ...{ folder, entry: 'build/server/recording/recorder-main.js', log: createLog('silent') },
  });
  const cameraId = 'cam-1';
  const manifest = videoPaths(folder).manifest(cameraId);
  const listed = async () => (await checkManifest(manifest, cameraId)).lines;
  const segments = async () =>
    (await listed()).filter((line): line is SegmentLine => line.kind === 'segment');
  const from = Date.now();
  try {
    await client.want({
      ...{ until: from + 120_000, serverStartedAt: from, segmentSeconds: 2, ffmpeg: 'ffmpeg' },
      ...{ lowBytes: 0, stopBytes: 0, volumeId: null },
      cameras: [{ cameraId, url: camera.url, subUrl: null, record: true, audio: false }],
    });
    await until('two segments', async () => ((await segments()).length >= 2 ? true : null));
    const pid = await until('ffmpeg', () => client.status()?.cameras[0]?.ffmpegPid ?? null);
    process.kill(pid, 'SIGKILL');
    await until('a gap and what follows it', async () => {
      const lines = await listed();
      const gap = lines.findIndex(({ kind }) => kind === 'gap');
      return gap >= 0 && lines.length > gap + 2 ? true : null;
    });
  } finally {
    await client.stop({ keepRecording: false });
  }
  const to = Date.now();
  await camera.close();
  const room = await generateKeys('room', '102');
  const target = mkdtempSync(join(tmpdir(), 'kaochang-usb-'));
  const { statement, files } = await exportVideo({
    ...{ videoFolder: folder, to: target, own: [], room, version: '0', now: to, fat32: 'no' },
    session: {
      ...{ sessionId: 's', packageId: 'p', startsAt: from, siteName: 'XX学院', roomName: '102' },
      isOneOfSeveral: false,
    },
    ...{ from, until: to, judgedUntil: to, cameras: [{ cameraId, name: '前' }] },
  });
  t.equal(files.length, 1, 'one film, though ffmpeg was killed');
  t.strictSame((await verifyExport(target, [room.public])).problems, []);

  const single: (number | null)[] = [];
  for (const { file } of await segments()) single.push(...(await decodeFile(join(folder, file))).counters);
  const film = await decodeFile(files[0] as string);
  t.equal(film.complaints, '');
  t.strictSame(film.counters, single, `${single.length} pictures, those of the files one by one`);

  const times = execFileSync(
    'ffprobe',
    [
      '-v',
      'error',
      '-select_streams',
      'v',
      '-show_entries',
      'frame=pts_time',
      '-of',
      'csv=p=0',
      files[0] as string,
    ],
    { encoding: 'utf8' },
  )
    .split('\n')
    .map((text) => Number.parseFloat(text))
    .filter((time) => !Number.isNaN(time));
  t.equal(times.length, film.counters.length);
  const startAt = statement.cameras[0]?.files[0]?.startAt ?? 0;
  let worst = 0;
  for (const [index, counter] of film.counters.entries()) {
    if (counter === null) continue;
    const shown = startAt + (times[index] ?? 0) * 1_000;
    const turn = Math.round(
      ((shown - camera.startedAt) * camera.fps) / 1_000 / camera.frames - counter / camera.frames,
    );
    const sent = camera.startedAt + ((turn * camera.frames + counter) * 1_000) / camera.fps;
    worst = Math.max(worst, Math.abs(shown - sent));
  }
  t.ok(worst < 500, `the worst picture is ${worst.toFixed(0)} ms from its time`);
  const killed = statement.cameras[0]?.gaps.filter(({ cause }) => cause === 'recorder-ended') ?? [];
  t.equal(killed.length, 1, 'the gap of the kill is named');
});
