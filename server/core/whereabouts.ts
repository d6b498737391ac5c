// Who may be found at a seat, at a PC or behind a ticket, without looking at everybody. Kept beside the state and made from it:
// it holds no truth of its own, names too many rather than too few, and whoever asks looks at the candidate itself.

import type { Candidate, PcId, Seat, SeatId, Session, State } from './types.js';

interface Whereabouts {
  bySeat: Map<SeatId, readonly Candidate[]>;
  byPc: Map<PcId, readonly Candidate[]>;
  byTicket: Map<string, Candidate>;
}

const NOBODY: readonly Candidate[] = [];
/** By the record of candidates: a session that gets other people gets another record. */
const ofCandidates = new WeakMap<Session['candidates'], Whereabouts>();
/** By the record of seats, likewise. */
const ofSeats = new WeakMap<State['seats'], Map<PcId, readonly Seat[]>>();

/** Everybody who has, had, gets or should have this seat, and perhaps others; in the order of the roster. */
export function candidatesAtSeat({ candidates }: Session, seatId: SeatId): readonly Candidate[] {
  return whereabouts(candidates).bySeat.get(seatId) ?? NOBODY;
}

/** Everybody who ever had a lease at this PC, and perhaps others; in the order of the roster. */
export function candidatesAtPc({ candidates }: Session, pcId: PcId): readonly Candidate[] {
  return whereabouts(candidates).byPc.get(pcId) ?? NOBODY;
}

/** The candidate with this ticket. */
export function holderOf({ candidates }: Session, ticketNo: string): Candidate | undefined {
  return whereabouts(candidates).byTicket.get(ticketNo);
}

/** The seat that this PC is paired with. */
export function pairedSeat({ seats }: State, pcId: PcId): Seat | undefined {
  let known = ofSeats.get(seats);
  if (known === undefined) {
    known = new Map();
    for (const seat of Object.values(seats))
      if (seat.pcId !== null) known.set(seat.pcId, [...(known.get(seat.pcId) ?? []), seat]);
    ofSeats.set(seats, known);
  }
  return known.get(pcId)?.find((seat) => seat.pcId === pcId);
}

/** To be told after a PC was paired with a seat. */
export function notePairing({ seats }: State, seat: Seat, pcId: PcId): void {
  const known = ofSeats.get(seats);
  const there = known?.get(pcId) ?? [];
  if (!there.includes(seat)) known?.set(pcId, [...there, seat]);
}

/** To be told after a candidate got a lease or is to move. */
export function noteMove({ candidates }: Session, candidate: Candidate): void {
  const known = ofCandidates.get(candidates);
  if (known !== undefined) enter(known, candidate, candidates);
}

function whereabouts(candidates: Session['candidates']): Whereabouts {
  let known = ofCandidates.get(candidates);
  if (known !== undefined) return known;
  known = { bySeat: new Map(), byPc: new Map(), byTicket: new Map() };
  ofCandidates.set(candidates, known);
  for (const candidate of Object.values(candidates)) {
    // Of two with one ticket the first one holds it.
    if (!known.byTicket.has(candidate.entry.ticketNo))
      known.byTicket.set(candidate.entry.ticketNo, candidate);
    enter(known, candidate, null);
  }
  return known;
}

/** @param candidates to put those of one place in their order; null where they come in it */
function enter(
  { bySeat, byPc }: Whereabouts,
  candidate: Candidate,
  candidates: Session['candidates'] | null,
): void {
  const { entry, leases, movingTo } = candidate;
  add(bySeat, entry.seatId, candidate, candidates);
  if (movingTo !== null) add(bySeat, movingTo, candidate, candidates);
  for (const { seatId, pcId } of leases) {
    add(bySeat, seatId, candidate, candidates);
    add(byPc, pcId, candidate, candidates);
  }
}

function add(
  places: Map<string, readonly Candidate[]>,
  place: string,
  candidate: Candidate,
  candidates: Session['candidates'] | null,
): void {
  const there = places.get(place) ?? NOBODY;
  if (there.includes(candidate)) return;
  const all = [...there, candidate];
  const isOrdered = candidates === null || there.length === 0;
  places.set(place, isOrdered ? all : Object.values(candidates).filter((one) => all.includes(one)));
}
