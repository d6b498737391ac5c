// What staff see: the seat map, the session, what waits for a person. No answer has a place here (REQ-E15): counts of
// answered items are all that is told of them.

import { daySteps, type DayStepView } from './day-steps.js';
import {
  candidateEndsAt,
  commonEndsAt,
  criticalMomentAt,
  cutOffAt,
  decisionEndsAt,
  grantedMs,
  handOverUntil,
  roomStartsAt,
} from './deadlines.js';
import { laggingSeats } from './decide-ending.js';
import { presentLease } from './state-access.js';
import type { Candidate, EndReason, Seat, SeatId, Session, SessionPhase, State } from './types.js';

/** What a PC last said of itself; volatile, not in the journal. */
export interface Presence {
  unsent: number;
  oldestUnsentMs: number;
}

export type SeatLookView =
  | 'hand'
  | 'unsent'
  | 'alone'
  | 'moving'
  | 'away'
  | 'answering'
  | 'handed-in'
  | 'received'
  | 'ended'
  | 'absent'
  | 'refused'
  | 'waiting'
  | 'unpaired';

export interface SeatRowView {
  seatId: string;
  label: string;
  spare: boolean;
  look: SeatLookView;
  since: number | null;
  connected: boolean;
  checkPassed: boolean | null;
  candidateId: string | null;
  name: string | null;
  ticketNo: string | null;
  /** Hash of the photo; the gateway makes the address. */
  photo: string | null;
  attendance: Candidate['attendance'] | null;
  checkedInAt: number | null;
  loggedIn: 'no' | 'logged-in' | 'identity-confirmed' | 'ready';
  answered: number;
  items: number;
  unsent: number;
  endsAt: number | null;
  extendedMs: number;
  gapMs: number;
  endReason: string | null;
  /** The seat to which this seat's candidate has gone or is on the way. */
  movedTo: string | null;
}

/** Something unsent for longer than this on a PC that is connected needs a person. */
const UNSENT_AFTER_MS = 10_000;
const BY_STAFF: readonly EndReason[] = ['violation', 'illness', 'disturbing'];

/** Where a candidate is, is going, or should be. */
function placeOf(candidate: Candidate): SeatId {
  return presentLease(candidate)?.seatId ?? candidate.movingTo ?? candidate.entry.seatId;
}

/**
 * Whom each seat shows: who sits there or is on the way, else who is expected there, else whose PC there may still hold
 * something. [VW2]
 */
export function occupants(session: Session): Map<SeatId, Candidate> {
  const left = new Map<SeatId, Candidate>();
  const expected = new Map<SeatId, Candidate>();
  const here = new Map<SeatId, Candidate>();
  for (const candidate of Object.values(session.candidates)) {
    const moves = candidate.leases.length > 0 || candidate.movingTo !== null;
    (moves ? here : expected).set(placeOf(candidate), candidate);
    for (const { seatId, to, receivedAt } of candidate.leases)
      if (to !== null && receivedAt === null) left.set(seatId, candidate);
  }
  return new Map([...left, ...expected, ...here]);
}

/** One seat on the staff's map. [VW2] */
export function seatRow(
  session: Session | null,
  seat: Seat,
  candidate: Candidate | null,
  presence: Presence | null,
): SeatRowView {
  const { seatId, label, spare, connected } = seat;
  const about = session === null || candidate === null ? nobody : aboutCandidate(session, seat, candidate);
  return {
    ...{ seatId, label, spare, connected },
    ...lookOf(session, seat, candidate, presence),
    checkPassed: seat.check?.passed ?? null,
    unsent: presence?.unsent ?? 0,
    ...about,
  };
}

const nobody = {
  candidateId: null,
  name: null,
  ticketNo: null,
  photo: null,
  attendance: null,
  checkedInAt: null,
  loggedIn: 'no',
  answered: 0,
  items: 0,
  endsAt: null,
  extendedMs: 0,
  gapMs: 0,
  endReason: null,
  movedTo: null,
} as const;

function aboutCandidate(session: Session, seat: Seat, candidate: Candidate) {
  const { candidateId, name, ticketNo, photo } = candidate.entry;
  const place = placeOf(candidate);
  const isGoing = candidate.movingTo !== null || place !== seat.seatId;
  return {
    ...{ candidateId, name, ticketNo, photo },
    attendance: candidate.attendance,
    checkedInAt: candidate.checkedInAt,
    loggedIn: logInOf(candidate),
    answered: candidate.answered,
    items: candidate.order?.sections.reduce((sum, { items }) => sum + items.length, 0) ?? 0,
    endsAt: session.phase === 'running' ? candidateEndsAt(session, candidate) : null,
    extendedMs: grantedMs(candidate),
    gapMs: candidate.gapsMs,
    endReason: candidate.ended?.reason ?? null,
    movedTo: isGoing ? place : null,
  };
}

/** The state that most needs a person comes first. */
function lookOf(
  session: Session | null,
  seat: Seat,
  candidate: Candidate | null,
  presence: Presence | null,
): { look: SeatLookView; since: number | null } {
  const quiet = seat.pcId === null ? 'unpaired' : 'waiting';
  if (session === null || candidate === null) return { look: quiet, since: seat.changedAt };
  const { attendance, ended } = candidate;
  if (attendance === 'refused') return { look: 'refused', since: null };
  if (attendance === 'absent') return { look: 'absent', since: cutOffAt(session) };
  const isHere = placeOf(candidate) === seat.seatId;
  if (isHere && candidate.handRaisedAt !== null) return { look: 'hand', since: candidate.handRaisedAt };
  const lease = candidate.leases.findLast(({ seatId }) => seatId === seat.seatId);
  const mayHold = session.startedAt !== null && lease !== undefined && lease.receivedAt === null;
  if (mayHold && presence !== null && presence.unsent > 0 && presence.oldestUnsentMs > UNSENT_AFTER_MS)
    return { look: 'unsent', since: null };
  if (mayHold && !seat.connected) return { look: 'alone', since: seat.changedAt };
  if (!isHere) return { look: quiet, since: seat.changedAt };
  if (ended !== null) {
    if (BY_STAFF.includes(ended.reason)) return { look: 'ended', since: ended.at };
    const { receivedAllAt } = candidate;
    return receivedAllAt === null
      ? { look: 'handed-in', since: ended.at }
      : { look: 'received', since: receivedAllAt };
  }
  if (candidate.movingTo !== null) return { look: 'moving', since: candidate.leases.at(-1)?.to ?? null };
  if (candidate.away !== null) return { look: 'away', since: candidate.away.from };
  if (lease === undefined || session.startedAt === null)
    return { look: quiet, since: lease?.from ?? seat.changedAt };
  return { look: 'answering', since: Math.max(lease.from, session.startedAt) };
}

function logInOf(candidate: Candidate): SeatRowView['loggedIn'] {
  if (presentLease(candidate) === null) return 'no';
  if (candidate.rulesReadAt !== null) return 'ready';
  return candidate.identityConfirmedAt === null ? 'logged-in' : 'identity-confirmed';
}

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
  pauseReason: string | null;
  seal: Session['seal'];
  paperOpened: boolean;
  papers: { paperId: string; use: 'main' | 'reserve' }[];
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
  const candidates = Object.values(session.candidates);
  const count = (wanted: (candidate: Candidate) => boolean) => candidates.filter(wanted).length;
  const endsAt = session.endedAt ?? commonEndsAt(session);
  const ends = candidates
    .filter(({ attendance }) => attendance === 'admitted')
    .map((candidate) => candidate.ended?.at ?? candidateEndsAt(session, candidate))
    .filter((at) => at !== null);
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
    lastEndsAt: endsAt === null ? null : Math.max(endsAt, ...ends),
    handOverUntil: handOverUntil(session),
    cutOffAt: cutOffAt(session),
    earlyLeaveFrom: endsAt === null ? null : endsAt - plan.policy.earlyLeaveBeforeEndMs,
    pauseReason: session.pauseReason,
    seal: session.seal,
    paperOpened: session.paper !== null && session.paper.openedAt !== null,
    papers: plan.papers.map(({ paperId, use }) => ({ paperId, use })),
    codesLockedUntil: session.codesLockedUntil,
    lagging: session.endedAt === null ? [] : laggingSeats(session),
    bundle: session.bundle,
    handedOver: session.handedOverAt !== null,
    steps: daySteps(session),
    counts: {
      expected: candidates.length,
      admitted: count(({ attendance }) => attendance === 'admitted'),
      absent: count(({ attendance }) => attendance === 'absent'),
      refused: count(({ attendance }) => attendance === 'refused'),
      answering: count((candidate) => candidate.ended === null && presentLease(candidate) !== null),
      handedIn: count(({ ended }) => ended !== null),
    },
  };
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
  | { kind: 'mains'; since: number; criticalAt: number | null };

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
  if (session === null) return list;
  const closesAt = decisionEndsAt(session);
  if (session.suspended !== null && closesAt !== null)
    list.push({ kind: 'suspended', since: session.suspended.at, from: session.suspended.from, closesAt });
  for (const row of rows) list.push(...todoOfSeat(session, row, now));
  for (const approval of Object.values(session.approvals)) {
    const { requestId, candidateId, ms, reason, chief, second, requestedAt: since, expiresAt } = approval;
    if (approval.closed === null)
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
