// The state before the first event.

import type { State } from './types.js';

/** A room that knows nothing yet. */
export function initialState(): State {
  return {
    package: null,
    seats: {},
    staff: {},
    sessions: {},
    currentSession: null,
    clock: { bootId: null, trusted: true, doubtMs: null, aheadMs: null },
    mains: { present: true, changedAt: null },
    devices: {},
    alarms: {},
    alarmsRaised: 0,
    preflight: null,
    installation: null,
    video: { rule: null, cameras: {} },
    outage: null,
    usedCounters: [],
    lastAt: 0,
  };
}
