// A seat and its PC as the check of the room sees them. What the PC says of itself may be missing: older browsers do not say,
// and a PC that was never asked has none.

import type { MachineFacts } from '../core/types.js';

/** One seat, as the check of the room sees it. */
export interface SeatFacts {
  label: string;
  spare: boolean;
  paired: boolean;
  connected: boolean;
  simulated: boolean;
  /** Name and version, `Chrome 109`; null where the PC has not checked itself. */
  browser: string | null;
  /** Storage, cryptography and browser as the exam needs them. */
  checkPassed: boolean | null;
  audioOk: boolean | null;
  /** Whether it reaches the internet; null where it never tried. */
  reachesInternet: boolean | null;
  facts: MachineFacts;
}
