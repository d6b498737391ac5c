// An exported film in real browsers, opened as a file is: it knows its length, jumps to any moment, shows the picture that was
// taken then, stands still in a gap, and plays. The Chromium 74 of the tests was built without H.264 and is not asked.

import { createReadStream, statSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { generateKeys } from '../../server/keys/key-files.js';
import { exportVideo } from '../../server/recording/export-video.js';
import { readCounter, SMALL } from '../support/counter-clip.js';
import { FPS, RecordedCamera, SEGMENT_MS, segmentFiles } from '../support/recorded-room.js';
import { Chromium } from './support/chromium.js';
import { Firefox } from './support/firefox.js';
import type { RoomPage } from './support/room-browser.js';

t.setTimeout(560_000);

const START = Date.UTC(2026, 10, 21, 1, 0, 0);
const GAP_MS = 5_000;
const camera = new RecordedCamera(await mkdtemp(join(tmpdir(), 'kaochang-video-')), 'cam-1');
for (const [index, file] of (await segmentFiles(4, { width: 640, height: 360 })).entries())
  await camera.segment(file, START + index * SEGMENT_MS + (index < 2 ? 0 : GAP_MS));
const { files } = await exportVideo({
  ...{ videoFolder: camera.videoFolder, to: await mkdtemp(join(tmpdir(), 'kaochang-usb-')), own: [] },
  ...{ room: await generateKeys('room', '102'), version: '0', now: START, fat32: 'auto' },
  session: {
    ...{ sessionId: 's', packageId: 'p', startsAt: START, siteName: 'XX学院', roomName: '102' },
    isOneOfSeveral: false,
  },
  ...{ from: START, until: START + 60_000, judgedUntil: START + 60_000 },
  cameras: [{ cameraId: 'cam-1', name: '前' }],
});
const film = files[0] as string;

/** The file as a disk gives it: any part of it. */
const server = createServer((request, response) => {
  if (request.url !== '/film.mp4') {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><video muted preload="auto" src="/film.mp4"></video>');
    return;
  }
  const { size } = statSync(film);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const from = Number(range?.[1] ?? 0);
  const to = range?.[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
  response.writeHead(range === null ? 200 : 206, {
    ...{ 'content-type': 'video/mp4', 'accept-ranges': 'bytes', 'content-length': to - from + 1 },
    ...(range === null ? {} : { 'content-range': `bytes ${from}-${to}/${size}` }),
  });
  createReadStream(film, { start: from, end: to }).pipe(response);
}).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
t.teardown(() => {
  server.closeAllConnections();
  server.close();
});

/** Number of the picture that is shown at a moment of the film. */
async function pictureAt(page: RoomPage, seconds: number): Promise<number | null> {
  const grey = await page.evaluate<number[]>(`new Promise((resolve, reject) => {
    const video = document.querySelector('video');
    video.onseeked = () => setTimeout(() => {
      const canvas = document.createElement('canvas');
      canvas.width = ${SMALL.width};
      canvas.height = ${SMALL.height};
      const pen = canvas.getContext('2d');
      pen.drawImage(video, 0, 0, canvas.width, canvas.height);
      const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
      resolve([...data].filter((_, index) => index % 4 === 1));
    }, 100);
    video.onerror = () => reject(new Error(video.error.message));
    video.currentTime = ${seconds};
  })`);
  return readCounter(Buffer.from(grey));
}

for (const [name, start] of [
  ['Chromium', () => Chromium.start({ origin, ca: null })],
  ['Firefox', () => Firefox.start({ origin, ca: null })],
] as const)
  void t.test(`an exported film in ${name}`, async (t) => {
    const browser = await start();
    t.teardown(() => browser.close());
    const page = await browser.open('/');
    await page.waitFor(`document.querySelector('video').readyState >= 2`);
    const length = await page.evaluate<number>(`document.querySelector('video').duration`);
    t.ok(Math.abs(length - (4 * SEGMENT_MS + GAP_MS) / 1_000) < 0.01, `${length} s long, with its gap`);
    for (const [seconds, picture] of [
      [1.05, 10],
      [3.55, 35],
      // In the gap the last picture before it stands still.
      [6.5, 4 * FPS - 1],
      [9.05, 4 * FPS],
      [12.55, 4 * FPS + 35],
      [0.05, 0],
    ] as const)
      t.equal(await pictureAt(page, seconds), picture, `at ${seconds} s`);
    await page.evaluate(`document.querySelector('video').play()`);
    await page.waitFor(`document.querySelector('video').currentTime > 1.2`);
    t.pass('it plays');
  });
