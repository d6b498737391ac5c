// Files that ffmpeg wrote, read without it: whole, cut off anywhere, changed anywhere. What is read agrees with what ffprobe
// says of the whole file.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { bytesOfBuffer } from '../../server/keys/readable-bytes.js';
import { readFmp4 } from '../../server/recording/fmp4.js';
import { boxesIn, type ByteSource } from '../../server/recording/mp4-boxes.js';
import { readSegmentIndex } from '../../server/recording/segment-index.js';
import { words } from '../../server/recording/written-boxes.js';
import { changedBoxes } from '../support/changed-boxes.js';
import { counterClip, type ClipOptions } from '../support/counter-clip.js';
import { writeFragmented } from '../support/fragmented-clip.js';

const folder = mkdtempSync(join(tmpdir(), 'kaochang-fmp4-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

const sourceOf = (bytes: Buffer): ByteSource => ({
  size: bytes.length,
  read: (at, length) => {
    if (at < 0 || at + length > bytes.length) throw new RangeError(`${length} bytes at ${at}`);
    return Buffer.from(bytes.subarray(at, at + length));
  },
});

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** Fifty pictures in two seconds, in fragments of 0.3 s. */
async function recorded(name: string, options: ClipOptions, more: readonly string[] = []): Promise<Buffer> {
  const clip = await counterClip({ frames: 50, ...options });
  const file = join(folder, `${name}.mp4`);
  writeFragmented(file, [clip], ['-write_prft', 'wallclock', ...more]);
  return readFileSync(file);
}

for (const codec of ['h264', 'h265'] as const)
  void t.test(`a whole ${codec} file is read as ffprobe reads it`, async (t) => {
    const before = Date.now();
    const bytes = await recorded(codec, { codec });
    const facts = readFmp4(sourceOf(bytes));
    const entries = 'stream=width,height,nb_read_packets';
    const probe = ['-v', 'error', '-count_packets', '-show_entries', entries, '-of', 'csv=p=0'];
    t.equal(run('ffprobe', [...probe, join(folder, `${codec}.mp4`)]).trim(), '320,180,50');
    t.match(facts, { codec, width: 320, height: 180, frames: 50, closed: true, tornBytes: 0 });
    t.match(facts, { holes: [], parametersChanged: false });
    t.ok(Math.abs((facts?.durationMs ?? 0) - 2_000) < 45, `${facts?.durationMs} ms`);
    const wall = facts?.wallStartAt ?? 0;
    t.ok(wall > before - 3_000 && wall < Date.now(), 'its own wall clock');
  });

void t.test('a file that is cut off anywhere plays up to its last whole fragment', async (t) => {
  const bytes = await recorded('cut', {});
  const whole = readFmp4(sourceOf(bytes));
  let frames = 0;
  for (let size = 0; size <= bytes.length; size += 97) {
    const facts = readFmp4(sourceOf(bytes.subarray(0, size)));
    if ((facts?.frames ?? 0) < frames) t.fail(`${size} bytes`);
    frames = facts?.frames ?? 0;
    if (facts?.closed === true && facts.tornBytes > 0) t.fail(`${size} bytes: closed and torn`);
  }
  t.ok(frames <= (whole?.frames ?? 0) && frames > 40);
});

void t.test(
  'of a file that is cut off anywhere, the index of an export has every picture that plays',
  async (t) => {
    const bytes = await recorded('indexed', {});
    for (let size = 0; size <= bytes.length; size += 997) {
      const cut = bytes.subarray(0, size);
      const frames = readFmp4(sourceOf(cut))?.frames ?? 0;
      const [track] = await readSegmentIndex(bytesOfBuffer(cut));
      const indexed = track?.sizes.length ?? 0;
      if (indexed < frames || (size === bytes.length && indexed !== frames)) t.fail(`${size} bytes`);
    }
    const [track] = await readSegmentIndex(bytesOfBuffer(bytes));
    t.equal(track?.sizes.length, 50);
  },
);

void t.test(
  'a box is taken by its size, of four bytes or eight, up to the first that does not fit',
  async (t) => {
    const name = 0x66726565;
    const [small, large] = [words(12, name, 7), words(1, name, 0, 20, 7)];
    const placesIn = (...parts: Buffer[]) => boxesIn(Buffer.concat(parts)).map(({ from, to }) => [from, to]);
    const two = [
      [8, 12],
      [28, 32],
    ];
    t.same(placesIn(small, large), two);
    t.same(placesIn(small, large, words(0, name, 7)), [...two, [40, 44]], 'none: up to the end');
    for (const [what, lying] of Object.entries({
      'less than its head': words(4, name, 7),
      'less than its long head': words(1, name, 0, 12, 7),
      'more than there is': words(13, name, 7),
      'more than any file has': words(1, name, 0xffffffff, 0xffffffff, 7),
      'a head that is cut off': words(1, name),
    }))
      t.same(placesIn(small, large, lying), two, what);
  },
);

void t.test('a sample entry that lies about its size hides no picture, and gets into no film', async (t) => {
  const bytes = await recorded('entry', {});
  const at = bytes.indexOf('avc1', bytes.indexOf('stsd')) - 4;
  const size = bytes.readUInt32BE(at);
  for (const lie of [0, 7, size + 1, 0xffffffff]) {
    bytes.writeUInt32BE(lie, at);
    t.match(readFmp4(sourceOf(bytes)), { frames: 50, codec: 'h264', width: 320 }, `${lie}`);
    t.same(await readSegmentIndex(bytesOfBuffer(bytes)), [], `${lie}`);
  }
  bytes.writeUInt32BE(size, at);
  t.equal((await readSegmentIndex(bytesOfBuffer(bytes))).length, 1);
});

void t.test('pictures that stand too long are found', async (t) => {
  // Every picture from the 25th on three seconds later.
  const later = 'setts=ts=DTS+75*DURATION*gte(N\\,25)';
  const bytes = await recorded('hole', {}, ['-bsf:v', later]);
  const [hole, ...more] = readFmp4(sourceOf(bytes))?.holes ?? [];
  t.same(more, []);
  t.ok(hole !== undefined && Math.abs(hole.toMs - hole.fromMs - 3_000) < 50, JSON.stringify(hole));
});

void t.test('a change of size inside the file shows', async (t) => {
  const file = join(folder, 'changed.mp4');
  writeFragmented(file, [
    await counterClip({ frames: 50 }),
    await counterClip({ frames: 50, width: 640, height: 360 }),
  ]);
  t.match(readFmp4(sourceOf(readFileSync(file))), { frames: 100, width: 320, parametersChanged: true });
});

void t.test('any bytes are read without failing, and soon', async (t) => {
  const good = await recorded('any', { codec: 'h265' });
  const started = performance.now();
  fc.assert(
    fc.property(changedBoxes(good), (bytes) => {
      const facts = readFmp4(sourceOf(bytes));
      if (facts === null) return true;
      return Number.isFinite(facts.durationMs) && facts.durationMs >= 0 && facts.frames >= 0;
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
      readFmp4(sourceOf(Buffer.from(bytes)));
      return true;
    }),
  );
  t.ok(performance.now() - started < 20_000);
});
