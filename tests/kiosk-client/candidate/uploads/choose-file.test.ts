// From a chosen file to a file that an answer names: limits, names, hashes, and what cannot be read.

import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import {
  cleanName,
  endingOf,
  objectionTo,
  takeFile,
  type FileLimits,
} from '../../../../kiosk-client/candidate/uploads/choose-file.js';
import { sizeText } from '../../../../kiosk-client/candidate/uploads/texts.js';
import { FILE_NAME } from '../../../../server/protocol/uploads.js';

const LIMITS: FileLimits = { maxCount: 2, maxBytes: 1_000, types: ['xlsx', 'png'] };
const courier = () => {
  const kept = new Map<string, Blob>();
  return { kept, keep: async (hash: string, bytes: Blob) => void kept.set(hash, bytes) };
};
const file = (bytes: Buffer) => ({
  fileHash: createHash('sha256').update(bytes).digest('hex'),
  ...{ size: bytes.length, name: 'a.xlsx', type: '' },
});

void t.test('a file is read, hashed and kept before an answer names it', async (t) => {
  const { kept, keep } = courier();
  const bytes = randomBytes(999);
  const blob = new Blob([new Uint8Array(bytes)], { type: 'image/png' });
  const taken = await takeFile({ keep }, LIMITS, { name: '表/一.XLSX', bytes: blob }, []);
  t.match(taken, { ok: true, file: { ...file(bytes), name: '表_一.XLSX', type: 'image/png' } });
  const stored = kept.get(file(bytes).fileHash);
  t.ok(Buffer.from(await new Response(stored ?? null).arrayBuffer()).equals(bytes));
});

void t.test('what the item does not take is not read', async (t) => {
  const { kept, keep } = courier();
  const one = file(Buffer.from('1'));
  const tries: [string, number, (typeof one)[], string][] = [
    ['a.xlsx', 0, [], 'empty'],
    ['a.xlsx', 1_001, [], 'too-large'],
    ['a.exe', 5, [], 'wrong-type'],
    ['xlsx', 5, [], 'wrong-type'],
    ['.xlsx', 5, [], 'wrong-type'],
    ['a.xlsx', 5, [one, { ...one, fileHash: 'b' }], 'too-many'],
  ];
  for (const [name, size, others, why] of tries) {
    const bytes = new Blob([new Uint8Array(size)]);
    t.same(await takeFile({ keep }, LIMITS, { name, bytes }, others), { ok: false, why }, name);
    t.equal(objectionTo(LIMITS, { name, size }, others), why);
  }
  t.equal(kept.size, 0);
});

void t.test('the same file twice, and one that another program holds', async (t) => {
  const { keep } = courier();
  const bytes = Buffer.from('abc');
  const again = { name: 'b.xlsx', bytes: new Blob([new Uint8Array(bytes)]) };
  t.same(await takeFile({ keep }, LIMITS, again, [file(bytes)]), { ok: false, why: 'twice' });
  const held = new Blob(['abc']);
  Object.defineProperty(held, 'stream', { value: () => new ReadableStream({ pull: (one) => one.error() }) });
  t.match(await takeFile({ keep }, LIMITS, { name: 'b.xlsx', bytes: held }, []), { ok: false });
});

void t.test('every name that a file may have becomes one that the room takes, with its ending', async () => {
  const sound = new RegExp(FILE_NAME, 'u');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }), (name) => {
      const clean = cleanName(`${name}.xlsx`);
      return (
        sound.test(clean) &&
        clean.length <= 200 &&
        !/[\ud800-\udfff]/u.test(clean) &&
        endingOf(clean) === 'xlsx'
      );
    }),
  );
});

void t.test('sizes as a person reads them', async (t) => {
  t.same([5, 2_048, 1_500_000, 20 * 2 ** 20].map(sizeText), ['5 B', '2 KB', '1.4 MB', '20 MB']);
});
