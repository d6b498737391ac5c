// Files whose head names other parameter sets than their pictures bring: they get the right head and play, whole or cut off, with
// every picture as it was; what is right stays as it is.

import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { readFmp4, type Fmp4Facts } from '../../server/recording/fmp4.js';
import { mendHead } from '../../server/recording/mended-head.js';
import { boxesIn, type ByteSource } from '../../server/recording/mp4-boxes.js';
import { box } from '../../server/recording/written-boxes.js';
import { changedBoxes } from '../support/changed-boxes.js';
import { counterClip } from '../support/counter-clip.js';
import { writeFragmented } from '../support/fragmented-clip.js';
import { decodeFile } from '../support/lost-frames.js';

const folder = mkdtempSync(join(tmpdir(), 'kaochang-head-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

const sourceOf = (bytes: Buffer): ByteSource => ({
  size: bytes.length,
  read: (at, length) => bytes.subarray(at, at + length),
});
const factsOf = (bytes: Buffer): Fmp4Facts => {
  const facts = readFmp4(sourceOf(bytes));
  if (facts === null) throw new Error('It has no head');
  return facts;
};
const boxesOf = (bytes: Buffer, type: string): Buffer[] =>
  boxesIn(bytes)
    .filter((one) => one.type === type)
    .map(({ from, to }) => bytes.subarray(from, to));

/** Pictures of 320x180 behind a head of 640x360, which is as long as the right one, so that the index at the end holds. */
async function stale(codec: 'h264' | 'h265', name: string): Promise<string> {
  const [right, wrong] = [join(folder, `${name}-right.mp4`), join(folder, `${name}-wrong.mp4`)];
  const larger = ['-metadata', `comment=${'x'.repeat(200)}`];
  writeFragmented(right, [await counterClip({ codec, frames: 50 })], larger);
  writeFragmented(wrong, [await counterClip({ codec, frames: 50, width: 640, height: 360 })]);
  const [bytes, others] = [readFileSync(right), readFileSync(wrong)];
  const moov = boxesIn(bytes).find(({ type }) => type === 'moov');
  const head = box('moov', ...boxesOf(others, 'moov'));
  if (moov === undefined) throw new Error('It has no head');
  const spare = box('free', Buffer.alloc(moov.to - moov.from - head.length));
  const file = join(folder, `${name}.mp4`);
  writeFileSync(
    file,
    Buffer.concat([bytes.subarray(0, moov.from - 8), head, spare, bytes.subarray(moov.to)]),
  );
  return file;
}

const runIn = (name: string) => ({ folder: mkdtempSync(join(folder, name)), ffmpeg: 'ffmpeg' });

for (const codec of ['h264', 'h265'] as const)
  void t.test(`${codec}: the head becomes that of the pictures, and they are as they were`, async (t) => {
    const file = await stale(codec, codec);
    const run = runIn(codec);
    const before = readFileSync(file);
    t.match(factsOf(before), { headIsWrong: true, parametersChanged: false, width: 640, frames: 50 });
    t.equal(await mendHead(file, run, factsOf(before)), true);
    const after = readFileSync(file);
    t.match(factsOf(after), { headIsWrong: false, width: 320, height: 180, frames: 50, closed: true });
    t.same(boxesOf(after, 'mdat'), boxesOf(before, 'mdat'));
    const { counters, complaints } = await decodeFile(file);
    t.equal(complaints, '');
    t.same(
      counters,
      Array.from({ length: 50 }, (_, n) => n),
    );
    for (const index of boxesOf(after, 'mfra')) {
      // One table in it: entries of a time, a place, and three numbers of a byte, of which ffmpeg writes the long form.
      t.equal(index.toString('latin1', 4, 8), 'tfra');
      const step = 16 + 3 + [0, 2, 4].reduce((sum, bits) => sum + ((index.readUInt32BE(16) >> bits) & 3), 0);
      const count = index.readUInt32BE(20);
      t.ok(count > 0);
      for (let n = 0; n < count; n++) {
        const at = Number(index.readBigUInt64BE(24 + n * step + 8));
        t.equal(after.toString('latin1', at + 4, at + 8), 'moof', 'the index at its end names its fragments');
      }
    }
    t.equal(await mendHead(file, run, factsOf(after)), false, 'what is right stays');
    t.same(readFileSync(file), after);
  });

void t.test('without an ffmpeg that makes a head the file stays as it is', async (t) => {
  const file = await stale('h264', 'alone');
  const before = readFileSync(file);
  t.equal(await mendHead(file, { ...runIn('alone'), ffmpeg: '/nowhere/ffmpeg' }, factsOf(before)), false);
  t.same(readFileSync(file), before);
});

void t.test('cut off or changed anywhere: nothing of it is lost', async (t) => {
  const whole = await stale('h264', 'any');
  const run = runIn('any');
  const bytes = readFileSync(whole);
  const file = join(folder, 'any-cut.mp4');
  copyFileSync(whole, file);
  // From here on the right head is known.
  t.equal(await mendHead(file, run, factsOf(bytes)), true);
  await fc.assert(
    fc.asyncProperty(changedBoxes(bytes), async (other) => {
      const before = readFmp4(sourceOf(other));
      if (before === null) return;
      writeFileSync(file, other);
      const isMended = await mendHead(file, run, before);
      const after = readFileSync(file);
      if (!isMended) t.same(after, other);
      else {
        const { frames, durationMs, tornBytes } = factsOf(after);
        t.same([frames, durationMs, tornBytes], [before.frames, before.durationMs, before.tornBytes]);
        t.same(boxesOf(after, 'mdat'), boxesOf(other, 'mdat'));
      }
    }),
    { numRuns: 60 },
  );
});
