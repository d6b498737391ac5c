// What time alone makes happen. Lateness is decided by comparing stamps: a late tick gives the exact ends all the same.

import { commonEndsAt, stillWriting, visitDeadlines, type DeadlineKind } from './deadlines.js';
import { closeSuspended } from './decide-suspended.js';
import { happened, type Decision } from './decision.js';
import type { EventBody } from './events.js';
import { closeEntry, sessionEndsAt, timeEnded, type Ends } from './session-end.js';
import { currentSession } from './state-access.js';
import type { CandidateId, Session, State } from './types.js';

interface Dated {
  at: number;
  event: EventBody;
}

interface Reminder {
  at: number;
  beforeEndMs: number;
}

/** What is due, not yet put together. */
interface Due {
  dated: Dated[];
  ends: Map<CandidateId, number>;
  reminders: Map<CandidateId, Reminder>;
  doorCloses: boolean;
  undecided: boolean;
}

/** Everything that is due at `now`, in the order in which it was due. Nothing while the clock is in doubt. [TM4][CK4] */
export function tick(state: State, _command: unknown, now: number): Decision {
  const session = currentSession(state);
  if (session === null) return happened();
  const { sessionId } = session.plan;
  const { dated, ends, reminders, doorCloses, undecided } = dueAt(state, session, now);
  if (undecided) return happened(...inOrder(dated), ...closeSuspended(session));
  const { outage } = state;
  if (outage !== null && [...ends.values()].some((at) => at > outage.from && at <= (outage.to ?? now)))
    return happened(...inOrder(dated), { type: 'session-suspended', sessionId, from: outage.from });
  dated.push(...reminded(session, reminders, ends));
  for (const event of timeEnded(session, ends)) dated.push({ at: event.endsAt, event });
  const events = inOrder(dated);
  if (!isOver(session, ends, doorCloses, now)) return happened(...events);
  if (!doorCloses) events.push(...closeEntry(session));
  const endsAt = sessionEndsAt(session, ends);
  return happened(...events, { type: 'session-ended', sessionId, reason: 'all-ended', text: null, endsAt });
}

function dueAt(state: State, session: Session, now: number): Due {
  const { sessionId } = session.plan;
  const due: Due = { dated: [], ends: new Map(), reminders: new Map(), doorCloses: false, undecided: false };
  const note: Record<DeadlineKind, (at: number, id: string, beforeEndMs: number) => void> = {
    approval: (at, requestId) => {
      const event = { type: 'extension-closed', sessionId, requestId, why: 'expired', reason: null } as const;
      due.dated.push({ at, event });
    },
    critical: (at) => due.dated.push({ at, event: { type: 'critical-moment-passed', sessionId } }),
    'cut-off': (at) => {
      due.doorCloses = true;
      for (const event of closeEntry(session)) due.dated.push({ at, event });
    },
    decision: () => {
      due.undecided = true;
    },
    end: (at, candidateId) => due.ends.set(candidateId, at),
    // Of several missed ones only the shortest says the truth.
    reminder: (at, candidateId, beforeEndMs) => {
      const before = due.reminders.get(candidateId);
      if (before === undefined || beforeEndMs < before.beforeEndMs)
        due.reminders.set(candidateId, { at, beforeEndMs });
    },
    'all-ended': () => undefined,
  };
  visitDeadlines(state, (at, kind, id, beforeEndMs) => {
    if (at <= now) note[kind](at, id, beforeEndMs);
  });
  return due;
}

function inOrder(dated: readonly Dated[]): EventBody[] {
  return [...dated].sort((a, b) => a.at - b.at).map(({ event }) => event);
}

/** One event for all who are reminded alike; none for those whose time is over. [RM1] */
function reminded(session: Session, reminders: ReadonlyMap<CandidateId, Reminder>, ends: Ends): Dated[] {
  const { sessionId } = session.plan;
  const groups = new Map<string, Reminder & { candidateIds: CandidateId[] }>();
  for (const [candidateId, { at, beforeEndMs }] of reminders) {
    if (ends.has(candidateId)) continue;
    const key = `${at} ${beforeEndMs}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { at, beforeEndMs, candidateIds: [candidateId] });
    else group.candidateIds.push(candidateId);
  }
  return [...groups.values()].map(({ at, beforeEndMs, candidateIds }) => ({
    at,
    event: { type: 'reminder-given', sessionId, candidateIds, beforeEndMs },
  }));
}

/** Nobody writes any more and nobody can come in: the door is closed, or the common end has passed. [EN3] */
function isOver(session: Session, ends: Ends, doorCloses: boolean, now: number): boolean {
  if (session.phase !== 'running' && session.phase !== 'paused') return false;
  if (stillWriting(session).some(({ entry }) => !ends.has(entry.candidateId))) return false;
  const commonEnd = commonEndsAt(session);
  return session.cutOffRecorded || doorCloses || (commonEnd !== null && commonEnd <= now);
}
