// The staff's seat map: each seat with the state that most needs a person. No answer has a place here (REQ-E15): counts of
// answered items are all that is told of them.

import { reachesInternet } from './decide-internet.js';
import { candidateEndsAt, cutOffAt, grantedMs } from './deadlines.js';
import { entryOf, presentLease } from './state-access.js';
import type { Candidate, CandidateId, EndReason, Seat, SeatId, Session, SessionId, State } from './types.js';
import { candidatesAtSeat } from './whereabouts.js';

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
  /** The headphones were heard; null where nobody tried. */
  audioOk: boolean | null;
  /** A rehearsal's PC. */
  simulated?: true;
  /** Its PC reached the internet. [NI2] */
  reachesInternet?: true;
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
 * Whom a seat shows: who sits there or is on the way, else who is expected there, else whose PC there may still hold
 * something. [VW2]
 */
export function occupantAt(session: Session, seatId: SeatId): Candidate | null {
  let here: Candidate | null = null;
  let expected: Candidate | null = null;
  let left: Candidate | null = null;
  for (const candidate of candidatesAtSeat(session, seatId)) {
    const { leases, movingTo } = candidate;
    if (placeOf(candidate) === seatId)
      if (leases.length > 0 || movingTo !== null) here = candidate;
      else expected = candidate;
    for (const lease of leases)
      if (lease.seatId === seatId && lease.to !== null && lease.receivedAt === null) left = candidate;
  }
  return here ?? expected ?? left;
}

/** Every seat whose row or page a candidate's doings can change: where they sit, sat, will sit or should sit. */
export function seatsOf(state: State, sessionId: SessionId, candidateId: CandidateId): SeatId[] {
  const candidate = entryOf(entryOf(state.sessions, sessionId)?.candidates ?? {}, candidateId);
  if (candidate === undefined) return [];
  const { leases, movingTo, entry } = candidate;
  const going = movingTo === null ? [] : [movingTo];
  return [...new Set([...leases.map(({ seatId }) => seatId), entry.seatId, ...going])];
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
  const { look, since } = lookOf(session, seat, candidate, presence);
  // Written out: spread together the same row takes ten times as long, and a room of thousands makes them all the time.
  const row: SeatRowView = {
    seatId,
    label,
    spare,
    connected,
    look,
    since,
    checkPassed: seat.check?.passed ?? null,
    audioOk: seat.check?.audioOk ?? null,
    candidateId: about.candidateId,
    name: about.name,
    ticketNo: about.ticketNo,
    photo: about.photo,
    attendance: about.attendance,
    checkedInAt: about.checkedInAt,
    loggedIn: about.loggedIn,
    answered: about.answered,
    items: about.items,
    unsent: presence?.unsent ?? 0,
    endsAt: about.endsAt,
    extendedMs: about.extendedMs,
    gapMs: about.gapMs,
    endReason: about.endReason,
    movedTo: about.movedTo,
  };
  if (seat.simulated === true) row.simulated = true;
  if (reachesInternet(seat)) row.reachesInternet = true;
  return row;
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
    candidateId,
    name,
    ticketNo,
    photo,
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
