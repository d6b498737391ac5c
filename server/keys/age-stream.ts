// The age format for files that fit into no memory: sealed as they come, opened at any place. The head is the library's, the
// payload is age's STREAM (chunks of 64 KiB under ChaCha20-Poly1305, each with its number), as any age tool writes and reads it.

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Decrypter, Encrypter } from 'age-encryption';
import type { ReadableBytes } from './readable-bytes.js';

const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const SEALED_BYTES = CHUNK_BYTES + TAG_BYTES;
const NONCE_BYTES = 16;
const MAX_HEAD_BYTES = 64 * 1024;
const CIPHER = 'chacha20-poly1305';
const TAG = { authTagLength: TAG_BYTES };

/** Bytes of the payload's chunks for so many plain bytes; the head comes before them. */
export function sealedSize(plainBytes: number): number {
  return plainBytes + TAG_BYTES * Math.max(1, Math.ceil(plainBytes / CHUNK_BYTES));
}

/** Seals what comes, in bounded memory. @param recipients `age1...`, at least one */
export async function* sealStream(
  recipients: readonly string[],
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const { head, fileKey } = await newHead(recipients);
  const nonce = randomBytes(NONCE_BYTES);
  const key = payloadKey(fileKey, nonce);
  yield Buffer.concat([head, nonce]);
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let held = 0;
  let number = 0;
  for await (const plain of source)
    for (let at = 0; at < plain.length;) {
      // A full chunk waits for one more byte: only then is it not the last.
      if (held === CHUNK_BYTES) {
        yield sealChunk(key, number++, false, chunk);
        held = 0;
      }
      const part = plain.subarray(at, at + CHUNK_BYTES - held);
      chunk.set(part, held);
      held += part.length;
      at += part.length;
    }
  yield sealChunk(key, number, true, chunk.subarray(0, held));
}

/**
 * Opens a sealed file for reading at any place. Its end is proven at once, every other chunk when it is read.
 * @throws Error when it is sealed to others, was changed or is cut
 */
export async function openSealed(identity: string, sealed: ReadableBytes): Promise<ReadableBytes> {
  const start = await sealed.read(0, Math.min(sealed.size, MAX_HEAD_BYTES));
  const mac = start.indexOf('\n--- ');
  const end = mac === -1 ? -1 : start.indexOf('\n', mac + 1);
  if (end === -1) throw new Error('This is not an age file');
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const fileKey = await decrypter.decryptHeader(start.subarray(0, end + 1));
  const startsAt = end + 1 + NONCE_BYTES;
  const bytes = sealed.size - startsAt;
  if (bytes < TAG_BYTES) throw new Error('The sealed file is cut short');
  const key = payloadKey(fileKey, await sealed.read(end + 1, NONCE_BYTES));
  const opened = new OpenedStream(sealed, key, startsAt, bytes);
  await opened.checkEnd();
  return opened;
}

class OpenedStream implements ReadableBytes {
  readonly size: number;
  readonly #last: number;
  /** The chunk that was read last: the next read mostly goes on in it. */
  #held: { number: number; plain: Buffer } | null = null;

  constructor(
    private readonly sealed: ReadableBytes,
    private readonly key: Buffer,
    private readonly startsAt: number,
    private readonly bytes: number,
  ) {
    const chunks = Math.ceil(bytes / SEALED_BYTES);
    this.#last = chunks - 1;
    this.size = bytes - chunks * TAG_BYTES;
  }

  /** @throws Error where the last chunk is not the last that was sealed */
  async checkEnd(): Promise<void> {
    const lastBytes = this.bytes - this.#last * SEALED_BYTES;
    if (lastBytes < TAG_BYTES || (lastBytes === TAG_BYTES && this.#last > 0))
      throw new Error('The sealed file is cut short');
    await this.#chunks(this.#last, this.#last);
  }

  async read(position: number, length: number): Promise<Buffer> {
    if (position < 0 || length < 0 || position + length > this.size) throw new RangeError('cut short');
    if (length === 0) return Buffer.alloc(0);
    const first = Math.floor(position / CHUNK_BYTES);
    const last = Math.floor((position + length - 1) / CHUNK_BYTES);
    const plain = await this.#chunks(first, last);
    const from = position - first * CHUNK_BYTES;
    return plain.subarray(from, from + length);
  }

  async #chunks(first: number, last: number): Promise<Buffer> {
    const held = this.#held;
    if (held !== null && held.number === first && held.number === last) return held.plain;
    const begin = held?.number === first ? first + 1 : first;
    const from = begin * SEALED_BYTES;
    const sealed = await this.sealed.read(
      this.startsAt + from,
      Math.min(this.bytes, (last + 1) * SEALED_BYTES) - from,
    );
    const plain = held !== null && begin > first ? [held.plain] : [];
    for (let number = begin; number <= last; number += 1) {
      const at = (number - begin) * SEALED_BYTES;
      plain.push(openChunk(this.key, number, number === this.#last, sealed.subarray(at, at + SEALED_BYTES)));
    }
    this.#held = { number: last, plain: plain.at(-1) ?? Buffer.alloc(0) };
    return plain.length === 1 ? this.#held.plain : Buffer.concat(plain);
  }
}

/** The library makes the head; a recipient of our own, who adds nothing to it, is told the key. */
async function newHead(recipients: readonly string[]): Promise<{ head: Buffer; fileKey: Uint8Array }> {
  if (recipients.length === 0) throw new Error('There is nobody to seal to');
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  let fileKey: Uint8Array | null = null;
  encrypter.addRecipient({
    wrapFileKey: (key) => {
      fileKey = Uint8Array.from(key);
      return [];
    },
  });
  const empty = await encrypter.encrypt(new Uint8Array());
  if (fileKey === null) throw new Error('The library asked no recipient');
  return { head: Buffer.from(empty.subarray(0, empty.length - NONCE_BYTES - TAG_BYTES)), fileKey };
}

function payloadKey(fileKey: Uint8Array, nonce: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32));
}

/** 11 bytes of number, one that says whether it is the last. */
function chunkNonce(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(number, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

function sealChunk(key: Buffer, number: number, isLast: boolean, plain: Buffer): Buffer {
  const cipher = createCipheriv(CIPHER, key, chunkNonce(number, isLast), TAG);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Error where a bit was changed, or the chunk stood at another place */
function openChunk(key: Buffer, number: number, isLast: boolean, sealed: Buffer): Buffer {
  const decipher = createDecipheriv(CIPHER, key, chunkNonce(number, isLast), TAG);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
  decipher.final();
  return plain;
}
