// Files read back in a thread of its own: whole, changed, cut short, gone, many at once; and a thread that fails.

import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { HashChecks } from '../../server/uploads/hash-checks.js';
import { cipherFrom, encodeHead, newHead } from '../../server/uploads/sealed-file.js';

const folder = mkdtempSync(join(tmpdir(), 'hash-checks-'));
t.teardown(() => rmSync(folder, { recursive: true }));
const key = randomBytes(32);

function sealedFile(size: number) {
  const plain = randomBytes(size);
  const fileHash = createHash('sha256').update(plain).digest('hex');
  const place = { sessionId: 's', candidateId: 'c', fileHash };
  const head = newHead('s.1', size);
  const path = join(folder, fileHash);
  writeFileSync(path, Buffer.concat([encodeHead(head), cipherFrom(key, place, head, 0).update(plain)]));
  return { path, place, keys: [{ keyId: 's.1', key }] };
}

void t.test('a file is whole when the bytes on the disk have its hash', async (t) => {
  const checks = new HashChecks();
  const files = [0, 1, 131_072, 131_073, 1_000_000].map(sealedFile);
  t.same(await Promise.all(files.map((file) => checks.check(file))), [true, true, true, true, true]);
});

void t.test('changed, cut short, gone, without its key: not whole', async (t) => {
  const checks = new HashChecks();
  const [changed, short, gone, keyless] = [3, 4, 5, 6].map((n) => sealedFile(n * 100_000));
  if (!changed || !short || !gone || !keyless) return t.fail('four files');
  const bytes = readFileSync(changed.path);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  writeFileSync(changed.path, bytes);
  truncateSync(short.path, 200_000);
  rmSync(gone.path);
  const asked = [changed, short, gone, { ...keyless, keys: [] }].map((file) => checks.check(file));
  t.same(await Promise.all(asked), [false, false, false, false]);
  t.equal(await checks.check(keyless), true);
});

void t.test('a thread that fails answers nobody yes or no; the next question begins another', async (t) => {
  const failing = new URL('data:text/javascript,throw new Error("no memory")');
  const checks = new HashChecks(failing);
  const file = sealedFile(10);
  await t.rejects(checks.check(file), /no memory/);
  await t.rejects(checks.check(file), /no memory/);
});
