// What staff see of the session, and what waits for a person. No answer has a place here (REQ-E15).

import { daySteps, type DayStepView } from './day-steps.js';
import {
  candidateEndsAt,
  commonEndsAt,
  criticalMomentAt,
  cutOffAt,
  decisionEndsAt,
  handOverUntil,
  roomStartsAt,
} from './deadlines.js';
import { laggingSeats } from './decide-ending.js';
import { paperInForce } from './decide-paper.js';
import type { SeatRowView } from './seat-map.js';
import { presentLease } from './state-access.js';
import type { Alarm, Candidate, SeatId, Session, SessionPhase, State } from './types.js';

export interface SessionViewOfStaff {
  sessionId: string;
  certificate: string;
  level: string;
  subject: string;
  mode: 'theory' | 'practical';
  practice: boolean;
  phase: SessionPhase;
  startsAt: number;
  startedAt: number | null;
  minutes: number;
  endsAt: number | null;
  lastEndsAt: number | null;
  handOverUntil: number | null;
  cutOffAt: number | null;
  earlyLeaveFrom: number | null;
  pauseReason: 'power' | 'chief' | null;
  seal: Session['seal'];
  sealNeedsReport: boolean;
  paperOpened: boolean;
  papers: { paperId: string; use: 'main' | 'reserve' }[];
  /** The one that candidates get as things stand. */
  paperInForce: string | null;
  codesLockedUntil: number | null;
  lagging: SeatId[];
  bundle: Session['bundle'];
  handedOver: boolean;
  steps: DayStepView[];
  counts: {
    expected: number;
    admitted: number;
    absent: number;
    refused: number;
    answering: number;
    handedIn: number;
  };
}

/** The session as staff see it. [VW3] */
export function sessionView(session: Session): SessionViewOfStaff {
  const { plan } = session;
  const endsAt = session.endedAt ?? commonEndsAt(session);
  const { lastEndsAt, counts } = summed(session, endsAt);
  return {
    sessionId: plan.sessionId,
    certificate: plan.certificate,
    level: plan.level,
    subject: plan.subject.name,
    mode: plan.subject.mode,
    practice: plan.practice,
    phase: session.phase,
    startsAt: roomStartsAt(session),
    startedAt: session.startedAt,
    minutes: plan.subject.minutes,
    endsAt,
    lastEndsAt,
    handOverUntil: handOverUntil(session),
    cutOffAt: cutOffAt(session),
    earlyLeaveFrom: endsAt === null ? null : endsAt - plan.policy.earlyLeaveBeforeEndMs,
    pauseReason: session.pauseReason,
    seal: session.seal,
    sealNeedsReport: plan.policy.sealNeedsReport,
    paperOpened: session.paper !== null && session.paper.openedAt !== null,
    papers: plan.papers.map(({ paperId, use }) => ({ paperId, use })),
    paperInForce: paperInForce(session)?.paperId ?? null,
    codesLockedUntil: session.codesLockedUntil,
    lagging: session.endedAt === null ? [] : laggingSeats(session),
    bundle: session.bundle,
    handedOver: session.handedOverAt !== null,
    steps: daySteps(session),
    counts,
  };
}

/** One look at everybody: in a room of thousands this is made anew all the time. */
function summed(session: Session, endsAt: number | null): Pick<SessionViewOfStaff, 'lastEndsAt' | 'counts'> {
  const counts = { expected: 0, admitted: 0, absent: 0, refused: 0, answering: 0, handedIn: 0 };
  let lastEndsAt = endsAt;
  for (const id in session.candidates) {
    const candidate = session.candidates[id] as Candidate;
    const { attendance, ended } = candidate;
    counts.expected += 1;
    if (attendance !== 'expected') counts[attendance] += 1;
    if (ended !== null) counts.handedIn += 1;
    else if (presentLease(candidate) !== null) counts.answering += 1;
    if (attendance !== 'admitted' || lastEndsAt === null) continue;
    lastEndsAt = Math.max(lastEndsAt, ended?.at ?? candidateEndsAt(session, candidate) ?? 0);
  }
  return { lastEndsAt, counts };
}

export type TodoView =
  | { kind: 'hand'; candidateId: string; seatId: string; since: number }
  | { kind: 'alone' | 'unsent'; candidateId: string; seatId: string; since: number; unsent: number }
  | {
      kind: 'extension';
      requestId: string;
      candidateId: string;
      ms: number;
      reason: string;
      chief: string | null;
      second: string | null;
      since: number;
      expiresAt: number;
    }
  | { kind: 'gap'; candidateId: string; seatId: string; gapMs: number; since: number }
  | { kind: 'clock'; since: number; doubtMs: number | null }
  | { kind: 'suspended'; since: number; closesAt: number; from: number }
  | { kind: 'mains'; since: number; criticalAt: number | null }
  | ({ kind: 'alarm'; since: number; cleared: boolean } & Omit<
      Alarm,
      'raisedAt' | 'clearedAt' | 'acknowledged'
    >);

/** What waits for a person, oldest first. @param rows the seat map that was just made [VW5] */
export function todo(
  state: State,
  session: Session | null,
  rows: readonly SeatRowView[],
  now: number,
): TodoView[] {
  const list: TodoView[] = [];
  const { clock, mains } = state;
  if (!clock.trusted) list.push({ kind: 'clock', since: state.outage?.from ?? now, doubtMs: clock.doubtMs });
  const criticalAt = session === null ? null : criticalMomentAt(state, session);
  if (!mains.present) list.push({ kind: 'mains', since: mains.changedAt ?? now, criticalAt });
  for (const alarm of Object.values(state.alarms)) {
    const { alarmId, deviceId, seatId, code, severity, raisedAt: since, clearedAt, acknowledged } = alarm;
    const cleared = clearedAt !== null;
    if (acknowledged === null)
      list.push({ kind: 'alarm', alarmId, deviceId, seatId, code, severity, since, cleared });
  }
  if (session === null) return list.sort((a, b) => a.since - b.since);
  const closesAt = decisionEndsAt(session);
  if (session.suspended !== null && closesAt !== null)
    list.push({ kind: 'suspended', since: session.suspended.at, from: session.suspended.from, closesAt });
  for (const row of rows) list.push(...todoOfSeat(session, row, now));
  for (const approval of Object.values(session.approvals)) {
    const { requestId, candidateId, ms, reason, chief, second, requestedAt: since, expiresAt } = approval;
    if (approval.closed === null && session.endedAt === null)
      list.push({ kind: 'extension', requestId, candidateId, ms, reason, chief, second, since, expiresAt });
  }
  return list.sort((a, b) => a.since - b.since);
}

function todoOfSeat(session: Session, row: SeatRowView, now: number): TodoView[] {
  const { candidateId, seatId, unsent, look } = row;
  if (candidateId === null) return [];
  const since = row.since ?? now;
  const list: TodoView[] = [];
  if (look === 'hand') list.push({ kind: 'hand', candidateId, seatId, since });
  if (look === 'alone' || look === 'unsent') list.push({ kind: look, candidateId, seatId, since, unsent });
  // What was given back since settles the gap that the PC's own log proposed (rule 8).
  const gapMs = row.gapMs - row.extendedMs;
  if (gapMs > 0 && row.endReason === null && session.phase === 'running' && row.movedTo === null)
    list.push({ kind: 'gap', candidateId, seatId, gapMs, since });
  return list;
}
