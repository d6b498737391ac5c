// Events of the room's machines, of its checks and of its recordings: they move no deadline and show at no seat.

import type { EventType } from './events.js';

export const MACHINE_EVENTS = [
  'devices-configured',
  'device-read',
  'alarm-raised',
  'alarm-cleared',
  'alarm-acknowledged',
  'device-commanded',
  'device-acted',
  'device-attested',
  'document-read',
  'shutdown-announced',
  'preflight-recorded',
  'rehearsal-begun',
  'room-rehearsed',
  'rehearsal-stopped',
  'installation-fingerprinted',
  'video-configured',
  'video-recorded',
] as const satisfies readonly EventType[];
