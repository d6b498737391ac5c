// What seats and staff may see of the state: pure, and without a place for an answer. Counts of answered items are all
// that leaves the room's memory before the bundle (REQ-E15).

import {
  candidateEndsAt,
  commonEndsAt,
  criticalMomentAt,
  cutOffAt,
  entryOpensAt,
  handOverUntil,
  remainingMs,
  roomStartsAt,
} from './deadlines.js';
import { laggingSeats } from './decide-ending.js';
import { presentLease } from './state-access.js';
import type { Candidate, Lease, Seat, SeatId, Session, State } from './types.js';

// ---------------------------------------------------------------- candidates' PCs

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
    photo: string | null;
    endsAt: number | null;
    remainingMs: number;
    handRaised: boolean;
    endReason: string | null;
  } | null;
}

/** Which page a paired seat shows now, and for whom. */
export function seatFacts(state: State, seatId: SeatId, now: number): SeatFacts {
  const session = shownSession(state);
  if (session === null) return { stage: 'waiting', sessionId: null, candidate: null };
  const { sessionId } = session.plan;
  const seat = state.seats[seatId];
  const held = seat === undefined ? null : leaseAt(session, seat);
  if (held === null) {
    const open = session.phase === 'open' || session.phase === 'running' || session.phase === 'paused';
    return { stage: open ? 'log-in' : 'waiting', sessionId, candidate: null };
  }
  const { candidate, lease } = held;
  return {
    stage: stageOf(session, candidate, lease),
    sessionId,
    candidate: {
      candidateId: candidate.entry.candidateId,
      lease: lease.no,
      name: candidate.entry.name,
      ticketNo: candidate.entry.ticketNo,
      photo: candidate.entry.photo,
      endsAt: session.phase === 'running' ? candidateEndsAt(session, candidate) : null,
      remainingMs: candidate.ended === null ? remainingMs(session, candidate, now) : 0,
      handRaised: candidate.handRaisedAt !== null,
      endReason: candidate.ended?.reason ?? null,
    },
  };
}

function stageOf(session: Session, candidate: Candidate, lease: Lease): SeatStageView {
  if (lease.to !== null) return 'moved';
  if (candidate.receivedAllAt !== null) return 'received';
  if (candidate.ended !== null || session.phase === 'ended' || session.collectedAt !== null) return 'ended';
  if (session.phase === 'paused') return 'paused';
  if (session.phase === 'suspended') return 'suspended';
  // Who logs in again after the start has confirmed before; who comes late confirms first and loses that time (REQ-E04).
  if (candidate.identityConfirmedAt === null) return 'confirm';
  if (candidate.rulesReadAt === null) return 'rules';
  return session.phase === 'running' ? 'answering' : 'ready';
}

/** The session that PCs show: the one that holds the room, else the one that was collected last. */
function shownSession(state: State): Session | null {
  if (state.currentSession !== null) return state.sessions[state.currentSession] ?? null;
  let last: Session | null = null;
  for (const session of Object.values(state.sessions))
    if (session.collectedAt !== null && session.collectedAt > (last?.collectedAt ?? -1)) last = session;
  return last;
}

/** The newest lease of this seat's PC, a taken-over one included while nobody else sits there. */
function leaseAt(session: Session, seat: Seat): { candidate: Candidate; lease: Lease } | null {
  let moved: { candidate: Candidate; lease: Lease } | null = null;
  for (const candidate of Object.values(session.candidates))
    for (const lease of candidate.leases) {
      if (lease.seatId !== seat.seatId || lease.pcId !== seat.pcId) continue;
      if (lease.to === null) return { candidate, lease };
      if (candidate.leases.at(-1) === lease || moved === null) moved = { candidate, lease };
    }
  return moved;
}

// ---------------------------------------------------------------- staff

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
  movedTo: string | null;
}

const UNSENT_AFTER_MS = 10_000;

/** Who belongs to each seat now: who sits there, else who moves there, else who is expected there. */
export function occupants(session: Session): Map<SeatId, Candidate> {
  const bySeat = new Map<SeatId, Candidate>();
  const sitting = new Map<SeatId, Candidate>();
  for (const candidate of Object.values(session.candidates)) {
    const seatId = presentLease(candidate)?.seatId ?? candidate.movingTo;
    if (seatId === null || seatId === undefined) bySeat.set(candidate.entry.seatId, candidate);
    else sitting.set(seatId, candidate);
  }
  for (const [seatId, candidate] of sitting) bySeat.set(seatId, candidate);
  return bySeat;
}

/** One seat on the staff's map. */
export function seatRow(
  session: Session | null,
  seat: Seat,
  candidate: Candidate | null,
  presence: Presence | null,
): SeatRowView {
  const entry = candidate?.entry ?? null;
  const { look, since } = lookOf(session, seat, candidate, presence);
  const items = candidate?.order?.sections.reduce((sum, section) => sum + section.items.length, 0) ?? 0;
  return {
    seatId: seat.seatId,
    label: seat.label,
    spare: seat.spare,
    look,
    since,
    connected: seat.connected,
    checkPassed: seat.check?.passed ?? null,
    candidateId: entry?.candidateId ?? null,
    name: entry?.name ?? null,
    ticketNo: entry?.ticketNo ?? null,
    photo: entry?.photo ?? null,
    attendance: candidate?.attendance ?? null,
    checkedInAt: candidate?.checkedInAt ?? null,
    loggedIn: logInOf(candidate),
    answered: candidate === null ? 0 : answeredCount(candidate),
    items,
    unsent: presence?.unsent ?? 0,
    endsAt: session !== null && candidate !== null ? candidateEndsAt(session, candidate) : null,
    extendedMs: candidate?.grants.reduce((sum, { ms }) => sum + ms, 0) ?? 0,
    gapMs: candidate?.gapsMs ?? 0,
    endReason: candidate?.ended?.reason ?? null,
    movedTo: candidate?.movingTo ?? null,
  };
}

function lookOf(
  session: Session | null,
  seat: Seat,
  candidate: Candidate | null,
  presence: Presence | null,
): { look: SeatLookView; since: number | null } {
  if (seat.pcId === null && (candidate === null || candidate.attendance === 'expected'))
    return { look: 'unpaired', since: null };
  if (session === null || candidate === null) return { look: 'waiting', since: seat.changedAt };
  if (candidate.attendance === 'refused') return { look: 'refused', since: null };
  if (candidate.attendance === 'absent') return { look: 'absent', since: cutOffAt(session) };
  if (candidate.movingTo !== null) return { look: 'moving', since: candidate.leases.at(-1)?.to ?? null };
  const { ended } = candidate;
  if (candidate.receivedAllAt !== null) return { look: 'received', since: candidate.receivedAllAt };
  if (ended !== null) {
    const byStaff =
      ended.reason !== 'time' && ended.reason !== 'submitted' && ended.reason !== 'session-ended';
    return { look: byStaff ? 'ended' : 'handed-in', since: ended.at };
  }
  if (candidate.handRaisedAt !== null) return { look: 'hand', since: candidate.handRaisedAt };
  if (candidate.away !== null) return { look: 'away', since: candidate.away.from };
  const lease = presentLease(candidate);
  if (lease === null || session.startedAt === null) return { look: 'waiting', since: lease?.from ?? null };
  if (!seat.connected) return { look: 'alone', since: seat.changedAt };
  if (presence !== null && presence.oldestUnsentMs > UNSENT_AFTER_MS) return { look: 'unsent', since: null };
  return { look: 'answering', since: Math.max(lease.from, session.startedAt) };
}

function logInOf(candidate: Candidate | null): SeatRowView['loggedIn'] {
  if (candidate === null || presentLease(candidate) === null) return 'no';
  if (candidate.rulesReadAt !== null) return 'ready';
  return candidate.identityConfirmedAt === null ? 'logged-in' : 'identity-confirmed';
}

function answeredCount({ answers }: Candidate): number {
  let count = 0;
  for (const { value } of Object.values(answers))
    if ('options' in value ? value.options.length > 0 : value.blanks.some((text) => text !== '')) count += 1;
  return count;
}

export interface DayStepView {
  key:
    | 'power-on'
    | 'entry'
    | 'rules'
    | 'start'
    | 'identity-recheck'
    | 'cut-off'
    | 'reminder'
    | 'end'
    | 'collect'
    | 'hand-over';
  at: number | null;
  state: 'done' | 'now' | 'ahead';
}

/** The day's checklist with what is due now. */
export function daySteps(session: Session): DayStepView[] {
  const { policy } = session.plan;
  const started = session.startedAt;
  const base = started ?? roomStartsAt(session);
  const common = commonEndsAt(session);
  const endsAt = common ?? (started === null ? base + session.plan.subject.minutes * 60_000 : null);
  const firstReminder = policy.remindersBeforeEndMs[0] ?? 0;
  const reminded = Object.values(session.candidates).some(({ remindersGiven }) => remindersGiven.length > 0);
  const ended = session.endedAt !== null;
  const entered = session.openedAt !== null;
  const steps: { key: DayStepView['key']; at: number | null; done: boolean }[] = [
    { key: 'power-on', at: null, done: session.phase !== 'installed' },
    { key: 'entry', at: session.openedAt ?? entryOpensAt(session), done: entered },
    { key: 'rules', at: base - policy.rulesReadBeforeMs, done: started !== null },
    { key: 'start', at: base, done: started !== null },
    {
      key: 'identity-recheck',
      at: base + policy.identityRecheckAfterMs,
      done: session.cutOffRecorded || ended,
    },
    { key: 'cut-off', at: base + policy.lateCutOffMs, done: session.cutOffRecorded },
    { key: 'reminder', at: endsAt === null ? null : endsAt - firstReminder, done: reminded || ended },
    { key: 'end', at: session.endedAt ?? endsAt, done: ended },
    { key: 'collect', at: session.collectedAt, done: session.collectedAt !== null },
    { key: 'hand-over', at: session.handedOverAt, done: session.handedOverAt !== null },
  ];
  const due = steps.findIndex(({ done }) => !done);
  return steps.map(({ key, at, done }, index) => ({
    key,
    at,
    state: done ? 'done' : index === due ? 'now' : 'ahead',
  }));
}

/** The session as staff see it. */
export function sessionView(session: Session) {
  const { plan } = session;
  const candidates = Object.values(session.candidates);
  const count = (wanted: (candidate: Candidate) => boolean) => candidates.filter(wanted).length;
  const commonEnd = commonEndsAt(session);
  const ends = candidates
    .filter(({ attendance }) => attendance === 'admitted')
    .map((candidate) => candidateEndsAt(session, candidate))
    .filter((at): at is number => at !== null);
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
    endsAt: commonEnd,
    lastEndsAt: ends.length === 0 ? commonEnd : Math.max(...ends),
    handOverUntil: handOverUntil(session),
    cutOffAt: cutOffAt(session),
    earlyLeaveFrom: commonEnd === null ? null : commonEnd - plan.policy.earlyLeaveBeforeEndMs,
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

/** What waits for a person, oldest first. @param rows the seat map that was just made */
export function todo(
  state: State,
  session: Session | null,
  rows: readonly SeatRowView[],
  now: number,
): TodoView[] {
  const list: TodoView[] = [];
  if (!state.clock.trusted)
    list.push({ kind: 'clock', since: state.outage?.to ?? now, doubtMs: state.clock.doubtMs });
  if (!state.mains.present)
    list.push({
      kind: 'mains',
      since: state.mains.changedAt ?? now,
      criticalAt: session === null ? null : criticalMomentAt(state, session),
    });
  if (session === null) return list;
  if (session.suspended !== null) {
    const { at, from } = session.suspended;
    list.push({ kind: 'suspended', since: at, from, closesAt: at + session.plan.policy.suspendedDecisionMs });
  }
  for (const row of rows) {
    const { candidateId, seatId, unsent } = row;
    if (candidateId === null) continue;
    const since = row.since ?? now;
    if (row.look === 'hand') list.push({ kind: 'hand', candidateId, seatId, since });
    if (row.look === 'alone' || row.look === 'unsent')
      list.push({ kind: row.look, candidateId, seatId, since, unsent });
    // What was given back since settles the gap that the PC's own log proposed (rule 8).
    if (row.gapMs > row.extendedMs && row.endReason === null && session.phase === 'running')
      list.push({ kind: 'gap', candidateId, seatId, gapMs: row.gapMs - row.extendedMs, since });
  }
  for (const { requestId, candidateId, ms, reason, chief, second, requestedAt, expiresAt } of Object.values(
    session.approvals,
  ))
    list.push({
      kind: 'extension',
      requestId,
      candidateId,
      ms,
      reason,
      chief,
      second,
      since: requestedAt,
      expiresAt,
    });
  return list.sort((a, b) => a.since - b.since);
}
