// The exam runs: start, pause, hands, absences from the room, incidents, messages.

import { commonEndsAt, roomStartsAt } from './deadlines.js';
import { happened, refuse, type Deciders } from './decision.js';
import { presentLease, sessionOf } from './state-access.js';
import type { Actor, Candidate, Session, State } from './types.js';

type RunningDecisions =
  | 'start-session'
  | 'pause-session'
  | 'resume-session'
  | 'raise-hand'
  | 'lower-hand'
  | 'answer-hand'
  | 'report-gap'
  | 'leave-room'
  | 'return-to-room'
  | 'record-incident'
  | 'send-message';

export const runningDecisions: Deciders<RunningDecisions> = {
  'start-session': (state, { sessionId }, now) => {
    const session = sessionOf(state, sessionId);
    if (session.paper === null || session.paper.openedAt === null) return refuse('paper-not-opened');
    const startsAt = roomStartsAt(session);
    if (now < startsAt) return refuse('too-early', { at: startsAt });
    return happened({ type: 'session-started', sessionId });
  },
  'pause-session': (state, { sessionId, cause, reason }, now) => {
    const end = commonEndsAt(sessionOf(state, sessionId));
    if (end !== null && now >= end) return refuse('after-deadline');
    return happened({ type: 'session-paused', sessionId, cause, reason });
  },
  'resume-session': (_state, { sessionId }) => happened({ type: 'session-resumed', sessionId }),
  'raise-hand': (state, { by, candidateId, lease }) => {
    const found = holderOf(state, by, candidateId, lease);
    if (found === null) return refuse('foreign-lease');
    const { session, candidate } = found;
    if (candidate.handRaisedAt !== null) return happened();
    if (candidate.ended !== null) return refuse('already-ended');
    return happened({ type: 'hand-raised', sessionId: session.plan.sessionId, candidateId });
  },
  'lower-hand': (state, { by, candidateId, lease }) => {
    const found = holderOf(state, by, candidateId, lease);
    if (found === null) return refuse('foreign-lease');
    if (found.candidate.handRaisedAt === null) return happened();
    const { sessionId } = found.session.plan;
    return happened({ type: 'hand-lowered', sessionId, candidateId, answeredBy: null });
  },
  'answer-hand': (state, { by, sessionId, candidateId }) => {
    const candidate = sessionOf(state, sessionId).candidates[candidateId];
    if (candidate === undefined || by.kind !== 'staff') return refuse('unknown-candidate');
    if (candidate.handRaisedAt === null) return refuse('nothing-to-do');
    return happened({ type: 'hand-lowered', sessionId, candidateId, answeredBy: by.staffId });
  },
  'report-gap': (state, { by, candidateId, lease, from, to }, now) => {
    const found = holderOf(state, by, candidateId, lease);
    if (found === null) return refuse('foreign-lease');
    const { session } = found;
    const startedAt = session.startedAt;
    if (startedAt === null || from >= to || from < startedAt || to > now) return refuse('bad-amount');
    return happened({ type: 'gap-reported', sessionId: session.plan.sessionId, candidateId, from, to });
  },
  'leave-room': (state, { sessionId, candidateId, accompaniedBy }) => {
    const session = sessionOf(state, sessionId);
    const candidate = session.candidates[candidateId];
    if (candidate === undefined) return refuse('unknown-candidate');
    if (candidate.attendance !== 'admitted') return refuse('not-admitted');
    // REQ-E07: one candidate at a time.
    const away = Object.values(session.candidates).find((other) => other.away !== null);
    if (away !== undefined) return refuse('nobody-else-away', { name: away.entry.name });
    return happened({ type: 'candidate-left-room', sessionId, candidateId, accompaniedBy });
  },
  'return-to-room': (state, { sessionId, candidateId }) => {
    const candidate = sessionOf(state, sessionId).candidates[candidateId];
    if (candidate === undefined) return refuse('unknown-candidate');
    if (candidate.away === null) return refuse('nothing-to-do');
    return happened({ type: 'candidate-returned', sessionId, candidateId });
  },
  'record-incident': (_state, { by, sessionId, incidentId, category, candidateId, text, happenedAt }) => {
    if (by.kind !== 'staff') return refuse('not-allowed');
    const incident = { incidentId, category, candidateId, text, happenedAt, by: by.staffId };
    return happened({ type: 'incident-recorded', sessionId, ...incident });
  },
  'send-message': (_state, { sessionId, candidateId, text }) =>
    happened({ type: 'message-sent', sessionId, candidateId, text }),
};

/** The candidate whose present lease this PC holds, or null. */
export function holderOf(
  state: State,
  by: Actor,
  candidateId: string,
  leaseNo: number,
): { session: Session; candidate: Candidate } | null {
  const session = state.currentSession === null ? undefined : state.sessions[state.currentSession];
  const candidate = session?.candidates[candidateId];
  if (by.kind !== 'seat' || session === undefined || candidate === undefined) return null;
  const lease = presentLease(candidate);
  return lease !== null && lease.no === leaseNo && lease.pcId === by.pcId ? { session, candidate } : null;
}
