// Steps that take back what was started, for the stop and for a start that fails half-way: the last one first.

import type { Log } from '../log.js';

export class Undo {
  readonly #steps: (() => void | Promise<void>)[] = [];

  constructor(private readonly log: Log) {}

  push(step: () => void | Promise<void>): void {
    this.#steps.push(step);
  }

  /** Runs every step once, also when one of them fails. */
  async run(): Promise<void> {
    for (const step of this.#steps.splice(0).reverse())
      try {
        await step();
      } catch (error) {
        this.log.error({ err: error }, 'A step of the stop failed');
      }
  }
}
