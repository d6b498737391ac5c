// What the journal and its writer thread say to each other.

import type { PrivateKeys } from '../keys/key-files.js';
import type { NumberedEntry } from './rows.js';

export interface WriterSetup {
  file: string;
  keysFolder: string;
  ballast: string | null;
  room: PrivateKeys;
  /** Present data key of each scope, base64. */
  keys: { scope: string; keyId: string; key: string }[];
  /** The last row on disk. */
  seq: number;
  hash: string;
}

export type ToWriter =
  /** `newKeyFor` on an entry: a data key for that scope begins with this row. */
  | { t: 'append'; entries: (NumberedEntry & { newKeyFor?: string; orgRecipients?: string[] })[] }
  | { t: 'sign'; id: number; at: number }
  | { t: 'snapshot'; id: number; seq: number; json: string | Uint8Array }
  | { t: 'forget'; id: number; keyIds: string[] }
  | { t: 'checkpoint'; id: number }
  | { t: 'close'; id: number };

export type FromWriter =
  | { t: 'durable'; seq: number; commitMs: number; rows: number }
  | { t: 'key'; keyId: string; scope: string; key: string }
  | { t: 'done'; id: number; error?: string }
  | { t: 'failed'; error: string };
