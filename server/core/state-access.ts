// Look-ups in the state that a stored event may rely on: what a journal names is there, or the journal is broken.

import type { Candidate, Lease, Seat, Session, State } from './types.js';

/** @throws Error when the journal names a session that no package brought */
export function sessionOf(state: State, sessionId: string): Session {
  const session = state.sessions[sessionId];
  if (session === undefined) throw new Error(`No session ${sessionId}`);
  return session;
}

/** @throws Error when the journal names a candidate that is not on the roster */
export function candidateOf(state: State, event: { sessionId: string; candidateId: string }): Candidate {
  const candidate = sessionOf(state, event.sessionId).candidates[event.candidateId];
  if (candidate === undefined) throw new Error(`No candidate ${event.candidateId} in ${event.sessionId}`);
  return candidate;
}

/** @throws Error when the journal names a seat that the room has not */
export function seatOf(state: State, seatId: string): Seat {
  const seat = state.seats[seatId];
  if (seat === undefined) throw new Error(`No seat ${seatId}`);
  return seat;
}

/** The lease that no other PC took over, or null before the first log-in and between a swap and its log-in. */
export function presentLease(candidate: Candidate): Lease | null {
  const last = candidate.leases.at(-1);
  return last !== undefined && last.to === null ? last : null;
}

/** Who is logged in at a seat in the session that holds the room. */
export function candidateAt(state: State, seatId: string): Candidate | null {
  const session = state.currentSession === null ? undefined : state.sessions[state.currentSession];
  if (session === undefined) return null;
  for (const candidate of Object.values(session.candidates))
    if (presentLease(candidate)?.seatId === seatId) return candidate;
  return null;
}
