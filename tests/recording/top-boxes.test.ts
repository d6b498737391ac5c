// Films of fragments are taken apart as they come, in whatever pieces; what is no film is refused, never waited for.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { FilmError, FilmSplitter, MAX_BOX_BYTES, type Fragment } from '../../server/recording/top-boxes.js';
import { changedBoxes } from '../support/changed-boxes.js';
import { makeClip } from '../support/recorded-clips.js';

const clip = (() => {
  const file = join(t.testdir({}), 'clip.mp4');
  makeClip(file, '#00b000', 3, 'h264');
  return readFileSync(file);
})();

function split(bytes: Buffer, sizes: readonly number[]): { opening: Buffer[]; fragments: Fragment[] } {
  const opening: Buffer[] = [];
  const fragments: Fragment[] = [];
  const splitter = new FilmSplitter({
    opened: (one) => opening.push(Buffer.from(one)),
    fragment: (one) => fragments.push(one),
  });
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes.length === 0 ? bytes.length : Math.max(1, sizes[n % sizes.length] ?? 1);
    splitter.take(bytes.subarray(at, at + size));
    at += size;
  }
  return { opening, fragments };
}

void t.test('a real film: one opening, fragments whose durations add up', async (t) => {
  const { opening, fragments } = split(clip, []);
  t.equal(opening.length, 1);
  t.equal(opening[0]?.toString('latin1', 4, 8), 'ftyp');
  t.ok(fragments.length >= 5, `${fragments.length} fragments of half a second`);
  const totalMs = fragments.reduce((sum, { durationMs }) => sum + durationMs, 0);
  t.ok(Math.abs(totalMs - 3_000) < 1, `${totalMs} ms`);
  const parts = [...opening, ...fragments.map(({ bytes }) => bytes)];
  t.ok(
    clip.subarray(0, Buffer.concat(parts).length).equals(Buffer.concat(parts)),
    'no byte is lost or changed',
  );
});

void t.test('however the bytes are cut, the same parts come out', async () => {
  const whole = split(clip, []);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
      const cut = split(clip, sizes);
      return (
        cut.opening.length === 1 &&
        cut.fragments.length === whole.fragments.length &&
        cut.fragments.every(({ bytes, durationMs }, n) => {
          const other = whole.fragments[n];
          return other !== undefined && other.bytes.equals(bytes) && other.durationMs === durationMs;
        })
      );
    }),
    { numRuns: 30 },
  );
});

void t.test('any bytes are taken or refused, and never kept without bound', async () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 400 }), changedBoxes(clip.subarray(0, 20_000)));
  fc.assert(
    fc.property(bytes, (input) => {
      try {
        for (const { durationMs } of split(Buffer.from(input), [700]).fragments)
          if (!Number.isFinite(durationMs) || durationMs < 0) return false;
        return true;
      } catch (error) {
        return error instanceof FilmError;
      }
    }),
  );
});

void t.test('a box larger than a fragment may be is refused when its head is seen', async (t) => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(MAX_BOX_BYTES + 1);
  head.write('mdat', 4, 'latin1');
  t.throws(() => split(head, []), { message: /a box of/ });
  t.throws(() => split(Buffer.concat([Buffer.from([0, 0, 0, 8]), Buffer.from('moof')]), []), {
    message: /before the opening/,
  });
});
