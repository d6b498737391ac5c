// How a candidate or a session ends other than by the clock, what is undone, and what follows: collection and hand-over.

import { remainingMs } from './deadlines.js';
import { happened, isBlank, refuse, signerOf, type Deciders } from './decision.js';
import { closeEntry, runsWhenReopened } from './session-end.js';
import { leads } from './permissions.js';
import { candidateOf, sessionOf } from './state-access.js';
import type { SeatId, Session, State } from './types.js';

type EndingDecisions =
  | 'end-candidate'
  | 'reopen-candidate'
  | 'end-session'
  | 'collect-session'
  | 'record-bundle'
  | 'confirm-receipt'
  | 'record-wipe';

export const endingDecisions: Deciders<EndingDecisions> = {
  'end-candidate': (state, command, now) => {
    const { by, sessionId, candidateId, reason, text } = command;
    const session = sessionOf(state, sessionId);
    const candidate = candidateOf(state, command);
    if (candidate.attendance !== 'admitted') return refuse('not-admitted');
    if (candidate.ended !== null) return refuse('already-ended');
    // REQ-E11: a proctor may end at once who disturbs others; everything else is the chief's.
    if (reason !== 'disturbing' && !leads(state, signerOf(by), sessionId)) return refuse('not-allowed');
    if (isBlank(text)) return refuse('needs-reason');
    if (reason === 'early-leave') {
      const aheadMs = remainingMs(session, candidate, now) - session.plan.policy.earlyLeaveBeforeEndMs;
      if (aheadMs > 0) return refuse('early-leave-not-yet', { at: now + aheadMs });
    }
    return happened({ type: 'candidate-ended', sessionId, candidateId, reason, text });
  },
  'reopen-candidate': (state, command, now) => {
    const { sessionId, candidateId, reason } = command;
    const session = sessionOf(state, sessionId);
    const candidate = candidateOf(state, command);
    if (candidate.ended === null) return refuse('nothing-to-do');
    if (isBlank(reason)) return refuse('needs-reason');
    const asIfOpen = { ...candidate, ended: null };
    const leftMs = remainingMs({ ...session, runs: runsWhenReopened(session) }, asIfOpen, now);
    if (candidate.ended.reason === 'time' || leftMs === 0) return refuse('after-deadline');
    return happened({ type: 'candidate-reopened', sessionId, candidateId, reason });
  },
  'end-session': (state, { sessionId, reason }, now) => {
    if (isBlank(reason)) return refuse('needs-reason');
    const ended = { sessionId, reason: 'by-staff', text: reason, endsAt: now } as const;
    return happened(...closeEntry(sessionOf(state, sessionId)), { type: 'session-ended', ...ended });
  },
  'collect-session': (state, { sessionId, withoutSeats, reason }) => {
    const lagging = laggingSeats(sessionOf(state, sessionId));
    const missing = lagging.filter((seatId) => !withoutSeats.includes(seatId));
    if (missing.length > 0) return refuse('still-unsent', { seats: labelsOf(state, missing) });
    if (lagging.length > 0 && isBlank(reason)) return refuse('needs-reason');
    return happened({ type: 'session-collected', sessionId, withoutSeats: lagging, reason });
  },
  'record-bundle': (_state, { sessionId, fileHash, chainHead }) =>
    happened({ type: 'bundle-built', sessionId, fileHash, chainHead }),
  'confirm-receipt': (state, { sessionId, receiptId, verified }, now) => {
    const session = sessionOf(state, sessionId);
    if (session.bundle === null) return refuse('wrong-phase', { phase: 'collected' });
    if (!verified) return refuse('receipt-not-verified');
    return happened(
      { type: 'session-handed-over', sessionId, receiptId },
      {
        type: 'session-wiped',
        wiped: sessionId,
        record: recordOf(session, receiptId, now),
        usedCounters: [...state.usedCounters],
      },
    );
  },
  'record-wipe': (state, { sessionId, packageHash }) => {
    const { wiped } = sessionOf(state, sessionId);
    if (wiped === null || wiped.finishedAt !== null) return happened();
    return happened({ type: 'wipe-finished', wiped: sessionId, packageHash });
  },
};

/** What stays of a session in the room once it is handed over: its course, and nobody in it. REQ-F08 [WP2] */
function recordOf(session: Session, receipt: string, now: number): Session {
  const { plan } = session;
  const papers = plan.papers.map((paper) => ({ ...paper, sections: [] }));
  return {
    ...session,
    phase: 'handed-over',
    handedOverAt: now,
    receipt,
    wiped: { at: now, finishedAt: null },
    plan: { ...plan, papers, roster: [] },
    candidates: {},
    approvals: {},
    incidents: [],
  };
}

/**
 * Seats whose PC has not said "nothing unsent": nobody leaves and no PC is switched off before (REQ-F01). A PC that was left
 * before the start can hold nothing. [CO1]
 */
export function laggingSeats(session: Session): SeatId[] {
  const lagging = new Set<SeatId>();
  for (const { leases } of Object.values(session.candidates))
    for (const { seatId, to, receivedAt } of leases) {
      const leftBeforeStart = to !== null && (session.startedAt === null || to <= session.startedAt);
      if (receivedAt === null && !leftBeforeStart) lagging.add(seatId);
    }
  return [...lagging];
}

function labelsOf(state: State, seatIds: readonly SeatId[]): string {
  return seatIds.map((seatId) => state.seats[seatId]?.label ?? seatId).join(', ');
}
