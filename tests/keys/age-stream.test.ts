// Age by streams: what it seals any age reader opens, what any age tool seals it opens at every place, and nothing that was changed,
// exchanged or cut is given out.

import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { openWith, sealTo } from '../../server/keys/age-box.js';
import { openSealed, sealedSize, sealStream } from '../../server/keys/age-stream.js';
import { generateKeys } from '../../server/keys/key-files.js';
import { bytesOfBuffer, streamOf } from '../../server/keys/readable-bytes.js';

const org = await generateKeys('org', '评价组织');
const other = await generateKeys('org', '另一组织');
const recipients = [org.public.recipient, other.public.recipient];
const CHUNK = 64 * 1024;
const SIZES = [0, 1, 15, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1, 300_000];

async function* inPieces(bytes: Buffer, cuts: readonly number[] = []): AsyncGenerator<Buffer> {
  let at = 0;
  for (const cut of cuts) {
    yield await Promise.resolve(bytes.subarray(at, at + cut));
    at += cut;
  }
  yield bytes.subarray(at);
}

async function gathered(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const sealed = (bytes: Buffer, cuts: readonly number[] = []) =>
  gathered(sealStream(recipients, inPieces(bytes, cuts)));
const opened = async (bytes: Buffer, identity = org.identity) =>
  gathered(streamOf(await openSealed(identity, bytesOfBuffer(bytes))));

void t.test('what it seals an age reader opens, each recipient of it', async (t) => {
  for (const size of SIZES) {
    const plain = randomBytes(size);
    const file = await sealed(plain, [1, 70_000, 3]);
    for (const { identity } of [org, other]) t.ok((await openWith(identity, file)).equals(plain), `${size}`);
    const head = file.indexOf('\n', file.indexOf('\n--- ') + 1) + 1;
    t.equal(file.length, head + 16 + sealedSize(size), 'as long as was said before');
  }
});

void t.test('what an age tool seals it opens', async (t) => {
  for (const size of SIZES) {
    const plain = randomBytes(size);
    t.ok((await opened(await sealTo(recipients, plain))).equals(plain), `${size}`);
  }
});

void t.test('however the bytes come, they are the same at any place', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 200_000 }),
      fc.array(fc.integer({ min: 0, max: 80_000 }), { maxLength: 5 }),
      fc.array(fc.tuple(fc.nat(200_000), fc.nat(150_000)), { minLength: 1, maxLength: 8 }),
      async (size, cuts, ranges) => {
        const plain = randomBytes(size);
        const file = await openSealed(org.identity, bytesOfBuffer(await sealed(plain, cuts)));
        if (file.size !== size) return false;
        for (const [from, length] of ranges) {
          const begin = Math.min(from, size);
          const end = Math.min(size, begin + length);
          if (!(await file.read(begin, end - begin)).equals(plain.subarray(begin, end))) return false;
        }
        return true;
      },
    ),
    { numRuns: 60 },
  );
  t.pass();
});

void t.test('who it is not for, and who asks beyond the end, gets nothing', async (t) => {
  const stranger = await generateKeys('org', '无关组织');
  const file = await sealed(Buffer.from('试卷'));
  await t.rejects(opened(file, stranger.identity));
  const plain = await openSealed(org.identity, bytesOfBuffer(file));
  await t.rejects(plain.read(1, plain.size), RangeError);
  await t.rejects(plain.read(-1, 1), RangeError);
  await t.rejects(gathered(sealStream([], inPieces(Buffer.alloc(1)))), /nobody/);
});

void t.test('a bit flipped anywhere is found', async (t) => {
  const plain = randomBytes(3 * CHUNK + 100);
  const file = await sealed(plain);
  for (let n = 0; n < 60; n += 1) {
    const at = Math.floor((file.length * n) / 60);
    const changed = Buffer.from(file);
    changed[at] = (changed[at] ?? 0) ^ (1 << (n % 8));
    await t.rejects(opened(changed), `byte ${at}`);
  }
});

void t.test('chunks cut off, left out, exchanged or added are found', async (t) => {
  const file = await sealed(randomBytes(3 * CHUNK + 100));
  const begin = file.length - sealedSize(3 * CHUNK + 100);
  const chunk = (n: number) => file.subarray(begin + n * (CHUNK + 16), begin + (n + 1) * (CHUNK + 16));
  const of = (...parts: Buffer[]) => Buffer.concat([file.subarray(0, begin), ...parts]);
  t.ok((await opened(of(chunk(0), chunk(1), chunk(2), chunk(3)))).length > 0, 'as it was');
  await t.rejects(opened(of(chunk(0), chunk(1), chunk(2))), 'without its last chunk');
  await t.rejects(opened(of(chunk(0), chunk(2), chunk(3))), 'without one in the middle');
  await t.rejects(opened(of(chunk(1), chunk(0), chunk(2), chunk(3))), 'two exchanged');
  await t.rejects(opened(of(chunk(0), chunk(1), chunk(2), chunk(3), chunk(3))), 'one twice');
  await t.rejects(opened(of()), 'none');
  for (const length of [0, 10, 100, begin - 1, begin + 5, file.length - 1])
    await t.rejects(opened(file.subarray(0, length)), `${length} bytes of it`);
  await t.rejects(opened(Buffer.concat([file, Buffer.alloc(16)])), 'an empty chunk added');
});
