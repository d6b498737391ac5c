// Live pictures: a process begins with the first who watches, ends soon after the last, never more than so many; every reason
// why there is nothing to see has its name. ffmpeg is real; what stands for the camera is a drawn picture.

import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { videoPaths } from '../../server/recording/contract.js';
import { livePlaylist } from '../../server/recording/live-playlist.js';
import { LiveStream } from '../../server/recording/live-stream.js';
import { LiveStreams, MAX_LIVE } from '../../server/recording/live.js';
import { standInCamera, writeWanted } from '../support/recorded-clips.js';
import { startTestCamera } from '../support/test-camera.js';

const SOURCE = 'testsrc2=s=320x180:r=10';
const url = 'rtsp://127.0.0.1:9/none';
const cameras = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ cameraId: `cam-${n + 1}`, url, subUrl: null }));

function streams(t: Test, source: string, codec: 'h264' | 'hevc' = 'h264', count = 1): LiveStreams {
  const folder = t.testdir({});
  writeWanted(folder, cameras(count), standInCamera(folder, source, codec));
  const live = new LiveStreams({ folder, idleMs: 400 });
  t.teardown(() => live.stop());
  return live;
}

async function film(live: LiveStreams, cameraId = 'cam-1'): Promise<LiveStream> {
  const stream = await live.watch(cameraId, 'film');
  if (typeof stream === 'string') throw new Error(stream);
  return stream;
}

async function until(holds: () => boolean): Promise<void> {
  for (let n = 0; n < 200 && !holds(); n++) await pause(25);
  if (!holds()) throw new Error('It never came to be');
}

void t.test('the first who watches starts a film that ffmpeg decodes; the next shares it', async (t) => {
  const live = streams(t, SOURCE);
  const stream = await film(live);
  t.equal(await film(live), stream, 'one process for all');
  t.equal(live.running, 1);
  await until(() => {
    live.watching('cam-1', stream.run);
    return stream.fragments.length >= 2;
  });
  const playlist = livePlaylist(stream);
  t.match(
    playlist,
    new RegExp(`#EXT-X-MAP:URI="${stream.run}/opening.mp4"\n#EXTINF:1\\.000,\n${stream.run}/0\\.m4s`),
  );
  t.notMatch(playlist, /ENDLIST|undefined|NaN/);
  const input = Buffer.concat([stream.opening ?? Buffer.alloc(0), stream.fragment(0) ?? Buffer.alloc(0)]);
  const frames = execFileSync(
    'ffprobe',
    ['-v', 'error', '-count_frames', '-show_entries', 'stream=nb_read_frames', '-of', 'csv=p=0', '-'],
    { input, encoding: 'utf8' },
  );
  t.equal(Number.parseInt(frames, 10), 10);
  t.equal(stream.fragment(1_000), null);
  t.equal(live.watching('cam-1', 'another run'), null);
});

void t.test('it ends soon after the last who watched, and its process with it', async (t) => {
  const live = streams(t, SOURCE);
  const { pid, run } = await film(live);
  t.ok(existsSync(`/proc/${pid}`));
  await until(() => live.running === 0);
  await until(() => !existsSync(`/proc/${pid}`));
  t.equal(live.watching('cam-1', run), null);
});

void t.test('no more than so many at once; who stops watching makes room', async (t) => {
  const live = streams(t, SOURCE, 'h264', MAX_LIVE.film + 1);
  const all = cameras(MAX_LIVE.film + 1).map(({ cameraId }) => cameraId);
  const last = all.pop() ?? '';
  const begun = all.map((cameraId) => live.watch(cameraId, 'film'));
  t.equal(await live.watch(last, 'film'), 'too-many');
  t.equal(live.running, MAX_LIVE.film);
  await Promise.all(begun);
  await until(() => live.running === 0);
  t.type(await live.watch(last, 'film'), LiveStream);
});

void t.test('H.265 is no film for a browser: said at once; pictures of it come all the same', async (t) => {
  const live = streams(t, SOURCE, 'hevc');
  t.equal(await live.watch('cam-1', 'film'), 'not-playable');
  const stream = await live.watch('cam-1', 'pictures');
  t.ok(typeof stream !== 'string' && stream.picture !== null);
  if (typeof stream === 'string') return;
  t.same(stream.picture?.bytes.subarray(0, 2), Buffer.from([0xff, 0xd8]));
});

void t.test('a camera that goes is named, rests a moment, and is called again', async (t) => {
  const live = streams(t, `${SOURCE}:d=0.2`);
  await live.watch('cam-1', 'film');
  await until(() => live.running === 0);
  t.equal(await live.watch('cam-1', 'film'), 'camera-gone');
  t.equal(live.running, 0, 'it is not called each time that somebody asks');
});

void t.test('a camera that refuses its password is asked once, until there is another one', async (t) => {
  const camera = await startTestCamera({ login: { user: 'exam', password: 'right' }, sub: null });
  t.teardown(() => camera.close());
  const folder = t.testdir({});
  const cameraWith = (url: string) => writeWanted(folder, [{ cameraId: 'cam-1', url, subUrl: null }]);
  cameraWith(camera.url.replace('right', 'wrong'));
  const said = { format: 1, pid: 1, startedAt: 0, at: 0, revision: 1, freeBytes: 0 };
  const cameras = [{ cameraId: 'cam-1', state: 'recording', lines: 0 }];
  const letIn = { ...said, space: 'enough', volume: 'intended', cameras };
  let laterMs = 0;
  const live = new LiveStreams({ folder, nowMs: () => performance.now() + laterMs });
  t.teardown(() => live.stop());
  t.equal(await live.watch('cam-1', 'film'), 'camera-refused');
  const asked = camera.refusals();
  laterMs += 60_000;
  t.equal(await live.watch('cam-1', 'film'), 'camera-refused');
  t.equal(await live.watch('cam-1', 'pictures'), 'camera-refused');
  t.equal(camera.refusals(), asked, 'whoever looks, and however often');
  cameraWith(camera.url);
  // The recorder has read the new one already, who watches has not.
  writeFileSync(videoPaths(folder).status, JSON.stringify(letIn));
  t.equal(await live.watch('cam-1', 'film'), 'camera-refused');
  t.type(await film(live), LiveStream);
  t.equal(camera.refusals(), asked);
});

void t.test('an unknown camera and a missing program have their own words', async (t) => {
  const folder = t.testdir({});
  const live = new LiveStreams({ folder });
  t.teardown(() => live.stop());
  t.equal(await live.watch('cam-1', 'film'), 'unknown-camera', 'before the room said which there are');
  const other = t.testdir({});
  writeWanted(other, cameras(1), '/nowhere/ffmpeg');
  const without = new LiveStreams({ folder: other });
  t.teardown(() => without.stop());
  t.equal(await without.watch('cam-9', 'film'), 'unknown-camera');
  t.equal(await without.watch('cam-1', 'film'), 'no-ffmpeg');
  t.equal(await without.still('cam-1'), 'camera-silent');
});

void t.test('a still of the large stream', async (t) => {
  const live = streams(t, SOURCE);
  const picture = await live.still('cam-1');
  t.ok(Buffer.isBuffer(picture) && picture.length > 500);
});
