// What the kiosk asks of the page that probes, and what comes back. Types only.

import type { MachineFacts } from '../../server/protocol/seat.js';

export interface ProbeAsk {
  /** Outside addresses, each tried once. */
  addresses: readonly string[];
  /** Measures the PC as well: a path of the room to load; null = does not. */
  measure: string | null;
}

export interface ProbeAnswer {
  /** At least one address answered. */
  reached: boolean;
  probes: number;
  facts: MachineFacts | null;
}
