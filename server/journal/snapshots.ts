// Snapshots bound the replay: the state after a row, sealed under a key of the room's own and signed.

import { sign, verify } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { deriveKey, openBytes, sealLargeBytes } from '../keys/seal-bytes.js';
import { sha256 } from '../keys/sha256.js';
import { signingKey, verifyingKey, type PrivateKeys } from '../keys/key-files.js';

/** How many are kept: a bad one leaves another to start from. */
export const SNAPSHOTS_KEPT = 3;

export interface StoredSnapshot {
  seq: number;
  /** Hash of the row after which the state was taken. */
  hash: string;
  body: Buffer;
  /** Ed25519, base64. */
  signature: string;
}

/** Seals and signs the state's JSON. */
export function sealSnapshot(
  room: PrivateKeys,
  seq: number,
  hash: string,
  json: string | Uint8Array,
): { body: Buffer; signature: string } {
  const body = sealLargeBytes(
    snapshotKey(room),
    typeof json === 'string'
      ? Buffer.from(json, 'utf8')
      : Buffer.from(json.buffer, json.byteOffset, json.length),
    contextOf(seq, hash),
  );
  return { body, signature: sign(null, signedBytes(seq, hash, body), signingKey(room)).toString('base64') };
}

/** Whether the room signed it as it is. */
export function isSigned(room: PrivateKeys, { seq, hash, body, signature }: StoredSnapshot): boolean {
  // A damaged page may give a column another type.
  if (!Buffer.isBuffer(body) || typeof signature !== 'string') return false;
  const bytes = signedBytes(seq, hash, body);
  return verify(null, bytes, verifyingKey(room.public), Buffer.from(signature, 'base64'));
}

/** The state, or null where signature or seal does not hold. */
export function openSnapshot(room: PrivateKeys, stored: StoredSnapshot): unknown {
  if (!isSigned(room, stored)) return null;
  const { seq, hash, body } = stored;
  try {
    return parseState(openBytes(snapshotKey(room), body, contextOf(seq, hash)));
  } catch {
    return null;
  }
}

/** JSON as UTF-8, gzipped or not: no JSON begins as gzip does. @throws Error when it is neither */
export function parseState(encoded: Uint8Array): unknown {
  const isPacked = encoded[0] === 0x1f && encoded[1] === 0x8b;
  const json = isPacked
    ? gunzipSync(encoded)
    : Buffer.from(encoded.buffer, encoded.byteOffset, encoded.length);
  return JSON.parse(json.toString('utf8'));
}

function snapshotKey(room: PrivateKeys): Buffer {
  return deriveKey(Buffer.from(room.identity, 'utf8'), room.public.keyId, 'kaochang/snapshot/1');
}

function contextOf(seq: number, hash: string): string {
  return `snapshot ${seq} ${hash}`;
}

function signedBytes(seq: number, hash: string, body: Buffer): Buffer {
  const digest = sha256(body);
  return Buffer.from(`kaochang journal snapshot v1\n${seq}\n${hash}\n${digest}\n`, 'utf8');
}
