// A bag beyond four gigabytes, with one file that is larger itself: every file of it is found again, and how fast the bytes flow.
// Nothing is written to a disk. Not run by the tests.
// Usage: node build/tests/bench/bundle-zip64.bench.js

import { bagStream, type BagEntry } from '../../server/bundle/bag-stream.js';
import { Bag } from '../../server/bundle/verify-zip.js';
import { generateKeys } from '../../server/keys/key-files.js';
import type { ReadableBytes } from '../../server/keys/readable-bytes.js';
import { Figures } from './big-room.js';

const HUGE = 2 ** 32 + 5;
const zeros = Buffer.alloc(2 ** 20);

async function* sparse(): AsyncGenerator<Buffer> {
  for (let at = 0; at < HUGE; at += zeros.length)
    yield await Promise.resolve(zeros.subarray(0, Math.min(zeros.length, HUGE - at)));
}

async function* text(words: string): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from(words));
}

async function* payload(): AsyncGenerator<BagEntry> {
  yield await Promise.resolve({ path: 'data/first', source: text('一') });
  yield { path: 'data/huge', size: HUGE, source: sparse() };
  yield { path: 'data/last', size: 3, source: text('二') };
}

const room = await generateKeys('room', '考场');
/** Only what is not zeros is kept, by its place. */
const pieces = new Map<number, Buffer>();
let size = 0;
const begunAt = performance.now();
for await (const chunk of bagStream(payload(), { site: '', sessionId: 's', now: 0, room })) {
  if (!chunk.equals(zeros.subarray(0, chunk.length))) pieces.set(size, Buffer.from(chunk));
  size += chunk.length;
}
const seconds = (performance.now() - begunAt) / 1_000;
const bytes: ReadableBytes = {
  size,
  read: (position, length) => {
    const found = Buffer.alloc(length);
    for (const [at, piece] of pieces)
      if (at + piece.length > position && at < position + length)
        piece.copy(found, Math.max(0, at - position), Math.max(0, position - at));
    return Promise.resolve(found);
  },
};
const bag = await Bag.open(bytes);
const read = async (path: string) => (await bag.read(path)).toString('utf8');
const info = await read('bag-info.txt');
if (bag.sizeOf('data/huge') !== HUGE) throw new Error('The huge file has another size');
if ((await read('data/first')) !== '一' || (await read('data/last')) !== '二')
  throw new Error('A file is not found');
if (!info.includes(`Payload-Oxum: ${HUGE + 6}.3\n`)) throw new Error(info);
const figures = new Figures();
figures.note('bag', size / 2 ** 20, 'MB');
figures.note('hashed and zipped', seconds, 's');
figures.note('speed', size / 2 ** 20 / seconds, 'MB/s');
figures.end();
