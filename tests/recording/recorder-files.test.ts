// What is read back from files that somebody may have changed, or that a power cut left half written: lines and their chain,
// what is wanted, the status, the mark of the volume.

import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { videoPaths, type RecorderStatus, type Wanted } from '../../server/recording/contract.js';
import { appendLines, Manifest, readManifest } from '../../server/recording/manifest.js';
import { hashOfLine, isSoundLine } from '../../server/keys/video-line.js';
import { SourceName } from '../../server/recording/run.js';
import { examineFile } from '../../server/recording/segment-file.js';
import { readStatus, StatusFile } from '../../server/recording/status-file.js';
import { NO_LINE, parseLine, type LineBody } from '../../server/recording/video-line.js';
import { markVolume, readVolumeMark, volumeState } from '../../server/recording/volume.js';
import { parseStatus, parseWanted } from '../../server/recording/wanted.js';
import { counterClip } from '../support/counter-clip.js';
import { writeFragmented } from '../support/fragmented-clip.js';

const segment = (n: number): LineBody => ({
  ...{ kind: 'segment', file: `cam-1/20261121/${n}.mp4`, startAt: n * 10_000, endAt: n * 10_000 + 10_000 },
  ...{ bytes: 5, sha256: 'a'.repeat(64), frames: 250, width: 1920, height: 1080, codec: 'h264', flags: [] },
});
const gap: LineBody = { kind: 'gap', from: 1, to: 2_000, cause: 'camera-stalled' };

/** Two seconds in fragments of 0.3 s. */
async function clipFile(folder: string): Promise<string> {
  const file = join(folder, 'clip.mp4');
  writeFragmented(file, [await counterClip({ frames: 50 })]);
  return file;
}

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

void t.test('the newest end is that of now, where the clock was set back', async (t) => {
  const folder = folderFor(t);
  await appendLines(folder, 'cam-1', [segment(500), segment(501), segment(10)]);
  t.equal((await Manifest.open(folder, 'cam-1')).lastEndAt, 110_000);
  await appendLines(folder, 'cam-1', [segment(12), segment(11)]);
  t.equal((await Manifest.open(folder, 'cam-1')).lastEndAt, 130_000, 'what overlaps is not newer');
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

const status = (at: number, more: Partial<RecorderStatus> = {}): RecorderStatus => ({
  ...{ format: 1, pid: 7, startedAt: 1, at, revision: 1, freeBytes: at },
  ...{ space: 'enough', volume: 'intended', cameras: [], ...more },
});

void t.test(
  'a status is written anew when it says something new; in between its time is the sign of life',
  async (t) => {
    const folder = folderFor(t);
    const { own, status: file } = videoPaths(folder);
    mkdirSync(own);
    t.equal(await readStatus(folder), null);
    const teller = new StatusFile(folder);
    const AT = 1_795_000_000_000;
    teller.tell(status(AT));
    const { ino } = statSync(file);
    for (let s = 1; s < 10; s++) teller.tell(status(AT + s * 1_000));
    t.equal(statSync(file).ino, ino, 'the same file: replacing it is a third of what a recorder costs');
    t.equal((await readStatus(folder))?.at, AT + 9_000);
    t.equal((await readStatus(folder))?.freeBytes, AT, 'what moves all the time waits');
    teller.tell(status(AT + 10_000));
    t.equal((await readStatus(folder))?.freeBytes, AT + 10_000, 'ten seconds at most');
    teller.tell(status(AT + 11_000, { space: 'low' }));
    t.match(await readStatus(folder), { at: AT + 11_000, space: 'low' }, 'news are told at once');
    teller.tell(status(AT - 3_600_000, { space: 'low' }));
    t.equal((await readStatus(folder))?.at, AT - 3_600_000, 'the clock was set back');
    rmSync(file);
    teller.tell(status(AT + 1_000, { space: 'low' }));
    teller.tell(status(AT + 2_000, { space: 'low' }));
    t.equal((await readStatus(folder))?.at, AT + 2_000, 'a file that somebody removed is written again');
  },
);

void t.test('a file is hashed whole, of whatever size, after larger and smaller ones', async (t) => {
  const folder = folderFor(t);
  const file = join(folder, 'one.mp4');
  for (const size of [5_000, 0, 1, 17 * 2 ** 20 + 3, 65_536, 16 * 2 ** 20, 40 * 2 ** 20]) {
    const bytes = randomBytes(size);
    writeFileSync(file, bytes);
    const found = await examineFile(file);
    t.equal(found?.sha256, createHash('sha256').update(bytes).digest('hex'), `${size} bytes`);
    t.equal(found?.bytes, size);
  }
  t.equal(await examineFile(join(folder, 'none.mp4')), null);
});

void t.test('boxes that lie beyond what is held in memory are found', async (t) => {
  const folder = folderFor(t);
  const file = join(folder, 'large.mp4');
  const whole = readFileSync(await clipFile(folder));
  // A box that nobody reads between the head and the pictures makes it larger than what is held.
  const moovEnds = whole.indexOf('moof', 0, 'latin1') - 4;
  const filler = Buffer.alloc(20 * 2 ** 20);
  filler.writeUInt32BE(filler.length);
  filler.write('free', 4, 'latin1');
  const before = whole.lastIndexOf('prft', moovEnds, 'latin1');
  const at = before > 0 ? before - 4 : moovEnds;
  writeFileSync(file, Buffer.concat([whole.subarray(0, at), filler, whole.subarray(at)]));
  const found = await examineFile(file);
  t.match(found?.facts, { codec: 'h264', width: 320, frames: 50, tornBytes: 0 });
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

void t.test('the name of a stream follows its address and its sound, and tells no password', (t) => {
  const name = new SourceName();
  const [one, other] = ['rtsp://exam:secret@10.0.0.21/1', 'rtsp://exam:secret@10.0.0.21/2'];
  const first = name.of(one, false);
  t.match(first, /^[0-9a-f]{16}$/);
  t.equal(name.of(one, false), first);
  t.not(name.of(other, false), first, 'another address');
  t.not(name.of(one, true), first, 'with sound');
  t.equal(name.of(one, false), first, 'as before');
  t.equal(new SourceName().of(one, false), first, 'for the recorder that comes after');
  t.end();
});
