// The only writer: command -> decide -> evolve -> append -> (durable) -> publish; one timer.

import type { Actor, State } from './core/types.js';
import type { Command } from './core/commands.js';
import type { Event } from './core/events.js';
import type { Refusal } from './core/refusals.js';

export interface Handled {
  refusal: Refusal | null;
  events: readonly Event[];
  /** Number of the last event that the decision saw or made: what the answer has to wait for (rule 1). */
  seq: number;
}

export interface Published {
  seq: number;
  event: Event;
  actor: Actor;
}

export interface Room {
  /** The state as decided; may be ahead of the disk. Whoever shows it waits for `settled()` first. */
  readonly state: State;
  /** Room time in integer milliseconds; never backward. */
  now(): number;
  /** Decides at once; the caller answers after `whenDurable(handled.seq)`. */
  handle(command: Command): Handled;
  whenDurable(seq: number): Promise<void>;
  /** Resolves when everything decided until now is on disk. */
  settled(): Promise<void>;
  /** Called with durable events, in order. Returns the function that ends the subscription. */
  subscribe(listener: (published: readonly Published[]) => void): () => void;
}
