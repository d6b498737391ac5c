// The signature's form: what is signed verifies, whatever is changed does not, and no header makes the reader stumble.

import fc from 'fast-check';
import t from 'tap';
import {
  contentDigest,
  isSignedBy,
  readSignatureInput,
  signMessage,
  type SignedMessage,
} from '../../server/keys/http-signatures.js';
import { generateKeys } from '../../server/keys/key-files.js';
import { Nonces } from '../../server/install/nonces.js';

const keys = await generateKeys('technician', 'x');
const other = await generateKeys('technician', 'y');
const value = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 }).map((text) => text.trim());
const message: fc.Arbitrary<SignedMessage> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'HEAD'),
  path: fc.constantFrom('/api/v1/install', '/api/v1/install/uploads', '/x'),
  headers: fc.record(
    {
      'content-digest': fc.uint8Array().map((bytes) => contentDigest(Buffer.from(bytes))),
      'kaochang-room': value,
      'upload-length': value,
      'upload-offset': value,
      'upload-metadata': value,
      range: value,
    },
    { requiredKeys: ['content-digest', 'kaochang-room'] },
  ),
});

void t.test('what is signed verifies under its key and no other', async (t) => {
  fc.assert(
    fc.property(message, (one) => {
      const headers = signMessage(one, 'nonce-1234', keys, 1);
      const input = readSignatureInput(headers['signature-input']);
      return (
        input !== null &&
        input.nonce === 'nonce-1234' &&
        input.keyId === keys.public.keyId &&
        isSignedBy(one, input, headers.signature, keys.public) &&
        !isSignedBy(one, input, headers.signature, other.public)
      );
    }),
  );
  t.pass();
});

void t.test('another message does not verify under the same signature', async (t) => {
  fc.assert(
    fc.property(message, message, (one, two) => {
      fc.pre(JSON.stringify(one) !== JSON.stringify(two));
      const headers = signMessage(one, 'nonce-1234', keys, 1);
      const input = readSignatureInput(headers['signature-input']);
      const sorted = (of: SignedMessage) =>
        JSON.stringify([of.method, of.path, Object.entries(of.headers).sort()]);
      return (
        input !== null &&
        (sorted(one) === sorted(two) || !isSignedBy(two, input, headers.signature, keys.public))
      );
    }),
  );
  t.pass();
});

void t.test('no header makes the reader stumble', async (t) => {
  const wild = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('sig=("@method");created=1'));
  fc.assert(
    fc.property(wild, wild, message, (inputText, signature, one) => {
      const input = readSignatureInput(inputText);
      return input === null || !isSignedBy(one, input, signature, keys.public);
    }),
  );
  t.equal(readSignatureInput(undefined), null);
});

void t.test('numbers count once, for five minutes, and only those of this start', async (t) => {
  let nowMs = 0;
  const nonces = new Nonces(() => nowMs);
  const one = nonces.give();
  t.same([nonces.take(one), nonces.take(one)], ['good', 'used']);
  const late = nonces.give();
  nowMs = 5 * 60_000;
  t.same(nonces.take(late), 'stale');
  t.same(nonces.take(one), 'used', 'as long as it is known');
  t.same(nonces.take(nonces.give()), 'good');
  t.same(nonces.take(one), 'stale', 'forgotten once it could not be used anyway');
  t.same(new Nonces(() => nowMs).take(nonces.give()), 'stale');
  fc.assert(fc.property(fc.string(), (text) => nonces.take(text) === 'stale'));
});
