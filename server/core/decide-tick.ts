// What time alone makes happen. Lateness is decided by comparing stamps: a late tick gives the exact ends all the same.

import {
  candidateEndsAt,
  commonEndsAt,
  criticalMomentAt,
  cutOffAt,
  dueReminder,
  stillWriting,
} from './deadlines.js';
import { suspensionEnd } from './decide-ending.js';
import { happened, type Decision } from './decision.js';
import type { EventBody } from './events.js';
import type { CandidateId, Session, State } from './types.js';

/** Everything that is due at `now`. Nothing while the clock is in doubt. [TM4][CK2] */
export function tick(state: State, _command: unknown, now: number): Decision {
  const session = state.currentSession === null ? undefined : state.sessions[state.currentSession];
  if (session === undefined || !state.clock.trusted) return happened();
  const { sessionId, policy } = session.plan;
  const events: EventBody[] = [];
  for (const { requestId, expiresAt } of Object.values(session.approvals))
    if (now >= expiresAt)
      events.push({ type: 'extension-closed', sessionId, requestId, why: 'expired', reason: null });
  const criticalAt = criticalMomentAt(state, session);
  if (criticalAt !== null && now >= criticalAt) events.push({ type: 'critical-moment-passed', sessionId });
  const closesAt = cutOffAt(session);
  const cutOffDue = !session.cutOffRecorded && closesAt !== null && now >= closesAt;
  if (cutOffDue) events.push({ type: 'entry-closed', sessionId, absent: absentees(session) });
  if (session.suspended !== null && now >= session.suspended.at + policy.suspendedDecisionMs)
    events.push({
      type: 'session-ended',
      sessionId,
      reason: 'suspension-closed',
      text: null,
      endsAt: suspensionEnd(session, session.suspended.at),
    });
  if (session.phase === 'running') events.push(...runningEvents(state, session, now, cutOffDue));
  return happened(...events);
}

function runningEvents(state: State, session: Session, now: number, cutOffDue: boolean): EventBody[] {
  const { sessionId } = session.plan;
  const { outage } = state;
  const ends = new Map<number, CandidateId[]>();
  const reminders = new Map<number, CandidateId[]>();
  let endedInOutage = false;
  for (const candidate of stillWriting(session)) {
    const endsAt = candidateEndsAt(session, candidate);
    const { candidateId } = candidate.entry;
    if (endsAt !== null && endsAt <= now) {
      push(ends, endsAt, candidateId);
      if (outage !== null && endsAt > outage.from && endsAt <= (outage.to ?? now)) endedInOutage = true;
      continue;
    }
    const reminder = dueReminder(session, candidate, now);
    if (reminder !== null) push(reminders, reminder, candidateId);
  }
  if (endedInOutage && outage !== null) return [{ type: 'session-suspended', sessionId, from: outage.from }];
  const events: EventBody[] = [];
  for (const [beforeEndMs, candidateIds] of reminders)
    events.push({ type: 'reminder-given', sessionId, candidateIds, beforeEndMs });
  for (const [endsAt, candidateIds] of [...ends].sort(([a], [b]) => a - b))
    events.push({ type: 'time-ended', sessionId, candidateIds, endsAt });
  return [...events, ...endIfAllEnded(session, now, [...ends.values()].flat(), cutOffDue)];
}

/**
 * The end of the session when nobody writes any more and nobody can enter. [EN3]
 * @param endedNow candidates whose end is being decided together with this
 */
export function endIfAllEnded(
  session: Session,
  now: number,
  endedNow: readonly CandidateId[],
  cutOffDue = false,
): EventBody[] {
  const ending = new Set(endedNow);
  if (stillWriting(session).some(({ entry }) => !ending.has(entry.candidateId))) return [];
  const commonEnd = commonEndsAt(session);
  const over = commonEnd !== null && now >= commonEnd;
  if (!over && !session.cutOffRecorded && !cutOffDue) return [];
  const ends = Object.values(session.candidates)
    .filter(({ attendance }) => attendance === 'admitted')
    .map((candidate) => candidate.ended?.at ?? Math.min(candidateEndsAt(session, candidate) ?? now, now));
  const endsAt = ends.length === 0 ? Math.min(commonEnd ?? now, now) : Math.max(...ends);
  const { sessionId } = session.plan;
  return [{ type: 'session-ended', sessionId, reason: 'all-ended', text: null, endsAt }];
}

/** REQ-E03: expected and never checked in. */
function absentees(session: Session): CandidateId[] {
  return Object.values(session.candidates)
    .filter(({ attendance }) => attendance === 'expected')
    .map(({ entry }) => entry.candidateId);
}

function push(groups: Map<number, CandidateId[]>, key: number, candidateId: CandidateId): void {
  const group = groups.get(key);
  if (group) group.push(candidateId);
  else groups.set(key, [candidateId]);
}
