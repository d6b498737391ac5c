// Events from entry to the start: the door, log-ins, the paper.

import type { Handlers } from './evolve-handlers.js';
import { useCounter } from './evolve-room.js';
import { sharedOrder } from './shared-parts.js';
import { candidateOf, presentLease, sessionOf } from './state-access.js';
import { noteMove } from './whereabouts.js';

type EntryEvents =
  | 'entry-opened'
  | 'paper-dealt'
  | 'candidate-admitted'
  | 'candidate-refused'
  | 'check-in-corrected'
  | 'log-in-refused'
  | 'candidate-logged-in'
  | 'identity-confirmed'
  | 'rules-confirmed'
  | 'paper-opened'
  | 'opening-failed'
  | 'reserve-enabled'
  | 'start-delayed'
  | 'session-started'
  | 'entry-closed';

export const evolveEntry: Handlers<EntryEvents> = {
  'entry-opened': (state, event) => {
    Object.assign(sessionOf(state, event.sessionId), { phase: 'open', openedAt: event.at });
    state.currentSession = event.sessionId;
  },
  'paper-dealt': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    candidateOf(state, event).order = sharedOrder(session, event.order);
    if (session.paper?.paperId !== event.order.paperId)
      session.paper = { paperId: event.order.paperId, openedAt: null };
  },
  'candidate-admitted': (state, event) => {
    const checkedInAt = event.happenedAt ?? event.at;
    Object.assign(candidateOf(state, event), { attendance: 'admitted', checkedInAt, refusedReason: null });
  },
  'candidate-refused': (state, event) => {
    const refused = { attendance: 'refused', checkedInAt: null, refusedReason: event.reason };
    Object.assign(candidateOf(state, event), refused);
  },
  'check-in-corrected': (state, event) => {
    const attendance = sessionOf(state, event.sessionId).cutOffRecorded ? 'absent' : 'expected';
    Object.assign(candidateOf(state, event), {
      attendance,
      checkedInAt: null,
      refusedReason: null,
      movingTo: null,
    });
  },
  'log-in-refused': () => undefined,
  'candidate-logged-in': (state, event) => {
    const candidate = candidateOf(state, event);
    if (presentLease(candidate)?.no === event.lease) return;
    const { seatId, pcId, lease: no, at: from } = event;
    candidate.leases.push({ no, seatId, pcId, from, to: null, offline: [], receivedAt: null });
    candidate.movingTo = null;
    noteMove(sessionOf(state, event.sessionId), candidate);
  },
  'identity-confirmed': (state, event) => {
    candidateOf(state, event).identityConfirmedAt = event.at;
  },
  'rules-confirmed': (state, event) => {
    candidateOf(state, event).rulesReadAt = event.at;
  },
  'paper-opened': (state, event) => {
    const paper = { paperId: event.paperId, openedAt: event.at };
    Object.assign(sessionOf(state, event.sessionId), { paper, failedCodes: 0, codesLockedUntil: null });
  },
  'opening-failed': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    session.failedCodes = event.lockedUntil === null ? session.failedCodes + 1 : 0;
    session.codesLockedUntil = event.lockedUntil;
  },
  'reserve-enabled': (state, event) => {
    const { sessionId, paperId } = event;
    const session = sessionOf(state, sessionId);
    Object.assign(session, { reserve: paperId, paper: { paperId, openedAt: null } });
    // Orders of the withdrawn paper are nobody's any more.
    for (const candidate of Object.values(session.candidates)) candidate.order = null;
    useCounter(state, sessionId, event.counter);
  },
  'start-delayed': (state, event) => {
    sessionOf(state, event.sessionId).startDelayMs += event.ms;
    useCounter(state, event.sessionId, event.counter);
  },
  'session-started': (state, event) => {
    const runs = [{ from: event.at, to: null }];
    Object.assign(sessionOf(state, event.sessionId), { phase: 'running', startedAt: event.at, runs });
  },
  'entry-closed': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    session.cutOffRecorded = true;
    for (const candidateId of event.absent)
      candidateOf(state, { sessionId: event.sessionId, candidateId }).attendance = 'absent';
  },
};
