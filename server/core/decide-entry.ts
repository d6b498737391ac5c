// The door: entry opens, documents are checked (REQ-D03), the late cut-off closes it (REQ-E03), mistakes are corrected.

import { cutOffAt, entryOpensAt, roomStartsAt, stillWriting } from './deadlines.js';
import { happened, isBlank, refuse, type Deciders } from './decision.js';
import { candidateOf, must, sessionOf } from './state-access.js';

export const entryDecisions: Deciders<'open-entry' | 'check-in' | 'correct-check-in' | 'start-session'> = {
  'open-entry': (state, { sessionId }, now) => {
    if (state.currentSession !== null) return refuse('room-busy', { session: state.currentSession });
    const opensAt = entryOpensAt(sessionOf(state, sessionId));
    if (now < opensAt) return refuse('entry-not-open-yet', { at: opensAt });
    return happened({ type: 'entry-opened', sessionId });
  },
  'check-in': (state, command, now) => {
    const { sessionId, candidateId, outcome, documentSeen, ticketSeen, reason, happenedAt } = command;
    const session = sessionOf(state, sessionId);
    const { attendance } = candidateOf(state, command);
    if (attendance === 'admitted') return refuse('already-checked-in');
    // What was noted on paper first counts from when it happened: inside this entry, and not ahead of us.
    if (happenedAt !== null && (happenedAt > now || happenedAt < must(session.openedAt, 'opening of entry')))
      return refuse('bad-amount');
    const closesAt = cutOffAt(session);
    if (closesAt !== null && (happenedAt ?? now) >= closesAt) return refuse('late-cut-off', { at: closesAt });
    if (outcome === 'refused') {
      if (reason === null || isBlank(reason)) return refuse('needs-reason');
      return happened({ type: 'candidate-refused', sessionId, candidateId, reason, happenedAt });
    }
    if (!documentSeen || !ticketSeen) return refuse('needs-document-and-ticket');
    const seen = { documentSeen, ticketSeen, happenedAt };
    return happened({ type: 'candidate-admitted', sessionId, candidateId, ...seen });
  },
  'correct-check-in': (state, command) => {
    const { sessionId, candidateId, reason } = command;
    const { attendance, leases, ended } = candidateOf(state, command);
    if (attendance === 'expected' || attendance === 'absent') return refuse('nothing-to-do');
    if (leases.length > 0) return refuse('already-logged-in');
    if (ended !== null) return refuse('already-ended');
    if (isBlank(reason)) return refuse('needs-reason');
    return happened({ type: 'check-in-corrected', sessionId, candidateId, reason });
  },
  'start-session': (state, { sessionId }, now) => {
    const session = sessionOf(state, sessionId);
    const paper = session.paper;
    if (paper === null || paper.openedAt === null) return refuse('paper-not-opened');
    const startsAt = roomStartsAt(session);
    if (now < startsAt) return refuse('too-early', { at: startsAt });
    // Nobody who sits there may be left without a paper.
    const without = stillWriting(session).find(({ order }) => order?.paperId !== paper.paperId);
    if (without !== undefined) return refuse('paper-not-opened', { name: without.entry.name });
    return happened({ type: 'session-started', sessionId });
  },
};
