// What is recorded when time is over for candidates and for a session, whoever finds it out.

import { commonEndsAt, cutOffAt } from './deadlines.js';
import type { EventBody } from './events.js';
import type { CandidateId, Session } from './types.js';

/** When each candidate's time was over, by candidate. */
export type Ends = ReadonlyMap<CandidateId, number>;

/** One event for all who end at the same instant, earliest first. [TM4] */
export function timeEnded(session: Session, ends: Ends): Extract<EventBody, { type: 'time-ended' }>[] {
  const groups = new Map<number, CandidateId[]>();
  for (const [candidateId, endsAt] of ends) {
    const group = groups.get(endsAt);
    if (group === undefined) groups.set(endsAt, [candidateId]);
    else group.push(candidateId);
  }
  const { sessionId } = session.plan;
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([endsAt, candidateIds]) => ({ type: 'time-ended', sessionId, candidateIds, endsAt }));
}

/** When a session ended in which everybody has: with the last of them, and not before its door was closed. [EN3] */
export function sessionEndsAt(session: Session, ends: Ends): number {
  const candidates = Object.values(session.candidates);
  const endedAt = candidates.map(({ entry, ended }) => ended?.at ?? ends.get(entry.candidateId) ?? 0);
  const doorClosed = [cutOffAt(session), commonEndsAt(session)].filter((at) => at !== null);
  return Math.max(...endedAt, Math.min(...doorClosed));
}

/** The record of who never came, where it is not made yet. REQ-E03 [LC3] */
export function closeEntry(session: Session): EventBody[] {
  if (session.cutOffRecorded) return [];
  const absent = Object.values(session.candidates)
    .filter(({ attendance }) => attendance === 'expected')
    .map(({ entry }) => entry.candidateId);
  return [{ type: 'entry-closed', sessionId: session.plan.sessionId, absent }];
}

/** A reopening undoes the end: the clock has run on as if there had been none, unless it stood still. [EN5] */
export function runsWhenReopened(session: Session): Session['runs'] {
  if (session.phase !== 'ended' || session.pauseReason !== null) return session.runs;
  return session.runs.map((run, i) => (i === session.runs.length - 1 ? { ...run, to: null } : run));
}
