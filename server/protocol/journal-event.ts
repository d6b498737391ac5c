// How an event lies in the journal, said once for the writer and for everybody who replays: the room, the bundle, the
// verifier. The body is the whole event but its instant, which is the column `at`.

import type { Event, EventBody } from '../core/events.js';
import type { Actor } from '../core/types.js';

/** The columns and the plain body of one journal entry. */
export interface EventEntry {
  at: number;
  /** Session id, or '' for what concerns the room. */
  session: string;
  type: string;
  actor: string;
  body: unknown;
}

/** The journal entry of an event. */
export function rowOf(event: Event, actor: Actor): EventEntry {
  const { at, ...body } = event;
  return {
    at,
    session: 'sessionId' in body ? body.sessionId : '',
    type: body.type,
    actor: actorText(actor),
    body,
  };
}

/** The event of a journal entry. The columns stand above what the body says; a body whose key is destroyed says nothing. */
export function eventOf(entry: Pick<EventEntry, 'at' | 'session' | 'type' | 'body'>): Event {
  const { at, session, type } = entry;
  if (entry.body === null) return { type: 'row-wiped', at, sessionId: session };
  return { ...(entry.body as EventBody), type, at } as Event;
}

/** `staff:<id>@<station>`, `seat:<id>` or `room`. */
export function actorText(actor: Actor): string {
  switch (actor.kind) {
    case 'staff':
      return `staff:${actor.staffId}@${actor.station}`;
    case 'seat':
      return `seat:${actor.seatId}`;
    case 'room':
      return 'room';
  }
}
