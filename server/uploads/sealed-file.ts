// One file of a candidate as it lies on the disk: a head, then the bytes under AES-256-CTR with a key of its own below the
// session's data key (rule 3). A stream cipher, because a file arrives in pieces of any size and goes on at any byte; that
// nothing was changed is shown by the SHA-256 that the signed journal holds, never by the cipher.

import { createCipheriv, randomBytes, type Cipher } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { deriveKey } from '../keys/seal-bytes.js';

/** Whose file it is; bound to the key. */
export interface FilePlace {
  sessionId: string;
  candidateId: string;
  /** SHA-256 of the plain bytes, hex. */
  fileHash: string;
}

/** What the head of a file says. */
export interface SealedHead {
  keyId: string;
  salt: string;
  /** Of the plain bytes when they are all there. */
  size: number;
}

const MAGIC = Buffer.from('KCF1', 'latin1');
const PREFIX_BYTES = MAGIC.length + 2;
const BLOCK_BYTES = 16;
const MAX_HEAD_BYTES = 4_096;

/** A head for a new file: a fresh salt each time, so that no key stream is ever used for two contents. */
export function newHead(keyId: string, size: number): SealedHead {
  return { keyId, salt: randomBytes(16).toString('hex'), size };
}

export function encodeHead(head: SealedHead): Buffer {
  const json = Buffer.from(JSON.stringify(head), 'utf8');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(json.length);
  return Buffer.concat([MAGIC, length, json]);
}

/** The head of an open file and where its bytes begin, or null where it is cut short or none. */
export async function readHead(file: FileHandle): Promise<{ head: SealedHead; startsAt: number } | null> {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  const { bytesRead } = await file.read(prefix, 0, PREFIX_BYTES, 0);
  if (bytesRead < PREFIX_BYTES || !prefix.subarray(0, MAGIC.length).equals(MAGIC)) return null;
  const length = prefix.readUInt16BE(MAGIC.length);
  if (length > MAX_HEAD_BYTES) return null;
  const json = Buffer.alloc(length);
  if ((await file.read(json, 0, length, PREFIX_BYTES)).bytesRead < length) return null;
  try {
    const head: unknown = JSON.parse(json.toString('utf8'));
    return isHead(head) ? { head, startsAt: PREFIX_BYTES + length } : null;
  } catch {
    return null;
  }
}

function isHead(value: unknown): value is SealedHead {
  const head = value as Partial<SealedHead> | null;
  return (
    typeof head?.keyId === 'string' &&
    typeof head.salt === 'string' &&
    Number.isSafeInteger(head.size) &&
    (head.size ?? -1) >= 0
  );
}

/** The cipher from a byte on; the same for sealing and opening. @param dataKey the session's, 32 bytes */
export function cipherFrom(dataKey: Buffer, place: FilePlace, head: SealedHead, offset: number): Cipher {
  const { sessionId, candidateId, fileHash } = place;
  const key = deriveKey(dataKey, head.salt, `handed-in ${sessionId}/${candidateId}/${fileHash}`);
  const counter = Buffer.alloc(BLOCK_BYTES);
  counter.writeBigUInt64BE(BigInt(Math.floor(offset / BLOCK_BYTES)), 8);
  const cipher = createCipheriv('aes-256-ctr', key, counter);
  cipher.update(Buffer.alloc(offset % BLOCK_BYTES));
  return cipher;
}
