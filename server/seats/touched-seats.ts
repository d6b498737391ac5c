// Which seats' pages an event can change. Naming too many costs a comparison; naming too few would leave a page stale.

import { BESIDE_SEATS } from '../core/beside-seats.js';
import type { Event } from '../core/events.js';
import type { SeatId, State } from '../core/types.js';
import { seatsOf } from '../core/views.js';
import { entryOf } from '../core/state-access.js';

/** 'all', 'none', or the seats. */
export type Touched = 'all' | 'none' | SeatId[];

/** The seats whose page may look different after `event`. */
export function touchedSeats(state: State, event: Event): Touched {
  if (BESIDE_SEATS.has(event.type)) return 'none';
  switch (event.type) {
    case 'answer-saved':
    case 'machine-checked':
    case 'gap-reported':
    case 'suspended-approved':
    case 'bundle-built':
    case 'critical-moment-passed':
    case 'mains-lost':
    case 'mains-restored':
    case 'internet-checked':
      return 'none';
    case 'seat-paired':
    case 'seat-unpaired':
    case 'seat-connected':
    case 'seat-disconnected':
      return [event.seatId];
    // Before the start an order shows nowhere; who is dealt one after it gets the paper.
    case 'paper-dealt':
      return entryOf(state.sessions, event.sessionId)?.startedAt == null
        ? 'none'
        : seatsOf(state, event.sessionId, event.candidateId);
    case 'time-ended':
      return event.candidateIds.flatMap((id) => seatsOf(state, event.sessionId, id));
    case 'candidate-logged-in':
      return [event.seatId, ...seatsOf(state, event.sessionId, event.candidateId)];
    case 'machine-swapped':
      return [
        event.toSeatId,
        ...(event.fromSeatId === null ? [] : [event.fromSeatId]),
        ...seatsOf(state, event.sessionId, event.candidateId),
      ];
    // Where the candidate was to move is no longer in the state.
    case 'swap-corrected':
      return 'all';
    case 'candidate-admitted':
    case 'candidate-refused':
    case 'check-in-corrected':
    case 'identity-confirmed':
    case 'rules-confirmed':
    case 'hand-raised':
    case 'hand-lowered':
    case 'time-granted':
    case 'candidate-left-room':
    case 'candidate-returned':
    case 'candidate-submitted':
    case 'candidate-ended':
    case 'candidate-reopened':
    case 'candidate-received':
      return seatsOf(state, event.sessionId, event.candidateId);
    default:
      return 'all';
  }
}
