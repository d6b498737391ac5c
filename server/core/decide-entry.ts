// From entry to the start: check-in (REQ-D03, E03), log-in (REQ-D04), dealing, opening the paper (rule 10).

import { cutOffAt, entryOpensAt } from './deadlines.js';
import { happened, refuse, type Deciders, type Decision } from './decision.js';
import { examineOrgCode } from './org-code.js';
import type { RefusalCode } from './refusals.js';
import { candidateAt, presentLease, sessionOf as at } from './state-access.js';
import type { Candidate, SeatId, Session, State } from './types.js';

type EntryDecisions =
  | 'open-entry'
  | 'check-in'
  | 'correct-check-in'
  | 'log-in'
  | 'confirm-identity'
  | 'confirm-rules'
  | 'deal-paper'
  | 'open-paper'
  | 'delay-start';

const PASSWORD_DIGITS = 6;

export const entryDecisions: Deciders<EntryDecisions> = {
  'open-entry': (state, { sessionId }, now) => {
    const session = at(state, sessionId);
    if (state.currentSession !== null) return refuse('room-busy', { session: state.currentSession });
    const opensAt = entryOpensAt(session);
    if (now < opensAt) return refuse('entry-not-open-yet', { at: opensAt });
    return happened({ type: 'entry-opened', sessionId });
  },
  'check-in': (state, command, now) => {
    const { sessionId, candidateId, outcome, documentSeen, ticketSeen, reason, happenedAt } = command;
    const session = at(state, sessionId);
    const candidate = session.candidates[candidateId];
    if (candidate === undefined) return refuse('unknown-candidate');
    if (candidate.attendance === 'admitted') return refuse('already-checked-in');
    const closesAt = cutOffAt(session);
    if (closesAt !== null && now >= closesAt) return refuse('late-cut-off', { at: closesAt });
    if (outcome === 'refused') {
      if (reason === null || reason.trim() === '') return refuse('needs-reason');
      return happened({ type: 'candidate-refused', sessionId, candidateId, reason, happenedAt });
    }
    if (!documentSeen || !ticketSeen) return refuse('needs-document-and-ticket');
    return happened({
      type: 'candidate-admitted',
      sessionId,
      candidateId,
      documentSeen,
      ticketSeen,
      happenedAt,
    });
  },
  'correct-check-in': (state, { sessionId, candidateId, reason }) => {
    const candidate = at(state, sessionId).candidates[candidateId];
    if (candidate === undefined) return refuse('unknown-candidate');
    if (candidate.attendance !== 'admitted' && candidate.attendance !== 'refused')
      return refuse('nothing-to-do');
    if (candidate.leases.length > 0) return refuse('already-logged-in');
    return happened({ type: 'check-in-corrected', sessionId, candidateId, reason });
  },
  'log-in': (state, { by, sessionId, ticketNo, password }) => {
    if (by.kind !== 'seat') return refuse('not-allowed');
    const { seatId, pcId } = by;
    const session = at(state, sessionId);
    const candidate =
      Object.values(session.candidates).find(({ entry }) => entry.ticketNo === ticketNo) ?? null;
    const code = objectionToLogIn(state, session, candidate, { seatId, pcId, password });
    if (code !== null || candidate === null) {
      const why = code ?? 'unknown-candidate';
      const candidateId = candidate?.entry.candidateId ?? null;
      const seat =
        candidate === null ? undefined : state.seats[candidate.movingTo ?? candidate.entry.seatId]?.label;
      return refuse(why, seat === undefined ? undefined : { seat }, {
        type: 'log-in-refused',
        sessionId,
        seatId,
        candidateId,
        code: why,
      });
    }
    const lease = presentLease(candidate);
    if (lease?.pcId === pcId && lease.seatId === seatId) return happened();
    const { candidateId } = candidate.entry;
    return happened({
      type: 'candidate-logged-in',
      sessionId,
      candidateId,
      seatId,
      pcId,
      lease: candidate.leases.length + 1,
    });
  },
  'confirm-identity': (state, { by, candidateId, lease }) =>
    confirm(state, by, candidateId, lease, (session, candidate) =>
      candidate.identityConfirmedAt === null
        ? happened({ type: 'identity-confirmed', sessionId: session.plan.sessionId, candidateId })
        : happened(),
    ),
  'confirm-rules': (state, { by, candidateId, lease }) =>
    confirm(state, by, candidateId, lease, (session, candidate) => {
      if (candidate.identityConfirmedAt === null) return refuse('not-logged-in');
      return candidate.rulesReadAt === null
        ? happened({ type: 'rules-confirmed', sessionId: session.plan.sessionId, candidateId })
        : happened();
    }),
  'deal-paper': (state, { sessionId, paperId, orders }) => {
    const session = at(state, sessionId);
    if (!session.plan.papers.some((paper) => paper.paperId === paperId)) return refuse('paper-not-opened');
    const events = Object.entries(orders)
      .filter(([candidateId]) => session.candidates[candidateId]?.order === null)
      .map(([candidateId, order]) => ({ type: 'paper-dealt', sessionId, candidateId, order }) as const);
    return happened(...events);
  },
  'open-paper': (state, { sessionId, paperId, opened, codeId }, now) => {
    const session = at(state, sessionId);
    const { policy } = session.plan;
    const paper = session.plan.papers.find((one) => one.paperId === paperId);
    // The reserve paper opens only through the org's own act for force majeure (REQ-C02).
    if (paper === undefined || paper.use !== 'main') return refuse('paper-not-opened');
    if (session.paper?.paperId === paperId && session.paper.openedAt !== null) return refuse('nothing-to-do');
    if (session.codesLockedUntil !== null && now < session.codesLockedUntil)
      return refuse('codes-locked', { until: session.codesLockedUntil });
    if (opened) return happened({ type: 'paper-opened', sessionId, paperId, codeId });
    const tries = session.failedCodes + 1;
    const lockedUntil = tries >= policy.codeTries ? now + policy.codeLockMs : null;
    const left = Math.max(0, policy.codeTries - tries);
    return refuse('wrong-start-code', { left }, { type: 'opening-failed', sessionId, paperId, lockedUntil });
  },
  'delay-start': (state, { sessionId, ms, reason, authorisation }, now) => {
    const session = at(state, sessionId);
    if (!Number.isInteger(ms) || ms <= 0) return refuse('bad-amount');
    const code = examineOrgCode(state, session, authorisation, 'delay-start', now);
    if (code.decision !== null) return code.decision;
    return happened({ type: 'start-delayed', sessionId, ms, reason, counter: code.counter });
  },
};

/** Why this candidate may not log in here, or null. REQ-D04, rule 15 */
function objectionToLogIn(
  state: State,
  session: Session,
  candidate: Candidate | null,
  { seatId, pcId, password }: { seatId: SeatId; pcId: string; password: string },
): RefusalCode | null {
  if (state.seats[seatId]?.pcId !== pcId) return 'seat-not-paired';
  if (candidate === null) return 'unknown-candidate';
  if (password !== candidate.entry.ticketNo.slice(-PASSWORD_DIGITS)) return 'wrong-password';
  if (candidate.attendance === 'refused') return 'not-admitted';
  if (candidate.attendance !== 'admitted') return 'not-checked-in';
  if (candidate.ended !== null) return 'already-ended';
  const lease = presentLease(candidate);
  if (lease !== null) return lease.seatId === seatId && lease.pcId === pcId ? null : 'already-logged-in';
  if (candidate.movingTo !== null && candidate.movingTo !== seatId) return 'wrong-seat';
  const bound = candidate.movingTo === null && session.plan.policy.seatBinding === 'assigned';
  if (bound && candidate.entry.seatId !== seatId) return 'wrong-seat';
  return candidateAt(state, seatId) === null ? null : 'seat-taken';
}

function confirm(
  state: State,
  by: { kind: string; pcId?: string },
  candidateId: string,
  leaseNo: number,
  then: (session: Session, candidate: Candidate) => Decision,
): Decision {
  const session = state.currentSession === null ? undefined : state.sessions[state.currentSession];
  const candidate = session?.candidates[candidateId];
  if (session === undefined || candidate === undefined) return refuse('unknown-candidate');
  const lease = presentLease(candidate);
  if (lease === null || lease.no !== leaseNo || lease.pcId !== by.pcId) return refuse('foreign-lease');
  return then(session, candidate);
}
