// Log-in (REQ-D04, rule 15) and what a candidate confirms after it. One present lease per candidate, one candidate per PC.

import { happened, refuse, seatedAt, type Deciders } from './decision.js';
import type { EventBody } from './events.js';
import { heldLease } from './held-lease.js';
import type { RefusalCode } from './refusals.js';
import { entryOf, occupantOf, presentLease, sessionOf } from './state-access.js';
import type { Candidate, Session } from './types.js';
import { holderOf } from './whereabouts.js';

const PASSWORD_DIGITS = 6;

export const logInDecisions: Deciders<'log-in' | 'confirm-identity' | 'confirm-rules'> = {
  'log-in': (state, { by, sessionId, ticketNo, password }) => {
    const { seatId, pcId } = seatedAt(by);
    const session = sessionOf(state, sessionId);
    const candidate = holderOf(session, ticketNo);
    const refused = (code: RefusalCode, params?: Record<string, string>) =>
      refuse(code, params, refusedLogIn(session, seatId, candidate ?? null, code));
    if (candidate === undefined) return refused('unknown-candidate');
    const { entry, ended, movingTo, leases } = candidate;
    if (password !== entry.ticketNo.slice(-PASSWORD_DIGITS)) return refused('wrong-password');
    if (candidate.attendance === 'refused') return refused('not-admitted');
    if (candidate.attendance !== 'admitted') return refused('not-checked-in');
    if (ended !== null) return refused('already-ended');
    const { candidateId } = entry;
    const who = { sessionId, candidateId, seatId, pcId };
    const lease = presentLease(candidate);
    if (lease !== null)
      return lease.pcId === pcId && lease.seatId === seatId
        ? happened({ type: 'candidate-logged-in', ...who, lease: lease.no })
        : refused('already-logged-in');
    const boundTo = movingTo ?? (session.plan.policy.seatBinding === 'assigned' ? entry.seatId : null);
    if (boundTo !== null && boundTo !== seatId)
      return refused('wrong-seat', { seat: entryOf(state.seats, boundTo)?.label ?? boundTo });
    const occupant = occupantOf(session, seatId);
    if (occupant !== null && occupant !== candidate) return refused('seat-taken');
    return happened({ type: 'candidate-logged-in', ...who, lease: leases.length + 1 });
  },
  'confirm-identity': (state, command) => {
    const held = heldLease(state, command);
    if ('refusal' in held) return held;
    const { session, candidate, lease } = held;
    if (lease.to !== null) return refuse('foreign-lease');
    if (candidate.identityConfirmedAt !== null) return happened();
    const { candidateId } = command;
    return happened({ type: 'identity-confirmed', sessionId: session.plan.sessionId, candidateId });
  },
  'confirm-rules': (state, command) => {
    const held = heldLease(state, command);
    if ('refusal' in held) return held;
    const { session, candidate, lease } = held;
    if (lease.to !== null) return refuse('foreign-lease');
    if (candidate.identityConfirmedAt === null) return refuse('too-early');
    if (candidate.rulesReadAt !== null) return happened();
    const { candidateId } = command;
    return happened({ type: 'rules-confirmed', sessionId: session.plan.sessionId, candidateId });
  },
};

/** The record of a refused log-in. [LI6] */
export function refusedLogIn(
  session: Session,
  seatId: string,
  candidate: Candidate | null,
  code: RefusalCode,
): EventBody {
  const { sessionId } = session.plan;
  const candidateId = candidate === null ? null : candidate.entry.candidateId;
  return { type: 'log-in-refused', sessionId, seatId, candidateId, code };
}
