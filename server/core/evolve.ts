// What is true after an event. Total and deterministic: never refuses, reads no clock, makes no decision.
// It owns the state it is given, changes it in place and returns it: at 2,000 candidates a copy for every answer would
// cost more than the answer. Whoever needs the state before an event copies it first.

import type { Event, EventType } from './events.js';
import { evolveDevices } from './evolve-devices.js';
import { evolveEnd } from './evolve-end.js';
import { evolveEntry } from './evolve-entry.js';
import { evolveExam } from './evolve-exam.js';
import { evolveRoom } from './evolve-room.js';
import { evolveVideo } from './evolve-video.js';
import type { Handlers } from './evolve-handlers.js';
import type { State } from './types.js';

const HANDLERS: Handlers<EventType> = {
  ...evolveRoom,
  ...evolveDevices,
  ...evolveVideo,
  ...evolveEntry,
  ...evolveExam,
  ...evolveEnd,
};

/** Applies one event to the state in place. */
export function evolve(state: State, event: Event): State {
  const handler = HANDLERS[event.type] as (state: State, event: Event) => void;
  handler(state, event);
  state.lastAt = Math.max(state.lastAt, event.at);
  return state;
}
