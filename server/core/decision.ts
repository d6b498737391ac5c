// The shape of a decision, and the ways to make one.

import type { Command, CommandType } from './commands.js';
import type { EventBody } from './events.js';
import type { Refusal, RefusalCode } from './refusals.js';
import type { Actor, State } from './types.js';

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

/** Who signs for an act of staff. @throws Error for others: `decide` lets only staff through to acts that are signed */
export function signerOf(by: Actor): string {
  if (by.kind !== 'staff') throw new Error('Broken invariant: an act of staff without its person');
  return by.staffId;
}

/** The PC that asks. @throws Error for others: `decide` lets only paired PCs through to what PCs ask */
export function seatedAt(by: Actor): Extract<Actor, { kind: 'seat' }> {
  if (by.kind !== 'seat') throw new Error('Broken invariant: a request of a PC without its seat');
  return by;
}

/** True for a reason that says nothing. */
export function isBlank(text: string | null): boolean {
  return text === null || text.trim() === '';
}
