// Codes by which the sysadmin tells waiting PCs apart (rule 15): six digits, unique among those that wait, one PC keeps its
// code while it is connected. They are no secret; pairing is the sysadmin's signed-in act.

import { randomInt } from 'node:crypto';
import type { PcId } from '../core/types.js';

export interface PendingPairing {
  pairingCode: string;
  pcId: PcId;
  /** Network address; a hint only. */
  address: string;
  /** Room time since when the PC waits. */
  since: number;
  /** A rehearsal's, by its hello. */
  simulated?: true;
}

export class PairingCodes {
  readonly #byPc = new Map<PcId, PendingPairing>();
  readonly #byCode = new Map<string, PcId>();

  constructor(private readonly draw: () => number = () => randomInt(1_000_000)) {}

  /** The code of a waiting PC; made when it has none. */
  codeFor(pcId: PcId, address: string, now: number, simulated = false): string {
    const known = this.#byPc.get(pcId);
    if (known !== undefined) return known.pairingCode;
    let pairingCode: string;
    do pairingCode = String(this.draw()).padStart(6, '0');
    while (this.#byCode.has(pairingCode));
    const said = simulated ? { simulated } : {};
    this.#byPc.set(pcId, { pairingCode, pcId, address, since: now, ...said });
    this.#byCode.set(pairingCode, pcId);
    return pairingCode;
  }

  /** Forgets a PC that was paired or went away. @returns true when it had a code */
  forget(pcId: PcId): boolean {
    const known = this.#byPc.get(pcId);
    if (known === undefined) return false;
    this.#byPc.delete(pcId);
    this.#byCode.delete(known.pairingCode);
    return true;
  }

  pcOf(pairingCode: string): PcId | null {
    return this.#byCode.get(pairingCode) ?? null;
  }

  /** Everybody who waits, the longest first. */
  pending(): PendingPairing[] {
    return [...this.#byPc.values()];
  }
}
