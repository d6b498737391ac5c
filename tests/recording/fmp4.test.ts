// Files that ffmpeg wrote, read without it: whole, cut off anywhere, changed anywhere. What is read agrees with what ffprobe
// says of the whole file.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { readFmp4, type ByteSource } from '../../server/recording/fmp4.js';
import { counterClip, type ClipOptions } from '../support/counter-clip.js';
import { writeFragmented } from '../support/fragmented-clip.js';

const folder = mkdtempSync(join(tmpdir(), 'kaochang-fmp4-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

const sourceOf = (bytes: Buffer): ByteSource => ({
  size: bytes.length,
  read: (at, length) => Buffer.from(bytes.subarray(at, at + length)),
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
  const places = fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 })), {
    maxLength: 30,
  });
  const started = performance.now();
  fc.assert(
    fc.property(places, fc.nat({ max: good.length }), (changes, size) => {
      const bytes = Buffer.from(good.subarray(0, size));
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      const facts = readFmp4(sourceOf(bytes));
      if (facts === null) return true;
      return Number.isFinite(facts.durationMs) && facts.durationMs >= 0 && facts.frames >= 0;
    }),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
      readFmp4(sourceOf(Buffer.from(bytes)));
      return true;
    }),
  );
  t.ok(performance.now() - started < 20_000);
});
