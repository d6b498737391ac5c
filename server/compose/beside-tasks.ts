// Work on the whole journal that would hold up a room of thousands: what is asked of the thread beside the room, and what
// it gives back.

import type { BundleSources } from '../bundle/build.js';
import type { PrivateKeys } from '../keys/key-files.js';
import type { Statement } from '../protocol/bundle.js';

/** Where the thread finds the journal. */
export interface JournalPlace {
  file: string;
  keysFolder: string;
  room: PrivateKeys;
}

export type BesideTask = { place: JournalPlace } & (
  | { kind: 'snapshot' }
  | ({ kind: 'bundle'; data: string } & Pick<BundleSources, 'sessionId' | 'orgRecipients' | 'now'>)
);

export type BesideAnswer =
  | { kind: 'snapshot'; seq: number; json: Uint8Array }
  | { kind: 'bundle'; statement: Statement }
  | { kind: 'failed'; error: string };
