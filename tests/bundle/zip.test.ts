// The reader of bags against hostile zips: nothing is unpacked, nothing is read twice under two names.

import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import yazl from 'yazl';
import { Bag } from '../../server/bundle/verify-zip.js';
import type { ReadableBytes } from '../../server/keys/readable-bytes.js';
import { readBag, zipOf } from '../support/read-bag.js';

t.setTimeout(560_000);

const FILES = new Map([
  ['data/a.txt', Buffer.from('甲'.repeat(100))],
  ['data/b.bin', randomBytes(5_000)],
  ['data/empty', Buffer.alloc(0)],
]);
const whole = await zipOf(FILES);

/** Where a signature stands, counted from the end. */
const lastOf = (bytes: Buffer, signature: string) => bytes.lastIndexOf(Buffer.from(signature, 'latin1'));
const LOCAL = 'PK\x03\x04';
const CENTRAL = 'PK\x01\x02';

function changed(change: (bytes: Buffer) => void): Buffer {
  const copy = Buffer.from(whole);
  change(copy);
  return copy;
}

void t.test('a sound zip is read file by file', async (t) => {
  const found = await readBag(whole);
  t.same([...found.keys()], [...FILES.keys()]);
  for (const [path, bytes] of FILES) t.ok(found.get(path)?.equals(bytes), path);
});

void t.test('a compressed file, and one that says it is not, are refused', async (t) => {
  const zip = new yazl.ZipFile();
  zip.addBuffer(Buffer.alloc(20_000_000), 'bomb', { compress: true });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  const bomb = Buffer.concat(chunks);
  t.ok(bomb.length < 40_000, 'twenty megabytes in little');
  await t.rejects(readBag(bomb), /compressed/);
  const local = Buffer.from(whole);
  local.writeUInt16LE(8, lastOf(whole, LOCAL) + 8);
  await t.rejects(readBag(local), /compressed/, 'only its own header says so');
});

void t.test('files that lie in one another, or in the directory, are refused', async (t) => {
  const second = whole.indexOf(
    Buffer.from(CENTRAL, 'latin1'),
    whole.indexOf(Buffer.from(CENTRAL, 'latin1')) + 4,
  );
  await t.rejects(
    readBag(changed((bytes) => bytes.writeUInt32LE(0, second + 42))),
    /overlaps|another name/,
    'two begin at one place',
  );
  const longer = changed((bytes) => {
    for (const at of [20, 24]) bytes.writeUInt32LE(bytes.readUInt32LE(second + at) + 200, second + at);
  });
  await t.rejects(readBag(longer), /overlaps/, 'one reaches into the next');
  const extra = changed((bytes) => bytes.writeUInt16LE(2_000, 28));
  await t.rejects(readBag(extra), /overlaps/, 'its own header moves its bytes');
  const renamed = changed((bytes) => bytes.write('data/x.txt', 30));
  await t.rejects(readBag(renamed), /another name/, 'two readers would see two names');
});

void t.test('two files of one name, and names that lead out, are refused', async (t) => {
  const twice = new yazl.ZipFile();
  for (let i = 0; i < 2; i += 1) twice.addBuffer(Buffer.from('x'), 'data/a', { compress: false });
  twice.end();
  const chunks: Buffer[] = [];
  for await (const chunk of twice.outputStream) chunks.push(chunk as Buffer);
  await t.rejects(readBag(Buffer.concat(chunks)), /twice/);
  const out = Buffer.from(
    whole.toString('latin1').replaceAll('data/a.txt', '../../../ab'.slice(0, 10)),
    'latin1',
  );
  await t.rejects(readBag(out), /relative|invalid/);
});

void t.test('no change of any byte makes it hang, crash or give out more than there is', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.nat(whole.length),
      async (changes, length) => {
        const bytes = Buffer.from(whole.subarray(0, length % 3 === 0 ? length : whole.length));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        try {
          for (const found of (await readBag(bytes)).values()) if (found.length > bytes.length) return false;
        } catch (error) {
          return error instanceof Error;
        }
        return true;
      },
    ),
    { numRuns: 400 },
  );
  t.pass();
});

void t.test('a line without end is not held in memory', async (t) => {
  const endless: ReadableBytes = {
    size: 2 ** 40,
    read: (_position, length) => Promise.resolve(Buffer.alloc(length, 120)),
  };
  const bag = Object.create(Bag.prototype) as Bag;
  Object.assign(bag, {
    stream: async function* () {
      for (let at = 0; ; at += 2 ** 20) yield await endless.read(at, 2 ** 20);
    },
  });
  await t.rejects(async () => {
    for await (const _ of bag.lines('rows'));
  }, /without end/);
});

void t.test('a zip in the form for more than four gigabytes is read like any other', async (t) => {
  const zip = new yazl.ZipFile();
  for (const [path, bytes] of FILES) zip.addBuffer(bytes, path, { compress: false, forceZip64Format: true });
  zip.end({ forceZip64Format: true, comment: '' });
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  const found = await readBag(Buffer.concat(chunks));
  for (const [path, bytes] of FILES) t.ok(found.get(path)?.equals(bytes), path);
});
