// What is read back from files that somebody may have changed, or that a power cut left half written: lines and their chain,
// what is wanted, the status, the mark of the volume.

import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import type { Wanted } from '../../server/recording/contract.js';
import { appendLines, Manifest, readManifest } from '../../server/recording/manifest.js';
import { hashOfLine, isSoundLine } from '../../server/keys/video-line.js';
import { NO_LINE, parseLine, type LineBody } from '../../server/recording/video-line.js';
import { markVolume, readVolumeMark, volumeState } from '../../server/recording/volume.js';
import { parseStatus, parseWanted } from '../../server/recording/wanted.js';

const segment = (n: number): LineBody => ({
  ...{ kind: 'segment', file: `cam-1/20261121/${n}.mp4`, startAt: n * 10_000, endAt: n * 10_000 + 10_000 },
  ...{ bytes: 5, sha256: 'a'.repeat(64), frames: 250, width: 1920, height: 1080, codec: 'h264', flags: [] },
});
const gap: LineBody = { kind: 'gap', from: 1, to: 2_000, cause: 'camera-stalled' };

function folderFor(t: { teardown(fn: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-video-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

void t.test('lines are chained, and read back as they were written', async (t) => {
  const folder = folderFor(t);
  const written = [
    ...(await appendLines(folder, 'cam-1', [segment(0), gap])),
    ...(await appendLines(folder, 'cam-1', [segment(1)])),
  ];
  t.same(
    written.map(({ line }) => line),
    [0, 1, 2],
  );
  t.same(
    written.map(({ prev }) => prev),
    [NO_LINE, written[0]?.hash, written[1]?.hash],
  );
  const read = [];
  for await (const { line } of readManifest(join(folder, 'cam-1', 'manifest.jsonl'))) read.push(line);
  t.same(read, written);
  t.ok(written.every(isSoundLine));
  t.notOk(isSoundLine({ ...written[0], bytes: 6 } as (typeof written)[number]), 'a changed number shows');
});

void t.test('a torn end is set aside and the chain goes on', async (t) => {
  const folder = folderFor(t);
  const file = join(folder, 'cam-1', 'manifest.jsonl');
  await appendLines(folder, 'cam-1', [segment(0), segment(1)]);
  appendFileSync(file, '{"cameraId":"cam-1","line":2,"pr');
  const manifest = await Manifest.open(folder, 'cam-1');
  t.equal(manifest.lines, 2);
  t.equal(manifest.lastEndAt, 20_000);
  t.equal(manifest.codec, 'h264');
  t.ok(manifest.names('cam-1/20261121/1.mp4'));
  await manifest.append([segment(2)]);
  const lines = readFileSync(file, 'utf8').trim().split('\n').map(parseLine);
  t.same(
    lines.map((line) => line?.line),
    [0, 1, 2],
  );
  t.equal(lines[2]?.prev, lines[1]?.hash);
  const aside = readdirSync(join(folder, 'cam-1')).filter((name) => name.includes('torn'));
  t.equal(aside.length, 1, 'nothing is deleted');
});

void t.test('zeros that a power cut left behind the last line are a torn end too', async (t) => {
  const folder = folderFor(t);
  await appendLines(folder, 'cam-1', [segment(0)]);
  appendFileSync(join(folder, 'cam-1', 'manifest.jsonl'), Buffer.alloc(3_000));
  t.equal((await appendLines(folder, 'cam-1', [gap]))[0]?.line, 1);
});

void t.test('who appends takes into account what another has appended', async (t) => {
  const folder = folderFor(t);
  const first = await Manifest.open(folder, 'cam-1');
  await first.append([segment(0)]);
  await appendLines(folder, 'cam-1', [gap]);
  const [line] = await first.append([segment(1)]);
  t.equal(line?.line, 2);
});

void t.test('any bytes are a line or none', async (t) => {
  fc.assert(fc.property(fc.string(), (text) => parseLine(text) === null || true));
  fc.assert(
    fc.property(fc.json(), (text) => {
      const line = parseLine(text);
      return line === null || line.kind === 'segment' || line.kind === 'gap';
    }),
  );
  const whole = { cameraId: 'cam-1', line: 0, prev: NO_LINE, ...segment(0) };
  const good = { ...whole, hash: hashOfLine(whole) };
  t.ok(parseLine(JSON.stringify(good)));
  for (const file of ['../x.mp4', 'cam-1/../../x', '/etc/passwd', 'a\\b', 'cam-1/..', ''])
    t.equal(parseLine(JSON.stringify({ ...good, file })), null, `${file} leads out of the folder`);
  for (const key of Object.keys(good)) {
    const less = Object.fromEntries(Object.entries(good).filter(([name]) => name !== key));
    t.equal(parseLine(JSON.stringify(less)), null, `without ${key}`);
  }
  t.equal(parseLine(JSON.stringify({ ...good, more: 1 })), null);
});

const wanted: Wanted = {
  ...{ format: 1, revision: 3, until: 9, serverStartedAt: 1, segmentSeconds: 10, ffmpeg: 'ffmpeg' },
  ...{ lowBytes: 2, stopBytes: 1, volumeId: null },
  cameras: [{ cameraId: 'cam-1', url: 'rtsp://a/b', subUrl: null, record: true, audio: false }],
};

void t.test('any bytes are wanted, a status, or nothing', async (t) => {
  t.same(parseWanted(JSON.stringify(wanted)), wanted);
  const [camera] = wanted.cameras;
  const refused = [
    { ...wanted, format: 2 },
    { ...wanted, segmentSeconds: 0 },
    { ...wanted, cameras: [{ ...camera, cameraId: '../up' }] },
    { ...wanted, cameras: [{ ...camera, url: '-i /etc/passwd' }] },
    { ...wanted, cameras: [{ ...camera, url: 'file:///etc/passwd' }] },
  ];
  for (const value of refused) t.equal(parseWanted(JSON.stringify(value)), null);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      parseWanted(text);
      parseStatus(text);
      return true;
    }),
  );
});

void t.test('a volume is known by its mark', async (t) => {
  const folder = folderFor(t);
  t.equal(await volumeState(folder, null), 'intended');
  t.equal(await volumeState(folder, 'x'), 'missing');
  const id = await markVolume(folder);
  t.equal(await markVolume(folder), id, 'once');
  t.equal(await volumeState(folder, id), 'intended');
  t.equal(await volumeState(folder, 'x'), 'other');
  mkdirSync(join(folder, 'other'));
  await fc.assert(
    fc.asyncProperty(fc.string(), async (text) => {
      writeFileSync(join(folder, 'other', 'kaochang-volume.json'), text);
      const mark = await readVolumeMark(join(folder, 'other'));
      return mark === null || mark.length > 0;
    }),
    { numRuns: 50 },
  );
});
