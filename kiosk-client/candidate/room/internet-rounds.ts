// When this PC tries whether it reaches the internet (REQ-A04): soon after it is there, then at random, so that nobody can wait
// for it. Nothing of it holds up a candidate, and a PC without its room tries nothing.

import type { RoomMessage } from '../../../server/protocol/seat.js';
import type { ProbeAnswer, ProbeAsk } from '../../probe/ask.js';

export type Probes = NonNullable<Extract<RoomMessage, { t: 'welcome' }>['probes']>;

export interface RoundsHost {
  probe(ask: ProbeAsk): Promise<ProbeAnswer | null>;
  online(): boolean;
  /** What to measure of the PC in this round; null = nothing. */
  measure(): string | null;
  took(answer: ProbeAnswer): void;
  /** In [0, 1). */
  random(): number;
}

const FIRST_WITHIN_MS = 8_000;
const AGAIN_ONLINE_MS = 10_000;

export class InternetRounds {
  #probes: Probes | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #stopped = false;

  constructor(private readonly host: RoundsHost) {}

  /** What the room wants tried, said at every connection; rounds that are under way go on. */
  take(probes: Probes): void {
    this.#probes = probes;
    if (this.#timer === null && !this.#stopped)
      this.#wait(this.host.random() * Math.min(FIRST_WITHIN_MS, probes.fromMs));
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #wait(afterMs: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#round(), afterMs);
  }

  async #round(): Promise<void> {
    const { host } = this;
    const probes = this.#probes;
    if (probes === null || !host.online()) return this.#wait(AGAIN_ONLINE_MS);
    const ask = { addresses: probes.addresses, measure: host.measure() };
    const answer = await host.probe(ask).catch(() => null);
    if (answer !== null) host.took(answer);
    this.#wait(probes.fromMs + host.random() * (probes.toMs - probes.fromMs));
  }
}
