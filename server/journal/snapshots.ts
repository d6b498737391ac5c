// Snapshots bound the replay: the state after a row, sealed under a key of the room's own and signed.

import { sign, verify } from 'node:crypto';
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

/** The state, or null where signature or seal does not hold. */
export function openSnapshot(room: PrivateKeys, { seq, hash, body, signature }: StoredSnapshot): unknown {
  // A damaged page may give a column another type.
  if (!Buffer.isBuffer(body) || typeof signature !== 'string') return null;
  const bytes = signedBytes(seq, hash, body);
  if (!verify(null, bytes, verifyingKey(room.public), Buffer.from(signature, 'base64'))) return null;
  try {
    return JSON.parse(openBytes(snapshotKey(room), body, contextOf(seq, hash)).toString('utf8')) as unknown;
  } catch {
    return null;
  }
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
