// Sealed parts: opened by the right key under the right name only.

import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { importKey, openSealed, sha256Hex } from '../../../../kiosk-client/candidate/exam/sealed-content.js';

const KEY = randomBytes(32);
const PATH = 'papers/p1/text.sealed';

function seal(text: string): ArrayBuffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', KEY, nonce);
  cipher.setAAD(Buffer.from(`pkg/${PATH}`));
  const sealed = Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  return new Uint8Array(sealed).buffer;
}

void t.test('what node:crypto sealed is opened here', async (t) => {
  const key = await importKey(KEY.toString('base64'));
  for (const text of ['', '转化率', '𠮷'.repeat(10_000)])
    t.equal(Buffer.from(await openSealed(key, seal(text), 'pkg', PATH)).toString(), text);
});

void t.test('a key that was taken in cannot be read out', async (t) => {
  const key = await importKey(KEY.toString('base64'));
  t.equal(key.extractable, false);
  t.same(key.usages, ['decrypt']);
  await t.rejects(crypto.subtle.exportKey('raw', key));
});

void t.test('another key, package, path or byte does not open it', async (t) => {
  const key = await importKey(KEY.toString('base64'));
  const sealed = seal('题目');
  await t.rejects(openSealed(await importKey(randomBytes(32).toString('base64')), sealed, 'pkg', PATH));
  await t.rejects(openSealed(key, sealed, 'other', PATH));
  await t.rejects(openSealed(key, sealed, 'pkg', 'papers/p2/text.sealed'));
  await fc.assert(
    fc.asyncProperty(fc.nat(sealed.byteLength - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const bytes = new Uint8Array(sealed.slice(0));
      bytes[at] = (bytes[at] ?? 0) ^ by;
      await t.rejects(openSealed(key, bytes.buffer, 'pkg', PATH));
    }),
  );
});

void t.test('whatever bytes come: refused, never opened', async (t) => {
  const key = await importKey(KEY.toString('base64'));
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      const copy = new Uint8Array(bytes);
      await t.rejects(async () => openSealed(key, copy.buffer, 'pkg', PATH));
    }),
  );
});

void t.test('whatever stands for a key: taken in as a key of AES, or refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.base64String()), async (text) => {
      const key = await Promise.resolve(text)
        .then(importKey)
        .catch(() => null);
      return key === null || [16, 24, 32].includes(Buffer.from(text, 'base64').length);
    }),
  );
});

void t.test('hashes are the usual ones', async (t) => {
  const bytes = randomBytes(1_000);
  t.equal(await sha256Hex(new Uint8Array(bytes).buffer), createHash('sha256').update(bytes).digest('hex'));
});
