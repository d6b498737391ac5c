// Which rows of the staff's seat map an event can change. Naming too many costs a comparison; naming too few would leave the map
// stale.

import { BESIDE_SEATS } from '../core/beside-seats.js';
import type { Event } from '../core/events.js';
import type { SeatId, State } from '../core/types.js';
import { seatsOf } from '../core/views.js';

/** 'all', or the seats. @param state after the event */
export function touchedRows(state: State, event: Event): 'all' | readonly SeatId[] {
  if (BESIDE_SEATS.has(event.type)) return [];
  switch (event.type) {
    case 'seat-paired':
    case 'seat-unpaired':
    case 'seat-connected':
    case 'seat-disconnected':
    case 'machine-checked':
    case 'internet-checked':
      return [event.seatId];
    case 'candidate-logged-in':
      return [event.seatId, ...seatsOf(state, event.sessionId, event.candidateId)];
    case 'time-ended':
      return event.candidateIds.flatMap((id) => seatsOf(state, event.sessionId, id));
    case 'answer-saved':
    case 'paper-dealt':
    case 'candidate-admitted':
    case 'candidate-refused':
    case 'check-in-corrected':
    case 'identity-confirmed':
    case 'rules-confirmed':
    case 'hand-raised':
    case 'hand-lowered':
    case 'gap-reported':
    case 'time-granted':
    case 'candidate-left-room':
    case 'candidate-returned':
    case 'candidate-submitted':
    case 'candidate-ended':
    case 'candidate-received':
      return seatsOf(state, event.sessionId, event.candidateId);
    // A move names seats that are in the state no more; who is reopened opens the session for all; a session's events are everybody's.
    default:
      return 'all';
  }
}
