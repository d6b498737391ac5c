// A look at a real stream says what the camera sends, a picture of it is a JPEG, and what a camera refuses has its name; files of a
// camcorder are taken in byte by byte.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { CameraDesk } from '../../server/compose/cameras.js';
import { withCredentials } from '../../server/devices/camera-address.js';
import type { DeviceSetting } from '../../server/devices/settings.js';
import { importCamcorderFiles, planImport } from '../../server/recording/camcorder-import.js';
import { videoPaths } from '../../server/recording/contract.js';
import { readManifest } from '../../server/recording/manifest.js';
import { startTestCamera } from '../support/test-camera.js';
import { startTestOnvif } from '../support/test-onvif.js';

const LOGIN = { user: 'admin', password: 'p@ss:w/ö rd' };
const folder = mkdtempSync(join(tmpdir(), 'kaochang-looks-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const soon = () => AbortSignal.timeout(90_000);
const plain = (url: string) => withCredentials(url, null);
writeFileSync(join(folder, 'password.txt'), `${LOGIN.password}\nnot this\n`);

const deskOf = (devices: object[]) =>
  new CameraDesk({ devices: devices as DeviceSetting[], folder, ffmpeg: 'ffmpeg' });

void t.test('size, frames, key frames and sound are those of the camera; the picture is one', async (t) => {
  const camera = await startTestCamera({ login: LOGIN, audio: true });

  const url = plain(camera.url);
  const desk = deskOf([
    { id: 'front', name: '前', adapter: 'rtsp', url, user: LOGIN.user, passwordFile: 'password.txt' },
    { id: 'wrong', name: '错', adapter: 'rtsp', url, user: LOGIN.user, password: 'no' },
    { id: 'cam', name: '便携', adapter: 'camcorder' },
  ]);
  t.same(
    desk.all().map(({ id }) => id),
    ['front', 'wrong', 'cam'],
  );
  const facts = await desk.look('front', soon(), 5);
  t.match(facts, { codec: 'h264', width: 320, height: 180, audioCodec: /pcm_/ });
  t.ok(Math.abs((facts.framesPerSecond ?? 0) - camera.fps) <= 1, `${facts.framesPerSecond} frames a second`);
  t.ok(
    Math.abs((facts.keyFrameIntervalS ?? 0) - 1) <= 0.1,
    `${facts.keyFrameIntervalS} s between key frames`,
  );
  t.same(desk.facts('front'), facts, 'and are kept for its device');
  const picture = await desk.snapshot('front', soon(), 320);
  t.same([...picture.subarray(0, 3)], [0xff, 0xd8, 0xff]);
  await t.rejects(desk.look('wrong', soon(), 2), { code: 'refused' });
  await t.rejects(desk.look('cam', soon(), 2), { code: 'no-video' });
  await camera.close();
  const failure = (await desk.look('front', soon(), 2).catch((error: unknown) => error)) as {
    code: string;
    detail: string;
  };
  t.match(failure, { code: 'unreachable' });
  t.notMatch(failure.detail, /p@ss|p%40ss/, 'its password is in no text');
});

void t.test('an ONVIF camera names its streams and its clock, and is looked at like any other', async (t) => {
  const camera = await startTestCamera({ login: LOGIN });
  const onvif = await startTestOnvif({
    ...{ login: LOGIN, signIn: 'digest', clockMs: 5_300 },
    profiles: [
      { token: 'm', width: 320, height: 180, uri: plain(camera.url) },
      { token: 's', width: 160, height: 90, uri: plain(camera.subUrl) },
    ],
  });
  t.teardown(async () => {
    await onvif.close();
    await camera.close();
  });
  const desk = deskOf([
    { id: 'o', name: '后', adapter: 'onvif', host: onvif.host, port: onvif.port, ...LOGIN, audio: false },
  ]);
  const streams = await desk.streams('o', soon());
  t.equal(streams?.url, withCredentials(camera.url, LOGIN));
  t.equal(streams?.subUrl, withCredentials(camera.subUrl, LOGIN));
  const offset = (await desk.clockOffset('o', soon())) ?? NaN;
  t.ok(Math.abs(offset - 5_300) <= 1_000, `${offset} ms`);
  t.match(await desk.look('o', soon(), 2), { codec: 'h264', frames: Number });
});

void t.test(
  'files of a camcorder are copied, compared, listed once, and a broken one is kept as it is',
  async (t) => {
    const card = join(folder, 'card');
    const video = join(folder, 'video');
    execFileSync('mkdir', [card]);
    const created = '2026-11-21T00:30:00Z';
    const make = [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      'testsrc2=size=320x180:rate=10',
      '-t',
      '3',
      '-pix_fmt',
      'yuv420p',
    ];
    const files = ['MVI_0001.MP4', 'MVI_0002.MOV', 'MVI_0003.MP4'].map((name) => join(card, name));
    const [one = '', two = '', three = ''] = files;
    execFileSync('ffmpeg', [...make, '-metadata', `creation_time=${created}`, one]);
    execFileSync('ffmpeg', [...make, two]);
    copyFileSync(one, three);
    truncateSync(three, 2_000);
    const plan = await planImport({ ffprobe: 'ffprobe', files, startAt: null }, soon());
    t.match(plan, [
      { startFrom: 'file', startAt: Date.parse(created), endAt: Date.parse(created) + 3_000 },
      { startFrom: 'file-before', startAt: Date.parse(created) + 3_000 },
      { startFrom: 'file-before', facts: { isReadable: false } },
    ]);
    const progress: number[] = [];
    const options = { folder: video, cameraId: 'cam', plan, keepFreeBytes: 0 };
    const done = await importCamcorderFiles(
      { ...options, onProgress: ({ doneBytes, totalBytes }) => progress.push(doneBytes / totalBytes) },
      soon(),
    );
    t.ok(progress.every((share, n) => share <= 1 && share >= (progress[n - 1] ?? 0)));
    t.same(
      done.map(({ file }) => file),
      [
        'cam/imported/20261121T003000Z.mp4',
        'cam/imported/20261121T003003Z.mov',
        'cam/imported/20261121T003006Z.mp4',
      ],
    );
    const lines = [];
    for await (const { line } of readManifest(videoPaths(video).manifest('cam'))) lines.push(line);
    t.match(lines, [
      {
        kind: 'segment',
        line: 0,
        codec: 'h264',
        width: 320,
        frames: 30,
        flags: ['imported'],
        endAt: Date.parse(created) + 3_000,
      },
      { line: 1, flags: ['imported'] },
      { line: 2, codec: 'unknown', frames: 0, flags: ['imported', 'damaged'] },
    ]);
    for (const [n, { file, sha256 }] of done.entries()) {
      const copy = readFileSync(join(video, file));
      t.ok(copy.equals(readFileSync(files[n] ?? '')), `${file} is the same, byte by byte`);
      t.equal(createHash('sha256').update(copy).digest('hex'), sha256);
    }
    const again = await importCamcorderFiles(options, soon());
    t.ok(
      again.every(({ wasThere }) => wasThere),
      'done again, nothing is taken in twice',
    );
    t.equal(readdirSync(join(video, 'cam/imported')).length, 3, 'and no part of a file is left');
    await t.rejects(importCamcorderFiles({ ...options, keepFreeBytes: 2 ** 60 }, soon()), {
      code: 'no-space',
    });
    const control = new AbortController();
    const stopped = importCamcorderFiles(
      { ...options, cameraId: 'other', onProgress: () => control.abort(new Error('enough')) },
      control.signal,
    );
    await t.rejects(stopped, { message: 'enough' });
    t.same(readdirSync(join(video, 'other/imported')), [], 'of half a file nothing stays');
    await t.rejects(planImport({ ffprobe: 'ffprobe', files: [join(card, 'none')], startAt: 0 }, soon()), {
      code: 'no-file',
    });
  },
);
