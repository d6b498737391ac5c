// How each event is applied: a handler per type, checked to be whole where they are put together.

import type { Event, EventType } from './events.js';
import type { State } from './types.js';

/** One handler per type of event. */
export type Handlers<T extends EventType> = {
  [K in T]: (state: State, event: Extract<Event, { type: K }>) => void;
};
