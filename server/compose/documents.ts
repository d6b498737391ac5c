// Identity documents that were held to a reader: compared with the roster here, journaled without their number, and told to the
// staff pages. A page or a device gives the number; nobody is ever given one. REQ-D03

import type { SessionPlan, State } from '../core/types.js';
import { entryOf } from '../core/state-access.js';
import type { DocumentDesk } from '../proctor/host.js';
import {
  cleanDocumentNo,
  matchDocument,
  typedDocument,
  unreadableBecause,
  type DocumentOutcome,
  type DocumentRead,
} from '../protocol/document-reading.js';
import { KEYBOARD_READER, type DocumentFound } from '../protocol/documents.js';
import type { RunningRoom } from '../room.js';

type DocumentRoom = Pick<RunningRoom, 'state' | 'handle'>;

/** A document at a device of the room. */
export function noteDocument(room: DocumentRoom, deviceId: string, read: DocumentRead): void {
  note(room, matched(room, read), { deviceId });
}

/** What staff pages ask of documents, and are told of them. */
export function openDocumentDesk(room: DocumentRoom): DocumentDesk {
  return {
    read: (staffId, text) => {
      const read = typedDocument(text);
      const found = matched(room, read);
      note(room, found, { deviceId: KEYBOARD_READER, readBy: staffId });
      return shownOf(room.state, { ...found, because: unreadableBecause(cleanDocumentNo(read.documentNo)) });
    },
    atReader: ({ event }) => {
      if (event.type !== 'document-read' || event.deviceId === KEYBOARD_READER) return null;
      const { deviceId, at, outcome, candidateId, sessionId = null, differing: fields } = event;
      const differing = fields.filter((field) => field === 'name');
      return {
        ...{ deviceId, at },
        found: shownOf(room.state, { outcome, candidateId, sessionId, differing, because: null }),
      };
    },
  };
}

function matched({ state }: DocumentRoom, read: DocumentRead): DocumentOutcome {
  const roster = Object.values(state.sessions).flatMap(({ plan: { sessionId }, candidates }) =>
    Object.values(candidates).map(({ entry: { candidateId, name, documentNo } }) => ({
      ...{ candidateId, sessionId, name, documentNo },
    })),
  );
  return matchDocument(read, roster, state.currentSession);
}

function note(
  room: DocumentRoom,
  { sessionId, candidateId, outcome, differing }: DocumentOutcome,
  where: { deviceId: string; readBy?: string },
): void {
  const found = { sessionId, candidateId, outcome, differing };
  room.handle({ type: 'note-document-read', ...found, ...where, by: { kind: 'room' } });
}

function shownOf(
  { sessions, seats }: State,
  {
    sessionId,
    ...found
  }: Pick<DocumentFound, 'outcome' | 'because' | 'candidateId' | 'differing'> & { sessionId: string | null },
): DocumentFound {
  const session = sessionId === null ? undefined : entryOf(sessions, sessionId);
  const entry = entryOf(session?.candidates ?? {}, found.candidateId ?? '')?.entry;
  return {
    ...found,
    name: entry?.name ?? null,
    seat: entryOf(seats, entry?.seatId ?? '')?.label ?? null,
    session: session === undefined ? null : sessionOf(session.plan),
  };
}

const sessionOf = ({ sessionId, subject: { name }, startsAt }: SessionPlan) => ({
  ...{ sessionId, startsAt },
  subject: name,
});
