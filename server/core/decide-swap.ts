// Another PC for a candidate (REQ-E08, rule 16): confirmed by a proctor, one lease at a time, both versions kept.

import { happened, refuse, type Deciders } from './decision.js';
import { candidateAt, presentLease, sessionOf } from './state-access.js';

export const swapDecisions: Deciders<'swap-machine' | 'correct-swap'> = {
  'swap-machine': (state, { sessionId, candidateId, toSeatId, reason }) => {
    const session = sessionOf(state, sessionId);
    const candidate = session.candidates[candidateId];
    if (candidate === undefined) return refuse('unknown-candidate');
    if (candidate.attendance !== 'admitted') return refuse('not-admitted');
    if (candidate.ended !== null) return refuse('already-ended');
    const seat = state.seats[toSeatId];
    if (seat === undefined) return refuse('unknown-seat');
    if (seat.pcId === null || !seat.connected) return refuse('seat-not-paired', { seat: seat.label });
    const reserved = Object.values(session.candidates).some(
      (other) => other !== candidate && other.movingTo === toSeatId,
    );
    const owner = Object.values(session.candidates).some(
      ({ entry, attendance, leases, movingTo }) =>
        entry.seatId === toSeatId &&
        attendance === 'admitted' &&
        leases.length === 0 &&
        movingTo === null &&
        entry.candidateId !== candidateId,
    );
    if (candidateAt(state, toSeatId) !== null || reserved || owner)
      return refuse('seat-taken', { seat: seat.label });
    const lease = presentLease(candidate);
    const fromSeatId = lease?.seatId ?? null;
    return happened({ type: 'machine-swapped', sessionId, candidateId, fromSeatId, toSeatId, reason });
  },
  'correct-swap': (state, { sessionId, candidateId, reason }) => {
    const candidate = sessionOf(state, sessionId).candidates[candidateId];
    if (candidate === undefined) return refuse('unknown-candidate');
    if (candidate.movingTo === null) return refuse('nothing-to-do');
    return happened({ type: 'swap-corrected', sessionId, candidateId, reason });
  },
};
