// How often each kind of device is asked and how long it may take: one row a kind, which the compiler checks. The figures
// are the research's: a NUT driver refreshes every 2 s, three failed polls or 15 s are silence.

import type { DeviceKind } from '../core/readings.js';

export interface Rhythm {
  /** Between the end of one poll and the next, while all is well. */
  everyMs: number;
  /** The same while an alarm of this device stands. */
  alertEveryMs: number;
  /** One poll, connecting included. */
  timeoutMs: number;
  /** After failures the waits double up to here. */
  longestWaitMs: number;
}

export const RHYTHMS: Record<DeviceKind, Rhythm> = {
  ups: { everyMs: 5_000, alertEveryMs: 2_000, timeoutMs: 3_000, longestWaitMs: 30_000 },
  jammer: { everyMs: 10_000, alertEveryMs: 5_000, timeoutMs: 4_000, longestWaitMs: 30_000 },
  'id-reader': { everyMs: 5_000, alertEveryMs: 5_000, timeoutMs: 3_000, longestWaitMs: 30_000 },
  // A door or a mains contact is noticed within its debounce; one Modbus poll takes a millisecond or two.
  contact: { everyMs: 250, alertEveryMs: 250, timeoutMs: 1_500, longestWaitMs: 15_000 },
  meter: { everyMs: 10_000, alertEveryMs: 5_000, timeoutMs: 3_000, longestWaitMs: 30_000 },
  network: { everyMs: 5_000, alertEveryMs: 5_000, timeoutMs: 4_000, longestWaitMs: 30_000 },
  // What the recorder wrote about itself a second ago: a file is read, no camera is asked.
  camera: { everyMs: 2_000, alertEveryMs: 1_000, timeoutMs: 2_000, longestWaitMs: 10_000 },
};

/** How long to wait before the next poll. @param failures how many polls failed in a row, 0 after a good one */
export function waitMs(rhythm: Rhythm, failures: number, alert: boolean): number {
  const base = alert ? rhythm.alertEveryMs : rhythm.everyMs;
  // Three failures are silence: until then the device is asked as usual, afterwards less and less.
  if (failures <= 3) return base;
  return Math.max(base, Math.min(rhythm.longestWaitMs, base * 2 ** (failures - 3)));
}
