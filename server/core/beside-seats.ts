// Events that show at no seat: neither on a candidate's page nor in the staff's row of it.

import type { EventType } from './events.js';
import { MACHINE_EVENTS } from './machine-events.js';

/** A new kind of event that is missing here costs a comparison; one too many would leave a page stale. */
export const BESIDE_SEATS: ReadonlySet<EventType> = new Set<EventType>([
  'clock-sampled',
  'wall-clock-stepped',
  'staff-signed-in',
  'sign-in-refused',
  'command-refused',
  'code-refused',
  'opening-failed',
  'log-in-refused',
  'incident-recorded',
  'message-sent',
  'stand-in-recorded',
  'simulated-refused',
  'install-refused',
  'extension-requested',
  'extension-approved',
  'extension-closed',
  'file-received',
  'file-dropped',
  'answer-restored',
  'audio-played',
  'answer-contested',
  ...MACHINE_EVENTS,
  'reminder-given',
]);
