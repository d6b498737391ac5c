// Films are joined without a picture lost and with every gap as long as it was; what is written can be played.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import type { SegmentLine, VideoLine } from '../../server/core/video-types.js';
import { bytesOfFile } from '../../server/keys/readable-bytes.js';
import { planCamera, type PlannedFile, type PlanOptions } from '../../server/recording/export-plan.js';
import { readSegmentIndex } from '../../server/recording/segment-index.js';
import { decodeFile } from '../support/lost-frames.js';
import { FPS, RecordedCamera, SEGMENT_MS, segmentFiles } from '../support/recorded-room.js';

const run = promisify(execFile);
const START = Date.UTC(2026, 10, 21, 1, 0, 0, 250);

async function lookIn(videoFolder: string, line: SegmentLine) {
  const path = join(videoFolder, line.file);
  const bytes = await bytesOfFile(path);
  try {
    return { path, size: bytes.size, tracks: await readSegmentIndex(bytes) };
  } finally {
    await bytes.close();
  }
}

function planOf(camera: RecordedCamera, more: Partial<PlanOptions> = {}) {
  const look = (line: SegmentLine) => lookIn(camera.videoFolder, line);
  return planCamera({
    lines: camera.lines,
    stem: '20261121XX学院102',
    number: 1,
    maxFileBytes: null,
    look,
    ...more,
  });
}

async function written(file: PlannedFile): Promise<string> {
  const parts: Buffer[] = [];
  for (const piece of file.pieces) parts.push('bytes' in piece ? piece.bytes : await readFile(piece.source));
  const path = join(await mkdtemp(join(tmpdir(), 'kaochang-film-')), file.name);
  await writeFile(path, Buffer.concat(parts));
  return path;
}

async function probe(path: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await run('ffprobe', ['-v', 'error', ...args, path]);
  if (stderr !== '') throw new Error(stderr);
  return stdout.trim();
}

const pictureTimes = async (path: string) =>
  (await probe(path, '-select_streams', 'v', '-show_entries', 'frame=pts_time', '-of', 'csv=p=0'))
    .split('\n')
    .map((text) => Number.parseFloat(text))
    .filter((time) => !Number.isNaN(time));

const newCamera = async (id = 'cam-1') =>
  new RecordedCamera(await mkdtemp(join(tmpdir(), 'kaochang-video-')), id);

void t.test(
  'a film has every picture of its segments at the time it was taken, and gaps keep their length',
  async (t) => {
    const camera = await newCamera();
    const files = await segmentFiles(4);
    const startsAt = [0, 2_000, 9_500, 11_500].map((ms) => START + ms);
    for (const [index, file] of files.entries()) {
      if (index === 2) await camera.gap(START + 4_000, START + 9_500, 'camera-stalled');
      await camera.segment(file, startsAt[index] as number);
    }
    const plan = await planOf(camera);
    t.strictSame(plan.faults, []);
    t.strictSame(
      plan.files.map(({ name, kind }) => [name, kind]),
      [['20261121XX学院102-摄像机1.mp4', 'joined']],
    );
    const film = plan.files[0] as PlannedFile;
    const path = await written(film);
    const bytes = await readFile(path);
    t.equal(bytes.length, film.bytes, 'its size was known before');
    for (const [line, offset, length] of film.segments)
      t.ok(
        bytes
          .subarray(offset, offset + length)
          .equals(await readFile(join(camera.videoFolder, (camera.lines[line] as SegmentLine).file))),
        `segment ${line} stands in it byte for byte`,
      );
    const { counters, complaints } = await decodeFile(path);
    t.equal(complaints, '', 'it decodes without a complaint');
    t.strictSame(counters, [...Array(4 * 2 * FPS).keys()], 'every picture once, in order');
    const times = await pictureTimes(path);
    const expected = startsAt.flatMap((at) =>
      [...Array(2 * FPS).keys()].map((n) => (at - START + (n * 1_000) / FPS) / 1_000),
    );
    t.ok(
      times.every((time, index) => Math.abs(time - (expected[index] as number)) < 0.002),
      'each at its wall clock',
    );
    t.equal(
      Number(await probe(path, '-show_entries', 'format=duration', '-of', 'csv=p=0')),
      13.5,
      'as long as it took',
    );
    t.match(
      await probe(path, '-show_entries', 'format_tags=creation_time', '-of', 'csv=p=0'),
      '2026-11-21T01:00:00',
    );
    const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:s:0', '-f', 'srt', '-']);
    t.match(
      stdout,
      /00:00:04,000 --> .*\n.*2026-11-21 09:00:04\r?\n无录像 5\.5 秒：摄像机无画面/,
      'the room’s clock names the gap',
    );
    t.notMatch(stdout.slice(stdout.indexOf('00:00:09,500 -->')), '无录像', 'and ends with it');
  },
);

void t.test('sound and pictures in another order stay in step', async (t) => {
  const camera = await newCamera();
  const files = await segmentFiles(3, { sound: true, reordered: true });
  for (const [index, file] of files.entries())
    await camera.segment(file, START + index * SEGMENT_MS + (index === 2 ? 3_000 : 0));
  const plan = await planOf(camera);
  t.equal(plan.files.length, 1);
  const path = await written(plan.files[0] as PlannedFile);
  const { counters, complaints } = await decodeFile(path);
  t.equal(complaints, '');
  t.strictSame(counters, [...Array(3 * 2 * FPS).keys()]);
  await run('ffmpeg', ['-v', 'error', '-xerror', '-i', path, '-map', '0:a', '-f', 'null', '-']);
  const sound = (
    await probe(path, '-select_streams', 'a', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0')
  )
    .split('\n')
    .map((text) => Number.parseFloat(text))
    .filter((time) => !Number.isNaN(time));
  t.ok(
    sound.some((time) => Math.abs(time - 7) < 0.1),
    'sound after the gap is where its picture is',
  );
  t.notOk(
    sound.some((time) => time > 4.2 && time < 6.8),
    'and there is none in the gap',
  );
});

void t.test('a film of H.265 plays', async (t) => {
  const camera = await newCamera();
  for (const [index, file] of (await segmentFiles(2, { codec: 'libx265' })).entries())
    await camera.segment(file, START + index * SEGMENT_MS);
  const path = await written((await planOf(camera)).files[0] as PlannedFile);
  const { counters, complaints } = await decodeFile(path);
  t.equal(complaints, '');
  t.equal(counters.length, 2 * 2 * FPS);
});

void t.test('another picture size, or times that come twice, begin another part', async (t) => {
  const camera = await newCamera();
  const [large, small] = [await segmentFiles(2), await segmentFiles(2, { width: 160, height: 90 })];
  await camera.segment(large[0] as string, START);
  await camera.segment(small[0] as string, START + 2_000);
  await camera.segment(small[1] as string, START + 4_000);
  // The clock was set back.
  await camera.segment(small[0] as string, START + 1_000);
  const { files } = await planOf(camera);
  t.strictSame(
    files.map(({ name, segments }) => [name, segments.map(([line]) => line)]),
    [
      ['20261121XX学院102-摄像机1-1.mp4', [0]],
      ['20261121XX学院102-摄像机1-2.mp4', [1, 2]],
      ['20261121XX学院102-摄像机1-3.mp4', [3]],
    ],
  );
});

void t.test('parts are never larger than the volume takes, and lose nothing', async (t) => {
  const camera = await newCamera();
  const files = await segmentFiles(6);
  let largest = 0;
  for (const [index, file] of files.entries()) {
    await camera.segment(file, START + index * SEGMENT_MS);
    largest = Math.max(largest, (await readFile(file)).length);
  }
  const maxFileBytes = 2 * largest + 20_000;
  const plan = await planOf(camera, { maxFileBytes });
  t.ok(plan.files.length > 1);
  t.ok(plan.files.every(({ bytes }) => bytes <= maxFileBytes));
  const counters: (number | null)[] = [];
  for (const file of plan.files) counters.push(...(await decodeFile(await written(file))).counters);
  t.strictSame(counters, [...Array(6 * 2 * FPS).keys()]);
});

void t.test(
  'a segment cut short plays as far as it goes; one that cannot be played stands in the film all the same',
  async (t) => {
    const camera = await newCamera();
    const files = await segmentFiles(3);
    const whole = await readFile(files[1] as string);
    await writeFile(files[1] as string, whole.subarray(0, Math.floor(whole.length * 0.6)));
    const noise = Buffer.alloc(5_000, 'not a film');
    await writeFile(files[2] as string, noise);
    await camera.segment(files[0] as string, START);
    await camera.segment(files[1] as string, START + 2_000, { endAt: START + 3_000, flags: ['cut-short'] });
    await camera.segment(files[2] as string, START + 4_000, { flags: ['damaged'] });
    const { files: films } = await planOf(camera);
    t.equal(films.length, 1);
    const film = films[0] as PlannedFile;
    const path = await written(film);
    const { counters, complaints } = await decodeFile(path);
    t.equal(complaints, '', 'half pictures are left out');
    t.ok(counters.length > 2 * FPS && counters.length < 4 * FPS, `${counters.length} pictures`);
    t.strictSame(counters, [...Array(counters.length).keys()]);
    const [, offset, length] = film.segments[2] as [number, number, number];
    t.ok((await readFile(path)).subarray(offset, offset + length).equals(noise));
  },
);

void t.test('imported files are copied as they are, under their own ending', async (t) => {
  const camera = await newCamera('cam-3');
  const [file] = await segmentFiles(1);
  await camera.segment(file as string, START, { flags: ['imported'], name: 'imported/00001.MTS' });
  const { files } = await planOf(camera);
  t.strictSame(
    files.map(({ name, kind, segments }) => [name, kind, segments]),
    [['20261121XX学院102-摄像机1.mts', 'copied', [[0, 0, (await readFile(file as string)).length]]]],
  );
});

void t.test('what is gone is said', async (t) => {
  const camera = await newCamera();
  const files = await segmentFiles(2);
  for (const [index, file] of files.entries()) await camera.segment(file, START + index * SEGMENT_MS);
  const look = (line: SegmentLine) =>
    line.line === 0 ? Promise.resolve(null) : lookIn(camera.videoFolder, line);
  const plan = await planOf(camera, { look });
  t.strictSame(plan.faults, [{ line: 0, fault: 'missing' }]);
  t.strictSame(
    plan.files[0]?.segments.map(([line]) => line),
    [1],
  );
});

void t.test('no lines give no files', async (t) => {
  t.strictSame(await planOf(await newCamera(), { lines: [] as VideoLine[] }), {
    files: [],
    faults: [],
    tooLarge: [],
  });
});
