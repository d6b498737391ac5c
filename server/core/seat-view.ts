// What a candidate's PC shows: the page of its seat and whom it is for. No answer and no key.

import { candidateEndsAt, remainingMs } from './deadlines.js';
import { currentSession, entryOf } from './state-access.js';
import type { Candidate, Lease, SeatId, Session, SessionPhase, State } from './types.js';
import { candidatesAtPc, candidatesAtSeat } from './whereabouts.js';

export type SeatStageView =
  | 'waiting'
  | 'log-in'
  | 'confirm'
  | 'rules'
  | 'ready'
  | 'answering'
  | 'paused'
  | 'suspended'
  | 'ended'
  | 'received'
  | 'moved';

export interface SeatFacts {
  stage: SeatStageView;
  sessionId: string | null;
  candidate: {
    candidateId: string;
    lease: number;
    name: string;
    ticketNo: string;
    /** Hash of the photo. */
    photo: string | null;
    /** Exact end of this candidate's time while it runs. */
    endsAt: number | null;
    remainingMs: number;
    handRaised: boolean;
    endReason: string | null;
  } | null;
}

const LOG_IN: readonly SessionPhase[] = ['open', 'running', 'paused', 'suspended'];

/** Which page a paired seat shows now, and for whom. [VW1] */
export function seatFacts(state: State, seatId: SeatId, now: number): SeatFacts {
  const session = shownSession(state);
  const held = session === null ? null : leaseAt(session, entryOf(state.seats, seatId)?.pcId ?? null, seatId);
  if (session === null || held === null || hasTurnedRound(session, held.lease)) {
    if (session !== null && LOG_IN.includes(session.phase))
      return { stage: 'log-in', sessionId: session.plan.sessionId, candidate: null };
    // A waiting PC fetches the sealed paper of what comes next (rule 12).
    return { stage: 'waiting', sessionId: nextSession(state)?.plan.sessionId ?? null, candidate: null };
  }
  const { sessionId } = session.plan;
  const { candidate, lease } = held;
  const { candidateId, name, ticketNo, photo } = candidate.entry;
  const stage = stageOf(session, candidate, lease, now);
  const counts = session.phase === 'running' && candidate.ended === null && lease.to === null;
  return {
    stage,
    sessionId,
    candidate: {
      ...{ candidateId, lease: lease.no, name, ticketNo, photo },
      endsAt: counts ? candidateEndsAt(session, candidate) : null,
      remainingMs: remainingMs(session, candidate, now),
      handRaised: candidate.handRaisedAt !== null,
      endReason: candidate.ended?.reason ?? null,
    },
  };
}

function stageOf(session: Session, candidate: Candidate, lease: Lease, now: number): SeatStageView {
  if (lease.to !== null) return 'moved';
  if (lease.receivedAt !== null) return 'received';
  if (candidate.ended !== null || session.endedAt !== null) return 'ended';
  // Who comes late confirms first, and loses that time (REQ-E04).
  if (candidate.identityConfirmedAt === null) return 'confirm';
  if (candidate.rulesReadAt === null) return 'rules';
  if (session.phase === 'paused' || session.phase === 'suspended') return session.phase;
  if (session.phase === 'open') return 'ready';
  const endsAt = candidateEndsAt(session, candidate);
  return endsAt !== null && endsAt <= now ? 'ended' : 'answering';
}

/** Collected, and nothing of it is left on this PC: it is free for the next session. */
function hasTurnedRound(session: Session, lease: Lease): boolean {
  return session.collectedAt !== null && lease.receivedAt !== null;
}

/** The first session that nobody was let into yet. */
function nextSession(state: State): Session | null {
  let next: Session | null = null;
  for (const session of Object.values(state.sessions))
    if (session.phase === 'installed' || session.phase === 'sealed')
      if (next === null || session.plan.startsAt < next.plan.startsAt) next = session;
  return next;
}

/** The session that PCs show: the one that holds the room, else the one that was collected last. */
function shownSession(state: State): Session | null {
  let last = currentSession(state);
  if (last !== null) return last;
  for (const session of Object.values(state.sessions))
    if ((session.collectedAt ?? -1) > (last?.collectedAt ?? -1)) last = session;
  return last;
}

/**
 * The present lease of this PC, else the newest one that another PC took over while something of it may be here and nobody
 * else is on the way.
 */
function leaseAt(
  session: Session,
  pcId: string | null,
  seatId: SeatId,
): { candidate: Candidate; lease: Lease } | null {
  let moved: { candidate: Candidate; lease: Lease } | null = null;
  for (const candidate of pcId === null ? [] : candidatesAtPc(session, pcId))
    for (const lease of candidate.leases) {
      if (lease.pcId !== pcId) continue;
      if (lease.to === null) return { candidate, lease };
      if (lease.receivedAt === null && lease.from >= (moved?.lease.from ?? 0)) moved = { candidate, lease };
    }
  const isAwaited = candidatesAtSeat(session, seatId).some(({ movingTo }) => movingTo === seatId);
  return isAwaited ? null : moved;
}
