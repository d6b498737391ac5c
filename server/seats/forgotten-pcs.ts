// PCs that came back as strangers: where one PC of a seat was, another comes that no seat knows, with the browser's memory gone.
// A restore card does that at every boot. An address is a hint only (rule 15), so nothing is decided by it but a line of the
// check before the exam, which one more restart turns green. Kept for as long as the process runs.

import type { PcId } from '../core/types.js';

/** More than any room has; what came first is forgotten first. */
const ADDRESSES_KEPT = 5_000;

export class ForgottenPcs {
  /** The PCs with a seat that were at an address. */
  readonly #seatedAt = new Map<string, Set<PcId>>();
  /** Whoever came as a stranger, and whom it stands for. */
  readonly #strangers = new Map<PcId, PcId>();

  /** A PC took its seat. */
  seated(address: string, pcId: PcId): void {
    const before = this.#seatedAt.get(address) ?? new Set<PcId>();
    this.#seatedAt.delete(address);
    this.#seatedAt.set(address, before.add(pcId));
    const [oldest] = this.#seatedAt.keys();
    if (this.#seatedAt.size > ADDRESSES_KEPT && oldest !== undefined) this.#seatedAt.delete(oldest);
  }

  /**
   * A PC without a seat came.
   * @param isHere whether a PC is connected now
   */
  met(address: string, pcId: PcId, isHere: (pcId: PcId) => boolean): void {
    const [known, ...more] = this.#seatedAt.get(address) ?? [];
    // Several at one address are behind a router, or windows of one machine: nobody can tell who came back.
    if (known === undefined || known === pcId || more.length > 0 || isHere(known)) return;
    this.#strangers.set(pcId, known);
    this.#seatedAt.delete(address);
  }

  /** True of a PC that came as a stranger, and of the one that it stands for. */
  has(pcId: PcId): boolean {
    return this.#strangers.has(pcId) || [...this.#strangers.values()].includes(pcId);
  }
}
