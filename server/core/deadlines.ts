// Time as arithmetic on intervals (rule 5). Nothing here reads a clock; every instant is compared with the `now` that came in.
// Intervals are half open: at the end instant it is late. [TM1]

import { MACHINE_EVENTS } from './machine-events.js';
import { currentSession } from './state-access.js';
import type { Candidate, Interval, Lease, Session, State } from './types.js';
import type { EventType } from './events.js';

const MINUTE_MS = 60_000;

/** The subject's own time, milliseconds. */
export function subjectMs(session: Session): number {
  return Math.round(session.plan.subject.minutes * MINUTE_MS);
}

/** What was given back to a candidate, milliseconds. */
export function grantedMs(candidate: Candidate): number {
  let ms = 0;
  for (const grant of candidate.grants) ms += grant.ms;
  return ms;
}

/** What a candidate may use in all: the subject's minutes and what was given back. [TM2] */
export function allowanceMs(session: Session, candidate: Candidate): number {
  return subjectMs(session) + grantedMs(candidate);
}

/** How long the session has run until `now`. [TM2] */
export function usedMs(runs: readonly Interval[], now: number): number {
  let ms = 0;
  for (const { from, to } of runs) ms += Math.max(0, Math.min(to ?? now, now) - from);
  return ms;
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
  return endOfAllowance(session.runs, subjectMs(session));
}

/** What is left to a candidate, never below zero; it stands still once the candidate has ended. [TM2] */
export function remainingMs(session: Session, candidate: Candidate, now: number): number {
  const at = candidate.ended?.at ?? now;
  return Math.max(0, allowanceMs(session, candidate) - usedMs(session.runs, at));
}

/** REQ-E03: check-in closes here, pause or not; null before the start. [LC1] */
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

/** Rule 9: until when what was written before the end is taken without a doubt; null before the end. [SV6] */
export function handOverUntil(session: Session): number | null {
  return session.handOverUntil;
}

/**
 * When writing stopped under this lease: another PC took over, the candidate ended, the own time was over, or the session
 * stands still. Null while it goes on. [SV3]
 */
export function writingStoppedAt(
  session: Session,
  candidate: Candidate,
  lease: Lease,
  now: number,
): number | null {
  const stops = [
    lease.to,
    candidate.ended?.at ?? null,
    candidateEndsAt(session, candidate),
    session.runs.at(-1)?.to ?? null,
  ];
  let first: number | null = null;
  for (const at of stops) if (at !== null && at <= now && (first === null || at < first)) first = at;
  return first;
}

/** Admitted and not ended: their time is still running, logged in or not. */
export function stillWriting(session: Session): Candidate[] {
  return Object.values(session.candidates).filter(isWriting);
}

function isWriting({ attendance, ended }: Candidate): boolean {
  return attendance === 'admitted' && ended === null;
}

/** Whether this reminder can still be given: not yet, and shorter than all the time there is. [RM1] */
export function isReminderAhead(candidate: Candidate, allowance: number, beforeEndMs: number): boolean {
  return beforeEndMs < allowance && !candidate.remindersGiven.includes(beforeEndMs);
}

/** REQ-E10: when a pause for want of power becomes critical; null in any other pause and once it was noted. [PA3] */
export function criticalMomentAt(state: State, session: Session): number | null {
  if (session.pauseReason !== 'power' || session.criticalPassed) return null;
  // The pause closed the run that is the last one now; a loss has its instant.
  const pausedAt = session.runs.at(-1) as { to: number };
  const lostAt = state.mains.present ? pausedAt.to : (state.mains.changedAt as number);
  return lostAt + session.plan.policy.criticalMomentMs;
}

/** Rule 7: when a suspended session closes without a decision; null while it is not suspended. [SU4] */
export function decisionEndsAt(session: Session): number | null {
  const { suspended } = session;
  return suspended === null ? null : suspended.at + session.plan.policy.suspendedDecisionMs;
}

export type DeadlineKind =
  'approval' | 'cut-off' | 'critical' | 'decision' | 'reminder' | 'end' | 'all-ended';

/** @param id the request or candidate concerned, else ''; @param beforeEndMs of a reminder, else 0 */
export type DeadlineVisitor = (at: number, kind: DeadlineKind, id: string, beforeEndMs: number) => void;

/** Shows every deadline of the session that holds the room, in no order; none while the clock is in doubt. [TM5][CK4] */
export function visitDeadlines(state: State, visit: DeadlineVisitor): void {
  const session = currentSession(state);
  if (session === null || !state.clock.trusted) return;
  for (const { requestId, expiresAt, closed } of Object.values(session.approvals))
    if (closed === null) visit(expiresAt, 'approval', requestId, 0);
  const decisionAt = decisionEndsAt(session);
  if (decisionAt !== null) visit(decisionAt, 'decision', '', 0);
  if (session.phase === 'paused') {
    const criticalAt = criticalMomentAt(state, session);
    if (criticalAt !== null) visit(criticalAt, 'critical', '', 0);
  }
  if (session.phase !== 'running' && session.phase !== 'paused') return;
  const closesAt = cutOffAt(session);
  if (!session.cutOffRecorded && closesAt !== null) visit(closesAt, 'cut-off', '', 0);
  visitEnds(session, visit);
}

function visitEnds(session: Session, visit: DeadlineVisitor): void {
  const { remindersBeforeEndMs } = session.plan.policy;
  let writing = 0;
  let lastEndedAt = 0;
  for (const id in session.candidates) {
    const candidate = session.candidates[id] as Candidate;
    if (candidate.ended !== null) lastEndedAt = Math.max(lastEndedAt, candidate.ended.at);
    if (!isWriting(candidate)) continue;
    writing += 1;
    const allowance = allowanceMs(session, candidate);
    const endsAt = session.phase === 'running' ? endOfAllowance(session.runs, allowance) : null;
    if (endsAt === null) continue;
    visit(endsAt, 'end', id, 0);
    for (const ms of remindersBeforeEndMs)
      if (isReminderAhead(candidate, allowance, ms)) visit(endsAt - ms, 'reminder', id, ms);
  }
  if (writing > 0) return;
  const over = session.cutOffRecorded ? lastEndedAt : commonEndsAt(session);
  if (over !== null) visit(over, 'all-ended', '', 0);
}

/** Earliest instant at which a tick makes something happen, which may have passed; null for none. [TM5] */
export function nextDeadline(state: State): number | null {
  let next: number | null = null;
  visitDeadlines(state, (at) => {
    if (next === null || at < next) next = at;
  });
  return next;
}

/** Events after which no deadline can have moved, so that the room need not look again after each save. */
const TIMELESS: ReadonlySet<EventType> = new Set<EventType>([
  'answer-saved',
  'answer-contested',
  'answer-restored',
  'audio-played',
  'file-received',
  'file-dropped',
  'clock-sampled',
  'wall-clock-stepped',
  'hand-raised',
  'hand-lowered',
  'gap-reported',
  'seat-connected',
  'seat-disconnected',
  'seat-paired',
  'seat-unpaired',
  'identity-confirmed',
  'rules-confirmed',
  'machine-checked',
  'internet-checked',
  ...MACHINE_EVENTS,
  'simulated-refused',
  'paper-dealt',
  'candidate-received',
  'message-sent',
  'incident-recorded',
  'staff-signed-in',
  'sign-in-refused',
  'command-refused',
  'code-refused',
  'log-in-refused',
  'candidate-logged-in',
]);

/** False for events that move no deadline. [TM6] */
export function changesDeadlines(eventType: EventType): boolean {
  return !TIMELESS.has(eventType);
}
