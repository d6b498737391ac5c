// What a staff page hears of an identity document that was held to a reader: whose it is, and how it compares with the roster.
// A document's number goes one way only, from the reader to the room; nothing here has a place for it.

import { Type, type Static } from '@sinclair/typebox';

/** The `deviceId` of readers that type at a staff page, as a keyboard does. */
export const KEYBOARD_READER = 'keyboard';

export const ReadDocumentSchema = Type.Object(
  {
    /** As the reader typed it: a number, or a name in Chinese and a number. */
    text: Type.String({ maxLength: 200 }),
  },
  { additionalProperties: false },
);
export type ReadDocument = Static<typeof ReadDocumentSchema>;

/** A document as the room knows it. */
export interface DocumentFound {
  /** `other-session`: on the roster of a session that is not the one being entered. */
  outcome: 'match' | 'other-session' | 'not-on-roster' | 'unreadable';
  /** Why it is no number: the last sign of an identity number is wrong, or it is none at all. */
  because: 'check-digit' | 'no-number' | null;
  candidateId: string | null;
  name: string | null;
  /** Label of the seat. */
  seat: string | null;
  session: { sessionId: string; subject: string; startsAt: number } | null;
  /** What the document has otherwise than the roster. */
  differing: 'name'[];
}

/** A document at a reader of the room, told to every page that shows the check-in. */
export interface DocumentAtReader {
  deviceId: string;
  at: number;
  found: DocumentFound;
}
