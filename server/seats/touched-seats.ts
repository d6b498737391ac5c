// Which seats' pages an event can change. Naming too many costs a comparison; naming too few would leave a page stale.

import type { Event } from '../core/events.js';
import type { SeatId, State } from '../core/types.js';
import { seatsOf } from '../core/views.js';
import { entryOf } from '../core/state-access.js';

/** 'all', 'none', or the seats. */
export type Touched = 'all' | 'none' | SeatId[];

/** The seats whose page may look different after `event`. */
export function touchedSeats(state: State, event: Event): Touched {
  switch (event.type) {
    case 'answer-saved':
    case 'answer-contested':
    case 'file-received':
    case 'file-dropped':
    case 'answer-restored':
    case 'audio-played':
    case 'clock-sampled':
    case 'wall-clock-stepped':
    case 'staff-signed-in':
    case 'sign-in-refused':
    case 'machine-checked':
    case 'simulated-refused':
    case 'command-refused':
    case 'gap-reported':
    case 'code-refused':
    case 'opening-failed':
    case 'log-in-refused':
    case 'incident-recorded':
    case 'message-sent':
    case 'stand-in-recorded':
    case 'extension-requested':
    case 'extension-approved':
    case 'extension-closed':
    case 'suspended-approved':
    case 'bundle-built':
    case 'critical-moment-passed':
    case 'mains-lost':
    case 'mains-restored':
    case 'install-refused':
    case 'internet-checked':
    case 'devices-configured':
    case 'device-read':
    case 'alarm-raised':
    case 'alarm-cleared':
    case 'alarm-acknowledged':
    case 'device-commanded':
    case 'device-acted':
    case 'device-attested':
    case 'document-read':
    case 'shutdown-announced':
    case 'preflight-recorded':
    case 'room-rehearsed':
    case 'rehearsal-stopped':
    case 'installation-fingerprinted':
    case 'video-configured':
    case 'video-recorded':
      return 'none';
    case 'seat-paired':
    case 'seat-unpaired':
    case 'seat-connected':
    case 'seat-disconnected':
      return [event.seatId];
    case 'reminder-given':
      return 'none';
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
