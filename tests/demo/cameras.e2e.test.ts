// The demo's cameras: ffmpeg reads both streams of each without a complaint, also where the film begins again; where there is no
// ffmpeg the demo has none.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { filmsText, startDemoCameras } from '../../scripts/commands/demo-cameras.js';
import { codedFilm } from '../../server/rehearsal/coded-pictures.js';
import { SimulatedCamera } from '../../server/rehearsal/simulated-camera.js';

t.setTimeout(560_000);

const FOLDER = join(process.cwd(), 'samples', 'cameras');
const run = promisify(execFile);

/** How far it is, and about the time stamps of what it writes, which is nothing. */
const OF_OUR_OUTPUT = /^.*(frame=|non monotonically increasing dts to muxer|Last message repeated).*$/gm;

/** Size of the pictures, how many came in so many seconds, and what ffmpeg said of them. */
async function seen(url: string, seconds: number) {
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-rtsp_transport', 'tcp', '-select_streams', 'v:0', '-of', 'json'],
    ...['-show_entries', 'stream=width,height,codec_name', url],
  ]);
  const [stream] = (JSON.parse(stdout) as { streams: { width: number; height: number }[] }).streams;
  const read = await run('ffmpeg', [
    ...[
      '-hide_banner',
      '-loglevel',
      'error',
      '-stats',
      '-rtsp_transport',
      'tcp',
      '-i',
      url,
      '-t',
      String(seconds),
    ],
    ...['-fps_mode', 'passthrough', '-f', 'null', '-'],
  ]);
  const [said = '', ...frames] = [
    read.stderr.replace(OF_OUR_OUTPUT, '').trim(),
    ...read.stderr.matchAll(/frame= *(\d+)/g),
  ];
  return { size: `${stream?.width}x${stream?.height}`, frames: Number(frames.at(-1)?.[1] ?? 0), said };
}

void t.test('each shows its film, a large one and a small one', async (t) => {
  const cameras = await startDemoCameras(FOLDER);
  if (cameras === null) throw new Error('The tests have an ffmpeg');
  t.teardown(() => cameras.close());
  const devices = cameras.devices as { id: string; url: string; subUrl: string }[];
  t.equal(devices.length, 2);
  const looks = devices.flatMap(({ url, subUrl }) => [seen(url, 3), seen(subUrl, 3)]);
  for (const [n, { size, frames, said }] of (await Promise.all(looks)).entries()) {
    t.equal(size, n % 2 === 0 ? '1280x720' : '640x360');
    t.ok(frames >= (n % 2 === 0 ? 25 : 12), `${frames} pictures`);
    t.equal(said, '');
  }
});

void t.test('a film that begins again goes on', async (t) => {
  // Ten times as fast: its eight seconds come round in less than one.
  const film = codedFilm(readFileSync(join(FOLDER, 'front-sub.h264')), 'h264', 50);
  const camera = await SimulatedCamera.start(film, film);
  t.teardown(() => camera.close());
  const { frames, said } = await seen(camera.url, 3);
  t.ok(frames > 2 * film.units.length, `${frames} pictures of a film of ${film.units.length}`);
  t.equal(said, '');
});

void t.test('without an ffmpeg there are no cameras, and the figures say so', async (t) => {
  const { PATH } = process.env;
  process.env['PATH'] = '';
  t.teardown(() => (process.env['PATH'] = PATH));
  t.equal(await startDemoCameras(FOLDER), null);
  t.match(filmsText(null), /没有 \/ none/);
});
