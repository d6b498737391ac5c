// The rules of the room, as everybody who replays or runs it takes them.

import { changesDeadlines, nextDeadline } from '../core/deadlines.js';
import { decide } from '../core/decide.js';
import { evolve } from '../core/evolve.js';
import { initialState } from '../core/initial.js';
import type { Rules } from '../room.js';

export const RULES: Rules = { decide, evolve, nextDeadline, changesDeadlines, initialState };
