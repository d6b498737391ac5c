// Look-ups in the state. `find*` answers outsiders, who may name anything; the others serve stored events: what a journal
// names is there, or the journal is broken.

import type { Candidate, Lease, Seat, SeatId, Session, Staff, State } from './types.js';
import { candidatesAtSeat } from './whereabouts.js';

/** An own entry of a record, or undefined. Ids come from outside: `constructor` names nothing here. */
export function entryOf<T>(record: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(record, id) ? record[id] : undefined;
}

/** The candidate of that name in that session, and never what a prototype has; undefined where nobody is. */
export function candidateAt(state: State, sessionId: string, candidateId: string): Candidate | undefined {
  return entryOf(entryOf(state.sessions, sessionId)?.candidates ?? {}, candidateId);
}

/** The value, which has to be there. @throws Error naming what is missing */
export function must<T>(value: T | null | undefined, what: string): T {
  if (value === undefined || value === null) throw new Error(`Broken invariant: no ${what}`);
  return value;
}

/** @throws Error when the journal names a session that no package brought */
export function sessionOf(state: State, sessionId: string): Session {
  return must(entryOf(state.sessions, sessionId), `session ${sessionId}`);
}

/** @throws Error when the journal names a candidate that is not on the roster */
export function candidateOf(state: State, event: { sessionId: string; candidateId: string }): Candidate {
  const { candidates } = sessionOf(state, event.sessionId);
  return must(entryOf(candidates, event.candidateId), `candidate ${event.candidateId} in ${event.sessionId}`);
}

/** @throws Error when the journal names a seat that the room has not */
export function seatOf(state: State, seatId: string): Seat {
  return must(entryOf(state.seats, seatId), `seat ${seatId}`);
}

/** @throws Error when the journal names somebody whom no package brought */
export function staffOf(state: State, staffId: string): Staff {
  return must(entryOf(state.staff, staffId), `staff ${staffId}`);
}

/** The session that holds the room (rule 17), or null. */
export function currentSession(state: State): Session | null {
  return state.currentSession === null ? null : sessionOf(state, state.currentSession);
}

/** The lease that no other PC took over, or null before the first log-in and between a swap and its log-in. */
export function presentLease(candidate: Candidate): Lease | null {
  const last = candidate.leases.at(-1);
  return last !== undefined && last.to === null ? last : null;
}

/** Everything is handed in and nothing more can come from this candidate. */
export function isDone(candidate: Candidate): boolean {
  return candidate.ended !== null && candidate.receivedAllAt !== null;
}

/** Who sits at a seat in a session, or is on the way there, and has not handed in everything. */
export function occupantOf(session: Session, seatId: SeatId): Candidate | null {
  for (const candidate of candidatesAtSeat(session, seatId))
    if ((presentLease(candidate)?.seatId ?? candidate.movingTo) === seatId && !isDone(candidate))
      return candidate;
  return null;
}
