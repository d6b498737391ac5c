// The hash chain of the journal: what a row's hash covers, how a row travels as a line, how a head is signed. A verifier
// of bundles imports this file alone; it may not know SQLite or the writer.

import { hash, sign, verify } from 'node:crypto';
import type { SignedHead, StoredRow } from './journal.js';
import { signingKey, verifyingKey, type PrivateKeys, type PublicKeys } from '../keys/key-files.js';

/** `prev` of the first row. */
export const FIRST_PREV = '0'.repeat(64);
/** keyId of a row whose body is plain JSON. */
export const PLAIN = '';

/** Everything of a row but its body: hashed, and bound to the sealed body as additional data. */
export function rowHeader(row: Omit<StoredRow, 'body' | 'prev' | 'hash'>): string {
  return JSON.stringify([row.seq, row.at, row.session, row.type, row.actor, row.keyId]);
}

/** SHA-256( prev || uint32 length of the header || header || body ), hex. */
export function rowHash(prev: string, header: string, body: Buffer): string {
  const headerBytes = Buffer.byteLength(header);
  // One buffer and one call: a restart hashes half a million rows.
  const covered = Buffer.allocUnsafe(32 + 4 + headerBytes + body.length);
  covered.write(prev, 0, 32, 'hex');
  covered.writeUInt32BE(headerBytes, 32);
  covered.write(header, 36, headerBytes, 'utf8');
  covered.set(body, 36 + headerBytes);
  return hash('sha256', covered, 'hex');
}

export type ChainProblem = { seq: number; problem: 'gap' | 'prev' | 'hash' };

/** Checks rows one after the other; a stub (a row of another session in a bundle) is linked by its hash alone. */
export class ChainChecker {
  #seq: number;
  #hash: string;

  constructor(after: { seq: number; hash: string } = { seq: 0, hash: FIRST_PREV }) {
    this.#seq = after.seq;
    this.#hash = after.hash;
  }

  get seq(): number {
    return this.#seq;
  }

  get hash(): string {
    return this.#hash;
  }

  /** Null when the row follows. After a problem the checker goes on from what the row says of itself. */
  check(row: StoredRow | RowStub): ChainProblem | null {
    const expected = this.#seq + 1;
    const linked = row.prev === this.#hash;
    this.#seq = row.seq;
    this.#hash = row.hash;
    if (row.seq !== expected) return { seq: expected, problem: 'gap' };
    if (!linked) return { seq: row.seq, problem: 'prev' };
    // A damaged page may give a column another type.
    if (!isHash(row.prev) || ('body' in row && !Buffer.isBuffer(row.body)))
      return { seq: row.seq, problem: 'hash' };
    if ('body' in row && rowHash(row.prev, rowHeader(row), row.body) !== row.hash)
      return { seq: row.seq, problem: 'hash' };
    return null;
  }
}

/** A row that a bundle names without showing it. */
export interface RowStub {
  seq: number;
  prev: string;
  hash: string;
}

/** One NDJSON line, without its line end. */
export function rowToLine(row: StoredRow | RowStub): string {
  if (!('body' in row)) return JSON.stringify({ seq: row.seq, prev: row.prev, hash: row.hash });
  const { seq, at, session, type, actor, keyId, body, prev, hash } = row;
  return JSON.stringify({ seq, at, session, type, actor, keyId, body: body.toString('base64'), prev, hash });
}

/** @throws Error for a line that is no row */
export function lineToRow(line: string): StoredRow | RowStub {
  const value = JSON.parse(line) as Record<string, unknown> | null;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not a row');
  const { seq, prev, hash } = value;
  if (!isCount(seq) || !isHash(prev) || !isHash(hash)) throw new Error('a row without number or hash');
  if (!('body' in value)) {
    if (Object.keys(value).length !== 3) throw new Error('a stub with more than number and hashes');
    return { seq, prev, hash };
  }
  const { at, session, type, actor, keyId, body } = value;
  if (
    Object.keys(value).length !== 9 ||
    !isCount(at) ||
    typeof session !== 'string' ||
    typeof type !== 'string' ||
    typeof actor !== 'string' ||
    typeof keyId !== 'string' ||
    typeof body !== 'string'
  )
    throw new Error('a row with a wrong field');
  const bytes = Buffer.from(body, 'base64');
  if (bytes.toString('base64') !== body) throw new Error('a body that is not base64');
  return { seq, at, session, type, actor, keyId, body: bytes, prev, hash };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/** The bytes that the room signs for a head; the prefix keeps them apart from everything else that it signs. */
export function headBytes({ seq, hash, at }: Pick<SignedHead, 'seq' | 'hash' | 'at'>): Buffer {
  return Buffer.from(`kaochang journal head v1\n${seq}\n${hash}\n${at}\n`, 'utf8');
}

/** Signs a head with the room's key. */
export function signHead(head: Pick<SignedHead, 'seq' | 'hash' | 'at'>, room: PrivateKeys): SignedHead {
  const signature = sign(null, headBytes(head), signingKey(room)).toString('base64');
  return { seq: head.seq, hash: head.hash, at: head.at, keyId: room.public.keyId, signature };
}

/** True when the room signed this head. */
export function verifyHead(head: SignedHead, room: PublicKeys): boolean {
  if (typeof head.signature !== 'string') return false;
  return verify(null, headBytes(head), verifyingKey(room), Buffer.from(head.signature, 'base64'));
}
