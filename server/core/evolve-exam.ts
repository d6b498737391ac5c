// Events while the exam runs: answers, hands, pauses, time given back, changes of PC.

import { remainingMs, usedMs } from './deadlines.js';
import { isAnswered } from './answer-values.js';
import type { Handlers } from './evolve-handlers.js';
import { useCounter } from './evolve-room.js';
import { sharedRecord } from './shared-parts.js';
import { candidateOf, entryOf, must, presentLease, sessionOf } from './state-access.js';
import type { AnswerRecord, Candidate, Session } from './types.js';
import { noteMove } from './whereabouts.js';

type ExamEvents =
  | 'answer-saved'
  | 'answer-contested'
  | 'answer-restored'
  | 'audio-played'
  | 'file-received'
  | 'file-dropped'
  | 'hand-raised'
  | 'hand-lowered'
  | 'gap-reported'
  | 'reminder-given'
  | 'session-paused'
  | 'session-resumed'
  | 'critical-moment-passed'
  | 'extension-requested'
  | 'extension-approved'
  | 'time-granted'
  | 'extension-closed'
  | 'machine-swapped'
  | 'swap-corrected'
  | 'candidate-left-room'
  | 'candidate-returned'
  | 'incident-recorded'
  | 'message-sent';

export const evolveExam: Handlers<ExamEvents> = {
  'answer-saved': (state, event) => {
    const record = sharedRecord(sessionOf(state, event.sessionId), event.record);
    putAnswer(candidateOf(state, event), event.itemId, record);
  },
  'answer-contested': (state, event) => {
    const { itemId, record, why } = event;
    const candidate = candidateOf(state, event);
    // The journal keeps every version; here the newest of each lease stands.
    candidate.contested = candidate.contested.filter(
      (one) => one.itemId !== itemId || one.record.lease !== record.lease,
    );
    candidate.contested.push({ itemId, record, why });
  },
  // The save that it belongs to says what the answer is now.
  'answer-restored': () => undefined,
  'audio-played': (state, event) => {
    const candidate = candidateOf(state, event);
    candidate.plays = { ...candidate.plays, [event.itemId]: event.count };
  },
  'file-received': (state, event) => {
    const { fileHash, bytes, lease, late, at: receivedAt } = event;
    const candidate = candidateOf(state, event);
    candidate.files ??= {};
    candidate.files[fileHash] = { bytes, lease, receivedAt, late };
  },
  'file-dropped': (state, event) => {
    const files = must(candidateOf(state, event).files, 'files of a candidate');
    delete files[event.fileHash];
  },
  'hand-raised': (state, event) => {
    candidateOf(state, event).handRaisedAt = event.at;
  },
  'hand-lowered': (state, event) => {
    candidateOf(state, event).handRaisedAt = null;
  },
  'gap-reported': (state, event) => {
    const candidate = candidateOf(state, event);
    const { runs } = sessionOf(state, event.sessionId);
    candidate.gaps = united(candidate.gaps, { from: event.from, to: event.to });
    candidate.gapsMs = 0;
    for (const { from, to } of candidate.gaps) candidate.gapsMs += usedMs(runs, to) - usedMs(runs, from);
  },
  'reminder-given': (state, event) => {
    const { remindersBeforeEndMs } = sessionOf(state, event.sessionId).plan.policy;
    for (const candidateId of event.candidateIds) {
      const candidate = candidateOf(state, { sessionId: event.sessionId, candidateId });
      // A longer one that was missed would not be true any more.
      candidate.remindersGiven = remindersBeforeEndMs.filter(
        (ms) => ms >= event.beforeEndMs || candidate.remindersGiven.includes(ms),
      );
    }
  },
  'session-paused': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    Object.assign(session, { phase: 'paused', pauseReason: event.cause, criticalPassed: false });
    lastRun(session).to = event.at;
  },
  'session-resumed': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    Object.assign(session, { phase: 'running', pauseReason: null });
    session.runs.push({ from: event.at, to: null });
  },
  'critical-moment-passed': (state, event) => {
    sessionOf(state, event.sessionId).criticalPassed = true;
  },
  'extension-requested': (state, event) => {
    const { sessionId, requestId, candidateId, ms, reason, requestedBy, as, at: requestedAt } = event;
    const session = sessionOf(state, sessionId);
    session.approvals[requestId] = {
      ...{ requestId, candidateId, ms, reason, requestedBy, requestedAt },
      expiresAt: requestedAt + session.plan.policy.approvalExpiresMs,
      chief: as === 'chief' ? requestedBy : null,
      second: as === 'second' ? requestedBy : null,
      closed: null,
    };
  },
  'extension-approved': (state, event) => {
    approvalOf(sessionOf(state, event.sessionId), event.requestId)[event.as] = event.by;
  },
  'time-granted': (state, event) => {
    const { sessionId, requestId, ms, at, counter } = event;
    const session = sessionOf(state, sessionId);
    const candidate = candidateOf(state, event);
    candidate.grants.push({ ms, at, requestId });
    approvalOf(session, requestId).closed = 'granted';
    if (counter !== null) useCounter(state, sessionId, counter);
    // A reminder that lies ahead again is given again. [RM2]
    const leftMs = remainingMs(session, candidate, at);
    candidate.remindersGiven = candidate.remindersGiven.filter((beforeEndMs) => leftMs <= beforeEndMs);
  },
  'extension-closed': (state, event) => {
    approvalOf(sessionOf(state, event.sessionId), event.requestId).closed = event.why;
  },
  'machine-swapped': (state, event) => {
    const candidate = candidateOf(state, event);
    const lease = presentLease(candidate);
    if (lease !== null) lease.to = event.at;
    candidate.movingTo = event.toSeatId;
    candidate.receivedAllAt = null;
    noteMove(sessionOf(state, event.sessionId), candidate);
  },
  'swap-corrected': (state, event) => {
    const candidate = candidateOf(state, event);
    candidate.movingTo = null;
    const last = candidate.leases.at(-1);
    if (last !== undefined) Object.assign(last, { to: null, receivedAt: null });
  },
  'candidate-left-room': (state, event) => {
    candidateOf(state, event).away = { from: event.at, accompaniedBy: event.accompaniedBy };
  },
  'candidate-returned': (state, event) => {
    candidateOf(state, event).away = null;
  },
  'incident-recorded': (state, event) => {
    const { incidentId, category, candidateId, text, at, happenedAt, by } = event;
    const incident = { incidentId, category, candidateId, text, at, happenedAt, by };
    sessionOf(state, event.sessionId).incidents.push(incident);
  },
  'message-sent': () => undefined,
};

/** Puts an answer in its place and keeps the count of answered items. */
export function putAnswer(candidate: Candidate, itemId: string, record: AnswerRecord): void {
  const before = entryOf(candidate.answers, itemId);
  if (before !== undefined && isAnswered(before.value)) candidate.answered -= 1;
  if (isAnswered(record.value)) candidate.answered += 1;
  candidate.answers[itemId] = record;
}

/** The run that is going on, or was the last. */
export function lastRun(session: Session): Session['runs'][number] {
  return must(session.runs.at(-1), 'run');
}

function approvalOf(session: Session, requestId: string) {
  return must(entryOf(session.approvals, requestId), `request ${requestId}`);
}

/** Disjoint intervals in order, the new one added. */
function united(gaps: Candidate['gaps'], added: Candidate['gaps'][number]): Candidate['gaps'] {
  const apart = gaps.filter(({ from, to }) => to < added.from || from > added.to);
  const touching = gaps.filter(({ from, to }) => to >= added.from && from <= added.to);
  const from = Math.min(added.from, ...touching.map((gap) => gap.from));
  const to = Math.max(added.to, ...touching.map((gap) => gap.to));
  return [...apart, { from, to }].sort((a, b) => a.from - b.from);
}
