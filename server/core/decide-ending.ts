// How a candidate or a session ends other than by the clock, and what follows: suspension, collection, hand-over.

import { candidateEndsAt, commonEndsAt, handOverUntil } from './deadlines.js';
import { endIfAllEnded } from './decide-tick.js';
import { happened, refuse, type Deciders, type Decision } from './decision.js';
import { powerOf } from './decide-extensions.js';
import type { EventBody } from './events.js';
import { rolesOf } from './permissions.js';
import { presentLease, sessionOf } from './state-access.js';
import type { Actor, SeatId, Session, State } from './types.js';

type EndingDecisions =
  | 'end-candidate'
  | 'reopen-candidate'
  | 'end-session'
  | 'close-suspended'
  | 'continue-suspended'
  | 'collect-session'
  | 'record-bundle'
  | 'confirm-receipt';

export const endingDecisions: Deciders<EndingDecisions> = {
  'end-candidate': (state, { by, sessionId, candidateId, reason, text }, now) => {
    const session = sessionOf(state, sessionId);
    const candidate = session.candidates[candidateId];
    if (candidate === undefined || by.kind !== 'staff') return refuse('unknown-candidate');
    if (candidate.attendance !== 'admitted') return refuse('not-admitted');
    if (candidate.ended !== null) return refuse('already-ended');
    const roles = rolesOf(state, by.staffId, sessionId);
    const leads = roles.includes('chief') || roles.includes('deputy');
    // REQ-E11: a proctor may end at once who disturbs others; everything else is the chief's.
    if (!leads && reason !== 'disturbing') return refuse('not-allowed');
    const endsAt = candidateEndsAt(session, candidate);
    const earlyFrom = endsAt === null ? null : endsAt - session.plan.policy.earlyLeaveBeforeEndMs;
    if (reason === 'early-leave' && (earlyFrom === null || now < earlyFrom))
      return refuse('early-leave-not-yet', earlyFrom === null ? undefined : { at: earlyFrom });
    return happened(
      { type: 'candidate-ended', sessionId, candidateId, reason, text },
      ...endIfAllEnded(session, now, [candidateId]),
    );
  },
  'reopen-candidate': (state, { sessionId, candidateId, reason }, now) => {
    const session = sessionOf(state, sessionId);
    const candidate = session.candidates[candidateId];
    if (candidate === undefined) return refuse('unknown-candidate');
    if (candidate.ended === null || candidate.ended.reason === 'time') return refuse('nothing-to-do');
    const endsAt = candidateEndsAt(session, candidate);
    if (endsAt !== null && now >= endsAt) return refuse('after-deadline');
    return happened({ type: 'candidate-reopened', sessionId, candidateId, reason });
  },
  'end-session': (_state, { sessionId, reason }, now) =>
    happened({ type: 'session-ended', sessionId, reason: 'by-staff', text: reason, endsAt: now }),
  'close-suspended': (state, { by, sessionId }) => decideSuspended(state, by, sessionId, 'close'),
  'continue-suspended': (state, { by, sessionId }) => decideSuspended(state, by, sessionId, 'continue'),
  'collect-session': (state, { sessionId, withoutSeats, reason }, now) => {
    const session = sessionOf(state, sessionId);
    const missing = laggingSeats(session).filter((seatId) => !withoutSeats.includes(seatId));
    if (missing.length > 0) {
      const seats = missing.map((seatId) => state.seats[seatId]?.label ?? seatId).join(', ');
      return refuse('still-unsent', { seats });
    }
    const until = handOverUntil(session);
    const lagging = laggingSeats(session);
    if (lagging.length > 0 && (reason === null || reason.trim() === '')) return refuse('needs-reason');
    if (lagging.length > 0 && until !== null && now < until)
      return refuse('still-unsent', { seats: lagging.join(', '), until });
    return happened({ type: 'session-collected', sessionId, withoutSeats: lagging, reason });
  },
  'record-bundle': (_state, { sessionId, fileHash, chainHead }) =>
    happened({ type: 'bundle-built', sessionId, fileHash, chainHead }),
  'confirm-receipt': (state, { sessionId, receiptId, verified }) => {
    if (sessionOf(state, sessionId).bundle === null) return refuse('wrong-phase', { phase: 'collected' });
    if (!verified) return refuse('receipt-not-verified');
    return happened({ type: 'session-handed-over', sessionId, receiptId });
  },
};

/** Seats whose PC has not said "nothing unsent": nobody leaves and no PC is switched off before (REQ-F01). [CO1] */
export function laggingSeats(session: Session): SeatId[] {
  return Object.values(session.candidates)
    .filter(({ leases, receivedAllAt }) => leases.length > 0 && receivedAllAt === null)
    .map((candidate) => presentLease(candidate)?.seatId ?? candidate.movingTo ?? candidate.entry.seatId);
}

/** Rule 7: closing and going on both need chief and second approver, two different people. [SU3] */
function decideSuspended(state: State, by: Actor, sessionId: string, act: 'close' | 'continue'): Decision {
  const session = sessionOf(state, sessionId);
  const { suspended } = session;
  if (by.kind !== 'staff' || suspended === null) return refuse('not-allowed');
  const power = powerOf(state, session, by.staffId);
  if (power === null) return refuse('not-allowed');
  const chief = suspended.act === act ? suspended.chief : null;
  const second = suspended.act === act ? suspended.second : null;
  if ((power === 'chief' ? chief : second) !== null) return refuse('needs-second-approval');
  if (chief === by.staffId || second === by.staffId) return refuse('same-person');
  const approved: EventBody = { type: 'suspended-approved', sessionId, act, as: power, by: by.staffId };
  if ((power === 'chief' ? second : chief) === null) return happened(approved);
  if (act === 'continue')
    return happened(approved, { type: 'session-continued', sessionId, gapFrom: suspended.from });
  return happened(approved, {
    type: 'session-ended',
    sessionId,
    reason: 'suspension-closed',
    text: null,
    endsAt: suspensionEnd(session, suspended.at),
  });
}

/** A suspended session closes at its end, which may lie in the outage. [SU4] */
export function suspensionEnd(session: Session, suspendedAt: number): number {
  return Math.min(commonEndsAt(session) ?? suspendedAt, suspendedAt);
}
