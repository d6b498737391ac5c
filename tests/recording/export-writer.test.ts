// Whatever an interrupted run left of a file, the next one ends with the same bytes; and a medium that gives back something else
// than it took is found.

import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { sha256 } from '../../server/keys/sha256.js';
import type { Piece } from '../../server/recording/export-plan.js';
import { writePieces } from '../../server/recording/export-writer.js';
import { readBack } from '../../server/recording/read-back.js';

const folder = await mkdtemp(join(tmpdir(), 'kaochang-writer-'));
const sources = await Promise.all(
  [70_000, 3, 41_000].map(async (size, index) => {
    const bytes = Buffer.alloc(size, `segment ${index} `);
    const source = join(folder, `source-${index}`);
    await writeFile(source, bytes);
    return { source, size, line: index, sha256: sha256(bytes), bytes };
  }),
);
const PIECES: Piece[] = [
  { bytes: Buffer.from('the head') },
  ...sources.flatMap(({ bytes: _bytes, ...piece }): Piece[] => [{ bytes: Buffer.from('09:00:00') }, piece]),
];
const WHOLE = Buffer.concat([
  Buffer.from('the head'),
  ...sources.flatMap(({ bytes }) => [Buffer.from('09:00:00'), bytes]),
]);

void t.test('pieces one after the other, with their hash', async (t) => {
  const target = join(folder, 'fresh');
  const seen: number[] = [];
  const written = await writePieces(target, PIECES, { advance: (bytes) => seen.push(bytes) });
  t.ok((await readFile(target)).equals(WHOLE));
  t.match(written, { sha256: sha256(WHOLE), changed: [] });
  t.equal(
    seen.reduce((sum, bytes) => sum + bytes, 0),
    2 * WHOLE.length,
    'written once, read back once',
  );
});

void t.test('from whatever is left there', async () => {
  let count = 0;
  const left = fc.record({
    length: fc.nat({ max: WHOLE.length + 100 }),
    damagedAt: fc.option(fc.nat({ max: WHOLE.length })),
    isFinished: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(left, async ({ length, damagedAt, isFinished }) => {
      const target = join(folder, `left-${count++}`);
      const bytes = Buffer.concat([WHOLE, Buffer.alloc(100, 'tail')]).subarray(0, length);
      if (damagedAt !== null && damagedAt < bytes.length) bytes[damagedAt] = (bytes[damagedAt] ?? 0) ^ 1;
      await writeFile(isFinished ? target : `${target}.partial`, bytes);
      const written = await writePieces(target, PIECES, {});
      const isGone = await stat(`${target}.partial`).then(
        () => false,
        () => true,
      );
      return written.sha256 === sha256(WHOLE) && (await readFile(target)).equals(WHOLE) && isGone;
    }),
    { numRuns: 60 },
  );
});

void t.test('a source that is not what its line says is copied and named', async (t) => {
  const pieces = PIECES.map((piece) =>
    'line' in piece && piece.line === 1 ? { ...piece, sha256: sha256('x') } : piece,
  );
  const written = await writePieces(join(folder, 'changed'), pieces, {});
  t.strictSame(written.changed, [1]);
  t.equal(written.sha256, sha256(WHOLE));
});

void t.test(
  'files of every length are read back whole, past the cache where the system lets one',
  async (t) => {
    for (const size of [0, 1, 4_095, 4_096, 4_097, 4 * 2 ** 20, 4 * 2 ** 20 + 5, 8 * 2 ** 20]) {
      const file = join(folder, `size-${size}`);
      const bytes = Buffer.alloc(size, 'abcdefg');
      await writeFile(file, bytes, { flush: true });
      let read = 0;
      const back = await readBack(file, { advance: (more) => (read += more) });
      t.equal(back.sha256, sha256(bytes), `${size} bytes, from the ${back.from}`);
      t.equal(read, size);
    }
  },
);
