// The shape of a decision, and the two ways to make one.

import type { Command, CommandType } from './commands.js';
import type { EventBody } from './events.js';
import type { Refusal, RefusalCode } from './refusals.js';
import type { State } from './types.js';

/** What happened (in order) and, where the wish was not granted, why. A refusal may come with events. */
export interface Decision {
  events: EventBody[];
  refusal: Refusal | null;
}

export type Deciders<T extends CommandType> = {
  [K in T]: (state: State, command: Extract<Command, { type: K }>, now: number) => Decision;
};

/** This happened. No events = nothing to do, which is no refusal. */
export function happened(...events: EventBody[]): Decision {
  return { events, refusal: null };
}

/** This may not happen. */
export function refuse(
  code: RefusalCode,
  params?: Record<string, string | number>,
  ...events: EventBody[]
): Decision {
  return { events, refusal: params === undefined ? { code } : { code, params } };
}
