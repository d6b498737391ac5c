// What a candidate PC says of itself for the check of the room. Every field may be missing: older browsers do not say, and a
// PC that was never asked has none.

export interface PcFacts {
  /** GiB as the browser tells it: rounded down to a power of two, 8 at most; Firefox says nothing. */
  memoryGib?: number;
  cores?: number;
  /** CSS pixels of the whole screen times the device's ratio. */
  screen?: { width: number; height: number };
  /** What the browser lets the room's pages store. */
  quotaBytes?: number;
  /** The median of several small requests. */
  roundTripMs?: number;
  /** A fetch of some megabytes from the room. */
  throughputMbit?: number;
  /** A Chinese sentence was typed through an input method, and came out whole. */
  inputMethod?: boolean;
  /** Something that was written down at the first check is still there after a restart of the PC; absent before one. */
  survivedReboot?: boolean;
}

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
  facts: PcFacts;
}
