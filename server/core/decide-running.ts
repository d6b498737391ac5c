// The exam runs: pauses, hands, absences from the room, gaps, incidents, messages.

import { happened, isBlank, refuse, signerOf, type Deciders } from './decision.js';
import { heldLease } from './held-lease.js';
import { candidateOf, presentLease, sessionOf } from './state-access.js';

type RunningDecisions =
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
  'pause-session': (_state, { sessionId, cause, reason }) =>
    isBlank(reason) ? refuse('needs-reason') : happened({ type: 'session-paused', sessionId, cause, reason }),
  'resume-session': (_state, { sessionId }) => happened({ type: 'session-resumed', sessionId }),
  'raise-hand': (state, command) => {
    const held = heldLease(state, command);
    if ('refusal' in held) return held;
    const { session, candidate, lease } = held;
    if (lease.to !== null) return refuse('foreign-lease');
    if (candidate.handRaisedAt !== null) return happened();
    const { candidateId } = command;
    return happened({ type: 'hand-raised', sessionId: session.plan.sessionId, candidateId });
  },
  'lower-hand': (state, command) => {
    const held = heldLease(state, command);
    if ('refusal' in held) return held;
    const { session, candidate, lease } = held;
    if (lease.to !== null) return refuse('foreign-lease');
    if (candidate.handRaisedAt === null) return happened();
    const { sessionId } = session.plan;
    return happened({ type: 'hand-lowered', sessionId, candidateId: command.candidateId, answeredBy: null });
  },
  'answer-hand': (state, command) => {
    const { by, sessionId, candidateId } = command;
    if (candidateOf(state, command).handRaisedAt === null) return refuse('nothing-to-do');
    return happened({ type: 'hand-lowered', sessionId, candidateId, answeredBy: signerOf(by) });
  },
  'report-gap': (state, command, now) => {
    const held = heldLease(state, command);
    if ('refusal' in held) return held;
    const { session, candidate, lease } = held;
    const { candidateId, from, to } = command;
    const { startedAt } = session;
    if (startedAt === null || !(from < to) || from < Math.max(startedAt, lease.from) || to > now)
      return refuse('bad-amount');
    if (candidate.gaps.some((gap) => gap.from <= from && to <= gap.to)) return happened();
    return happened({ type: 'gap-reported', sessionId: session.plan.sessionId, candidateId, from, to });
  },
  'leave-room': (state, command) => {
    const { sessionId, candidateId, accompaniedBy } = command;
    const candidate = candidateOf(state, command);
    if (candidate.ended !== null) return refuse('already-ended');
    if (presentLease(candidate) === null) return refuse('not-logged-in');
    if (isBlank(accompaniedBy)) return refuse('needs-reason');
    if (candidate.away !== null) return refuse('nothing-to-do');
    // REQ-E07: one candidate at a time.
    const other = Object.values(sessionOf(state, sessionId).candidates).find(({ away }) => away !== null);
    if (other !== undefined) return refuse('nobody-else-away', { name: other.entry.name });
    return happened({ type: 'candidate-left-room', sessionId, candidateId, accompaniedBy });
  },
  'return-to-room': (state, command) => {
    const { sessionId, candidateId } = command;
    if (candidateOf(state, command).away === null) return refuse('nothing-to-do');
    return happened({ type: 'candidate-returned', sessionId, candidateId });
  },
  'record-incident': (state, command, now) => {
    const { by, sessionId, incidentId, category, candidateId, text, happenedAt } = command;
    if (isBlank(text)) return refuse('needs-reason');
    if (happenedAt !== null && happenedAt > now) return refuse('bad-amount');
    const { incidents } = sessionOf(state, sessionId);
    if (incidents.some((one) => one.incidentId === incidentId)) return refuse('nothing-to-do');
    const incident = { incidentId, category, candidateId, text, happenedAt, by: signerOf(by) };
    return happened({ type: 'incident-recorded', sessionId, ...incident });
  },
  'send-message': (_state, { sessionId, candidateId, text }) =>
    isBlank(text) ? refuse('needs-reason') : happened({ type: 'message-sent', sessionId, candidateId, text }),
};
