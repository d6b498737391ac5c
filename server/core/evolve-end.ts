// Events of the end: candidates and sessions end, are reopened, suspended, collected and handed over.

import type { Handlers } from './evolve-handlers.js';
import type { EventType } from './events.js';
import type { evolveDevices } from './evolve-devices.js';
import type { evolveEntry } from './evolve-entry.js';
import { lastRun, putAnswer, type evolveExam } from './evolve-exam.js';
import type { evolveRoom } from './evolve-room.js';
import type { evolveVideo } from './evolve-video.js';
import { runsWhenReopened } from './session-end.js';
import { candidateOf, isDone, must, presentLease, sessionOf } from './state-access.js';
import type { Candidate, EndReason, Lease, Session } from './types.js';

type EndEvents = Exclude<
  EventType,
  | keyof typeof evolveRoom
  | keyof typeof evolveDevices
  | keyof typeof evolveVideo
  | keyof typeof evolveEntry
  | keyof typeof evolveExam
>;

export const evolveEnd: Handlers<EndEvents> = {
  'candidate-submitted': (state, event) => end(candidateOf(state, event), event.madeAt, 'submitted'),
  'candidate-ended': (state, event) => end(candidateOf(state, event), event.at, event.reason),
  'time-ended': (state, { sessionId, candidateIds, endsAt }) => {
    for (const candidateId of candidateIds)
      end(candidateOf(state, { sessionId, candidateId }), endsAt, 'time');
  },
  'candidate-reopened': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    const candidate = candidateOf(state, event);
    const lease = presentLease(candidate);
    candidate.ended = null;
    candidate.receivedAllAt = null;
    if (lease !== null) {
      lease.receivedAt = null;
      countAgain(candidate, lease.no);
      // Somebody else has come to that PC meanwhile: this candidate needs another one.
      if (isTaken(session, candidate, lease)) lease.to = event.at;
    }
    if (session.phase === 'ended') reopen(session);
  },
  'session-suspended': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    session.phase = 'suspended';
    session.suspended = { from: event.from, at: event.at, act: null, chief: null, second: null };
    lastRun(session).to = event.at;
  },
  'suspended-approved': (state, event) => {
    const suspended = must(sessionOf(state, event.sessionId).suspended, 'suspension');
    if (suspended.act !== event.act) Object.assign(suspended, { act: event.act, chief: null, second: null });
    suspended[event.as] = event.by;
  },
  'session-continued': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    Object.assign(session, { phase: 'running', suspended: null });
    lastRun(session).to = event.gapFrom;
    session.runs.push({ from: event.at, to: null });
  },
  'session-ended': (state, event) => {
    const session = sessionOf(state, event.sessionId);
    const { endsAt, at } = event;
    for (const candidate of Object.values(session.candidates))
      if (candidate.attendance === 'admitted' && candidate.ended === null)
        end(candidate, endsAt, 'session-ended');
    const handOverUntil = at + session.plan.policy.handOverWindowMs;
    Object.assign(session, { phase: 'ended', endedAt: endsAt, handOverUntil, suspended: null });
    const run = lastRun(session);
    run.to = Math.max(run.from, Math.min(run.to ?? endsAt, endsAt));
  },
  'candidate-received': (state, event) => {
    const candidate = candidateOf(state, event);
    for (const lease of candidate.leases) if (lease.no === event.lease) lease.receivedAt = event.at;
    const all = presentLease(candidate) !== null && candidate.leases.every((one) => one.receivedAt !== null);
    candidate.receivedAllAt = all ? event.at : null;
  },
  'session-collected': (state, event) => {
    Object.assign(sessionOf(state, event.sessionId), { phase: 'collected', collectedAt: event.at });
    state.currentSession = null;
  },
  'bundle-built': (state, event) => {
    sessionOf(state, event.sessionId).bundle = { fileHash: event.fileHash, builtAt: event.at };
  },
  'session-handed-over': (state, event) => {
    const handedOver = { phase: 'handed-over', handedOverAt: event.at, receipt: event.receiptId };
    Object.assign(sessionOf(state, event.sessionId), handedOver);
  },
  'session-wiped': (state, { wiped, record, usedCounters }) => {
    // Put last, so that a replay without the session's own rows gives the same state to the letter.
    delete state.sessions[wiped];
    state.sessions[wiped] = { ...record };
    state.usedCounters = [...usedCounters];
    for (const staff of Object.values(state.staff))
      staff.standIn = staff.standIn.filter(({ sessionId }) => sessionId !== wiped);
  },
  'wipe-finished': (state, { wiped, at }) => {
    const session = sessionOf(state, wiped);
    session.wiped = { ...must(session.wiped, `wipe of ${wiped}`), finishedAt: at };
  },
  'row-wiped': () => undefined,
};

/** Writing stops; what the candidate still asked for is moot. */
function end(candidate: Candidate, at: number, reason: EndReason): void {
  candidate.ended = { at, reason };
  candidate.handRaisedAt = null;
}

/** The clock has run on as if there had been no end. [EN5] */
function reopen(session: Session): void {
  session.runs = runsWhenReopened(session);
  session.phase = session.pauseReason === null ? 'running' : 'paused';
  session.endedAt = null;
  session.handOverUntil = null;
}

function isTaken(session: Session, candidate: Candidate, { pcId }: Lease): boolean {
  return Object.values(session.candidates).some(
    (other) => other !== candidate && !isDone(other) && presentLease(other)?.pcId === pcId,
  );
}

/** What was contested for an end that was a mistake counts after all. [EN6] */
function countAgain(candidate: Candidate, leaseNo: number): void {
  const counts = ({ itemId, record, why }: Candidate['contested'][number]): boolean => {
    const before = candidate.answers[itemId];
    const outdated = before !== undefined && before.lease === record.lease && before.rev > record.rev;
    return why !== 'other-lease-newer' && record.lease === leaseNo && !outdated;
  };
  const again = candidate.contested.filter(counts);
  candidate.contested = candidate.contested.filter((one) => !again.includes(one));
  for (const { itemId, record } of again) putAnswer(candidate, itemId, record);
}
