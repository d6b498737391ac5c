// Makes stored rows of entries and entries of stored rows: sealing, hashing, opening.

import { openBytes, sealBytes } from '../keys/seal-bytes.js';
import { PLAIN, rowHash, rowHeader } from './chain.js';
import type { Entry, StoredRow, Written } from './journal.js';

export const DATA_KEY_CREATED = 'data-key-created';

/** The plain body of a `data-key-created` row: the org can always open its own sessions. */
export interface DataKeyCreated {
  keyId: string;
  /** Session id, or '' for the room's own rows. */
  scope: string;
  /** The data key sealed to the org (age), base64; null while no org is known. */
  forOrg: string | null;
}

/** An entry with its number and its body as JSON text. */
export interface NumberedEntry {
  seq: number;
  at: number;
  session: string;
  type: string;
  actor: string;
  json: string;
}

/** Seals and chains one entry. @param key null writes the body plain */
export function makeRow(
  prev: string,
  entry: NumberedEntry,
  key: { keyId: string; key: Buffer } | null,
): StoredRow {
  const { seq, at, session, type, actor } = entry;
  const keyId = key?.keyId ?? PLAIN;
  const header = rowHeader({ seq, at, session, type, actor, keyId });
  const plain = Buffer.from(entry.json, 'utf8');
  const body = key === null ? plain : sealBytes(key.key, plain, header);
  return { seq, at, session, type, actor, keyId, body, prev, hash: rowHash(prev, header, body) };
}

/**
 * Opens a row. A body whose key was destroyed comes as null.
 * @throws Error when the key does not open it
 */
export function readRow(row: StoredRow, keyOf: (keyId: string) => Buffer | null): Written {
  const { seq, at, session, type, actor } = row;
  const written = { seq, at, session, type, actor };
  if (row.keyId === PLAIN) return { ...written, body: JSON.parse(row.body.toString('utf8')) as unknown };
  const key = keyOf(row.keyId);
  if (key === null) return { ...written, body: null };
  return {
    ...written,
    body: JSON.parse(openBytes(key, row.body, rowHeader(row)).toString('utf8')) as unknown,
  };
}

export function numbered(entry: Entry, seq: number): NumberedEntry {
  const { at, session, type, actor, body } = entry;
  return { seq, at, session, type, actor, json: JSON.stringify(body) };
}
