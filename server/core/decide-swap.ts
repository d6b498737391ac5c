// Another PC for a candidate (REQ-E08, rule 16): confirmed by a proctor, one lease at a time, both versions kept.

import { happened, isBlank, refuse, type Deciders } from './decision.js';
import { candidateOf, entryOf, occupantOf, presentLease, sessionOf } from './state-access.js';
import type { Candidate, Session } from './types.js';

export const swapDecisions: Deciders<'swap-machine' | 'correct-swap'> = {
  'swap-machine': (state, command) => {
    const { sessionId, candidateId, toSeatId, reason } = command;
    const session = sessionOf(state, sessionId);
    const candidate = candidateOf(state, command);
    if (candidate.attendance !== 'admitted') return refuse('not-admitted');
    if (candidate.ended !== null) return refuse('already-ended');
    if (isBlank(reason)) return refuse('needs-reason');
    const seat = entryOf(state.seats, toSeatId);
    if (seat === undefined) return refuse('unknown-seat');
    if (seat.pcId === null || !seat.connected) return refuse('seat-not-paired', { seat: seat.label });
    const lease = presentLease(candidate);
    const isThere = lease !== null && lease.seatId === toSeatId && lease.pcId === seat.pcId;
    if (isThere || candidate.movingTo === toSeatId) return refuse('nothing-to-do');
    const occupant = occupantOf(session, toSeatId);
    const taken = occupant !== null && occupant !== candidate;
    if (taken || isAwaited(session, toSeatId, candidate)) return refuse('seat-taken', { seat: seat.label });
    const fromSeatId = lease === null ? null : lease.seatId;
    return happened({ type: 'machine-swapped', sessionId, candidateId, fromSeatId, toSeatId, reason });
  },
  'correct-swap': (state, command) => {
    const { sessionId, candidateId, reason } = command;
    const candidate = candidateOf(state, command);
    if (candidate.movingTo === null) return refuse('nothing-to-do');
    if (isBlank(reason)) return refuse('needs-reason');
    const back = candidate.leases.at(-1);
    const occupant = back === undefined ? null : occupantOf(sessionOf(state, sessionId), back.seatId);
    if (occupant !== null && occupant !== candidate) return refuse('seat-taken');
    return happened({ type: 'swap-corrected', sessionId, candidateId, reason });
  },
};

/** Whether a seat is kept for somebody who may still sit down there: expected or admitted, and never logged in. [MS3] */
function isAwaited(session: Session, seatId: string, mover: Candidate): boolean {
  if (session.plan.policy.seatBinding === 'any') return false;
  return Object.values(session.candidates).some(
    (one) =>
      one !== mover &&
      one.entry.seatId === seatId &&
      (one.attendance === 'expected' || one.attendance === 'admitted') &&
      one.leases.length === 0 &&
      one.movingTo === null &&
      one.ended === null,
  );
}
