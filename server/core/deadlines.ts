// Time as arithmetic on intervals. Nothing here reads a clock; every instant is compared with the `now` that came in.
// Intervals are half open: at the end instant it is late. [TM1]

import type { Candidate, Interval, Lease, Session, State } from './types.js';

const MINUTE_MS = 60_000;

/** What a candidate may use in all: the subject's minutes and what was given back. [TM2] */
export function allowanceMs(session: Session, candidate: Candidate): number {
  return session.plan.subject.minutes * MINUTE_MS + candidate.grants.reduce((sum, { ms }) => sum + ms, 0);
}

/** How long the session has run until `now`. [TM2] */
export function ranMs(runs: readonly Interval[], now: number): number {
  return runs.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to ?? now, now) - from), 0);
}

/**
 * The exact instant at which an allowance is used up, or null while the session does not run and it is not used up.
 * An end that lies in the past stays where it was. [TM3]
 */
export function endOfAllowance(runs: readonly Interval[], allowance: number): number | null {
  let leftMs = allowance;
  for (const { from, to } of runs) {
    if (to === null || to - from >= leftMs) return from + leftMs;
    leftMs -= to - from;
  }
  return null;
}

/** When this candidate's own time is over; null before the start and while the session does not run. [TM3] */
export function candidateEndsAt(session: Session, candidate: Candidate): number | null {
  return endOfAllowance(session.runs, allowanceMs(session, candidate));
}

/** The common end of all who were given nothing. */
export function commonEndsAt(session: Session): number | null {
  return endOfAllowance(session.runs, session.plan.subject.minutes * MINUTE_MS);
}

/** What is left to a candidate, never below zero. [TM2] */
export function remainingMs(session: Session, candidate: Candidate, now: number): number {
  return Math.max(0, allowanceMs(session, candidate) - ranMs(session.runs, now));
}

/** REQ-E03: check-in closes here; null before the start. [LC1] */
export function cutOffAt(session: Session): number | null {
  return session.startedAt === null ? null : session.startedAt + session.plan.policy.lateCutOffMs;
}

/** REQ-E01: the room's own start after an agreed delay. [SE2] */
export function roomStartsAt(session: Session): number {
  return session.plan.startsAt + session.startDelayMs;
}

/** REQ-D03: entry opens here. [SE1] */
export function entryOpensAt(session: Session): number {
  return roomStartsAt(session) - session.plan.policy.entryOpensBeforeMs;
}

/** Rule 9: until when saves made before the end are taken; null before the end. [SV6] */
export function handOverUntil(session: Session): number | null {
  return session.endedAt === null ? null : session.endedAt + session.plan.policy.handOverWindowMs;
}

/**
 * When writing stopped for this lease: another PC took over, the candidate ended, the own time was over, the session was
 * paused, suspended or ended. Null while it goes on. [SV4]
 */
export function writingStoppedAt(
  session: Session,
  candidate: Candidate,
  lease: Lease,
  now: number,
): number | null {
  const lastRun = session.runs.at(-1);
  const stops = [
    lease.to,
    candidate.ended?.at ?? null,
    candidateEndsAt(session, candidate),
    lastRun?.to ?? null,
  ];
  const passed = stops.filter((at): at is number => at !== null && at <= now);
  return passed.length === 0 ? null : Math.min(...passed);
}

/** Candidates whose writing the clock can still end. */
export function stillWriting(session: Session): Candidate[] {
  return Object.values(session.candidates).filter(
    ({ attendance, ended }) => attendance === 'admitted' && ended === null,
  );
}

/** The reminder that is due for a candidate, or null. Of several missed ones only the shortest is given. [RM1] */
export function dueReminder(session: Session, candidate: Candidate, now: number): number | null {
  const endsAt = candidateEndsAt(session, candidate);
  if (endsAt === null || now >= endsAt) return null;
  const due = session.plan.policy.remindersBeforeEndMs.filter(
    (beforeEndMs) =>
      endsAt - beforeEndMs <= now &&
      beforeEndMs < allowanceMs(session, candidate) &&
      !candidate.remindersGiven.some((given) => given <= beforeEndMs),
  );
  return due.length === 0 ? null : Math.min(...due);
}

/** After time was given, a reminder that lies ahead again is due again. [RM2] */
export function forgetRemindersAhead(session: Session, candidateId: string, at: number): void {
  const candidate = session.candidates[candidateId];
  if (candidate === undefined) return;
  const endsAt = candidateEndsAt(session, candidate);
  if (endsAt !== null)
    candidate.remindersGiven = candidate.remindersGiven.filter((beforeEndMs) => endsAt - beforeEndMs <= at);
}

/** REQ-E10: when a loss of mains becomes critical for the session; null while mains are there or it was noted. [PA4] */
export function criticalMomentAt(state: State, session: Session): number | null {
  if (state.mains.present || state.mains.changedAt === null || session.criticalPassed) return null;
  return state.mains.changedAt + session.plan.policy.criticalMomentMs;
}

/** Earliest instant at which a tick makes something happen, or null. [TM5] */
export function nextDeadline(state: State): number | null {
  if (!state.clock.trusted || state.currentSession === null) return null;
  const session = state.sessions[state.currentSession];
  if (session === undefined) return null;
  let next = Infinity;
  const consider = (at: number | null) => {
    if (at !== null && at < next) next = at;
  };
  for (const approval of Object.values(session.approvals)) consider(approval.expiresAt);
  consider(criticalMomentAt(state, session));
  if (session.suspended !== null && session.phase === 'suspended')
    consider(session.suspended.at + session.plan.policy.suspendedDecisionMs);
  if (!session.cutOffRecorded) consider(cutOffAt(session));
  if (session.phase === 'running') {
    for (const candidate of stillWriting(session)) {
      const endsAt = candidateEndsAt(session, candidate);
      consider(endsAt);
      if (endsAt === null) continue;
      for (const beforeEndMs of session.plan.policy.remindersBeforeEndMs)
        if (
          beforeEndMs < allowanceMs(session, candidate) &&
          !candidate.remindersGiven.some((given) => given <= beforeEndMs)
        )
          consider(endsAt - beforeEndMs);
    }
    const commonEnd = commonEndsAt(session);
    if (stillWriting(session).length === 0) consider(session.cutOffRecorded ? commonEnd : null);
  }
  return next === Infinity ? null : next;
}

/** Events after which no deadline can have moved, so that the room need not look again after each save. */
const TIMELESS = new Set([
  'answer-saved',
  'answer-contested',
  'clock-sampled',
  'hand-raised',
  'hand-lowered',
  'gap-reported',
  'seat-connected',
  'seat-disconnected',
  'identity-confirmed',
  'rules-confirmed',
  'machine-checked',
  'candidate-received',
  'message-sent',
  'incident-recorded',
  'staff-signed-in',
  'command-refused',
  'log-in-refused',
  'candidate-logged-in',
]);

/** False for events that move no deadline. */
export function changesDeadlines(eventType: string): boolean {
  return !TIMELESS.has(eventType);
}
