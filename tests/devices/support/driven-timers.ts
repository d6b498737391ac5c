// Waiting that a test drives: nothing passes by itself.

import type { Timers } from '../../../server/devices/polled-device.js';

export class DrivenTimers implements Timers {
  nowMs = 0;
  #next = 0;
  readonly #waiting = new Map<number, { at: number; call: () => void }>();

  after(ms: number, call: () => void): () => void {
    const id = this.#next++;
    this.#waiting.set(id, { at: this.nowMs + ms, call });
    return () => this.#waiting.delete(id);
  }

  /** How many waits are under way. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Lets so much time pass; whatever a call begins has its say before the next. */
  async pass(ms: number): Promise<void> {
    const until = this.nowMs + ms;
    await settled();
    for (;;) {
      const [id, due] = [...this.#waiting].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (id === undefined || due === undefined || due.at > until) break;
      this.#waiting.delete(id);
      this.nowMs = due.at;
      due.call();
      await settled();
    }
    this.nowMs = until;
  }
}

/** Promises that are only waiting for each other have their turn. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
