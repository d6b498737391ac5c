// Which rows of the staff's seat map an event can change. Naming too many costs a comparison; naming too few would leave the map
// stale.

import type { Event } from '../core/events.js';
import type { SeatId, State } from '../core/types.js';
import { seatsOf } from '../core/views.js';

/** 'all', or the seats. @param state after the event */
export function touchedRows(state: State, event: Event): 'all' | readonly SeatId[] {
  switch (event.type) {
    case 'clock-sampled':
    case 'wall-clock-stepped':
    case 'staff-signed-in':
    case 'sign-in-refused':
    case 'command-refused':
    case 'code-refused':
    case 'opening-failed':
    case 'log-in-refused':
    case 'incident-recorded':
    case 'message-sent':
    case 'stand-in-recorded':
    case 'simulated-refused':
    case 'install-refused':
    case 'reminder-given':
    case 'extension-requested':
    case 'extension-approved':
    case 'extension-closed':
    case 'file-received':
    case 'file-dropped':
    case 'answer-restored':
    case 'audio-played':
    case 'answer-contested':
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
      return [];
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
