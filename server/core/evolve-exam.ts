// Events of a session, from entry to hand-over.

import { forgetRemindersAhead } from './deadlines.js';
import type { Handlers } from './evolve.js';
import type { EventType } from './events.js';
import type { evolveRoom } from './evolve-room.js';
import { candidateOf, presentLease, sessionOf } from './state-access.js';
import type { EndReason, Session } from './types.js';

type ExamEvents = Exclude<EventType, keyof typeof evolveRoom>;

const nothing = () => undefined;

export const evolveExam: Handlers<ExamEvents> = {
  'entry-opened': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    session.phase = 'open';
    session.openedAt = event.at;
    state.currentSession = event.sessionId;
  },
  'paper-dealt': (state, event) => {
    candidateOf(state, event).order = event.order;
    const session = sessionOf(state, event.sessionId);
    if (session.paper?.paperId !== event.order.paperId)
      session.paper = { paperId: event.order.paperId, openedAt: null };
  },
  'candidate-admitted': (state, event) => {
    const candidate = candidateOf(state, event);
    candidate.attendance = 'admitted';
    candidate.checkedInAt = event.happenedAt ?? event.at;
    candidate.refusedReason = null;
  },
  'candidate-refused': (state, event) => {
    const candidate = candidateOf(state, event);
    candidate.attendance = 'refused';
    candidate.checkedInAt = null;
    candidate.refusedReason = event.reason;
  },
  'check-in-corrected': (state, event) => {
    const candidate = candidateOf(state, event);
    candidate.attendance = 'expected';
    candidate.checkedInAt = null;
    candidate.refusedReason = null;
  },
  'log-in-refused': nothing,
  'candidate-logged-in': (state, event) => {
    const candidate = candidateOf(state, event);
    candidate.leases.push({
      no: event.lease,
      seatId: event.seatId,
      pcId: event.pcId,
      from: event.at,
      to: null,
      offline: [],
    });
    candidate.movingTo = null;
  },
  'identity-confirmed': (state, event) => {
    candidateOf(state, event).identityConfirmedAt = event.at;
  },
  'rules-confirmed': (state, event) => {
    candidateOf(state, event).rulesReadAt = event.at;
  },
  'paper-opened': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    session.paper = { paperId: event.paperId, openedAt: event.at };
    session.failedCodes = 0;
    session.codesLockedUntil = null;
  },
  'opening-failed': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    session.failedCodes = event.lockedUntil === null ? session.failedCodes + 1 : 0;
    session.codesLockedUntil = event.lockedUntil;
  },
  'start-delayed': (state, event) => {
    sessionOf(state, event.sessionId).startDelayMs += event.ms;
    state.usedCounters.push(event.counter);
  },
  'session-started': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    session.phase = 'running';
    session.startedAt = event.at;
    session.runs = [{ from: event.at, to: null }];
  },
  'entry-closed': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    session.cutOffRecorded = true;
    for (const candidateId of event.absent)
      candidateOf(state, { ...event, candidateId }).attendance = 'absent';
  },
  'answer-saved': (state, event) => {
    candidateOf(state, event).answers[event.itemId] = event.record;
  },
  'answer-contested': (state, event) => {
    candidateOf(state, event).contested.push({ itemId: event.itemId, record: event.record });
  },
  'hand-raised': (state, event) => {
    candidateOf(state, event).handRaisedAt = event.at;
  },
  'hand-lowered': (state, event) => {
    candidateOf(state, event).handRaisedAt = null;
  },
  'gap-reported': (state, event) => {
    candidateOf(state, event).gapsMs += event.to - event.from;
  },
  'reminder-given': (state, event) => {
    for (const candidateId of event.candidateIds)
      candidateOf(state, { ...event, candidateId }).remindersGiven.push(event.beforeEndMs);
  },
  'session-paused': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    session.phase = 'paused';
    session.pauseReason = event.cause;
    closeRun(session, event.at);
  },
  'session-resumed': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    session.phase = 'running';
    session.pauseReason = null;
    session.runs.push({ from: event.at, to: null });
  },
  'critical-moment-passed': (state, event) => {
    sessionOf(state, event.sessionId).criticalPassed = true;
  },
  'extension-requested': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    session.approvals[event.requestId] = {
      requestId: event.requestId,
      candidateId: event.candidateId,
      ms: event.ms,
      reason: event.reason,
      requestedBy: event.requestedBy,
      requestedAt: event.at,
      expiresAt: event.at + session.plan.policy.approvalExpiresMs,
      chief: event.as === 'chief' ? event.requestedBy : null,
      second: event.as === 'second' ? event.requestedBy : null,
    };
  },
  'extension-approved': (state, event) => {
    const approval = sessionOf(state, event.sessionId).approvals[event.requestId];
    if (approval === undefined) return;
    if (event.as === 'chief' && event.by !== 'org-code') approval.chief = event.by;
    else approval.second = event.by;
  },
  'time-granted': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    const { ms, requestId, at } = event;
    candidateOf(state, event).grants.push({ ms, at, requestId });
    delete session.approvals[requestId];
    if (event.counter !== null) state.usedCounters.push(event.counter);
    forgetRemindersAhead(session, event.candidateId, at);
  },
  'extension-closed': (state, event) => {
    delete sessionOf(state, event.sessionId).approvals[event.requestId];
  },
  'machine-swapped': (state, event) => {
    const candidate = candidateOf(state, event);
    const lease = presentLease(candidate);
    if (lease) lease.to = event.at;
    candidate.movingTo = event.toSeatId;
    candidate.receivedAllAt = null;
  },
  'swap-corrected': (state, event) => {
    const candidate = candidateOf(state, event);
    candidate.movingTo = null;
    const lease = candidate.leases.at(-1);
    if (lease) lease.to = null;
  },
  'candidate-left-room': (state, event) => {
    candidateOf(state, event).away = { from: event.at, accompaniedBy: event.accompaniedBy };
  },
  'candidate-returned': (state, event) => {
    candidateOf(state, event).away = null;
  },
  'candidate-submitted': (state, event) => {
    candidateOf(state, event).ended = { at: event.madeAt, reason: 'submitted' };
    candidateOf(state, event).handRaisedAt = null;
  },
  'candidate-ended': (state, event) => {
    candidateOf(state, event).ended = { at: event.at, reason: event.reason };
    candidateOf(state, event).handRaisedAt = null;
  },
  'candidate-reopened': (state, event) => {
    const candidate = candidateOf(state, event);
    candidate.ended = null;
    candidate.receivedAllAt = null;
  },
  'time-ended': (state, event) => {
    for (const candidateId of event.candidateIds)
      end(candidateOf(state, { ...event, candidateId }), event.endsAt, 'time');
  },
  'incident-recorded': (state, event) => {
    const { incidentId, category, candidateId, text, at, happenedAt, by } = event;
    sessionOf(state, event.sessionId).incidents.push({
      incidentId,
      category,
      candidateId,
      text,
      at,
      happenedAt,
      by,
    });
  },
  'message-sent': nothing,
  'session-suspended': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    session.phase = 'suspended';
    session.suspended = { from: event.from, at: event.at, chief: null, second: null, act: null };
    closeRun(session, event.at);
  },
  'suspended-approved': (state, event) => {
    const { suspended } = sessionOf(state, event.sessionId);
    if (suspended === null) return;
    // Another act than before begins anew: half an approval for closing is none for going on.
    if (suspended.act !== event.act) Object.assign(suspended, { act: event.act, chief: null, second: null });
    suspended[event.as] = event.by;
  },
  'session-continued': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    session.phase = 'running';
    closeRun(session, event.gapFrom, true);
    session.runs.push({ from: event.at, to: null });
    session.suspended = null;
  },
  'session-ended': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    for (const candidate of Object.values(session.candidates))
      if (candidate.attendance === 'admitted' && candidate.ended === null)
        end(candidate, event.endsAt, 'session-ended');
    session.phase = 'ended';
    session.endedAt = event.at;
    session.suspended = null;
    session.approvals = {};
    closeRun(session, event.endsAt);
  },
  'candidate-received': (state, event) => {
    candidateOf(state, event).receivedAllAt = event.at;
  },
  'session-collected': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    session.phase = 'collected';
    session.collectedAt = event.at;
    if (state.currentSession === event.sessionId) state.currentSession = null;
  },
  'bundle-built': (state, event) => {
    sessionOf(state, event.sessionId).bundle = { fileHash: event.fileHash, builtAt: event.at };
  },
  'session-handed-over': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    session.phase = 'handed-over';
    session.handedOverAt = event.at;
    session.receipt = event.receiptId;
  },
};

function closeRun(session: Session, at: number, movesBack = false): void {
  const run = session.runs.at(-1);
  if (run && (run.to === null || movesBack)) run.to = Math.max(run.from, at);
}

function end(
  candidate: { ended: { at: number; reason: EndReason } | null; handRaisedAt: number | null },
  at: number,
  reason: EndReason,
): void {
  candidate.ended = { at, reason };
  candidate.handRaisedAt = null;
}
