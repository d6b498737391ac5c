// Which PC it is that shows a secret, and at which seat it stands. The secret itself is kept on the PC alone.

import type { PcId, SeatId, State } from '../core/types.js';
import { pairedSeat } from '../core/views.js';
import { sha256 } from '../keys/sha256.js';

const HEX_DIGITS = 32;

/** @param pcSecret 64 hex digits, as in `hello` */
export function pcOfSecret(pcSecret: string): PcId {
  return sha256(pcSecret).slice(0, HEX_DIGITS);
}

/** The seat that is paired with a PC, or null. */
export function seatOfPc(state: State, pcId: PcId): SeatId | null {
  return pairedSeat(state, pcId)?.seatId ?? null;
}
