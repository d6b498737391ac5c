// The rules of the room, as everybody who replays or runs it takes them.

import { changesDeadlines, nextDeadline } from '../core/deadlines.js';
import { decide } from '../core/decide.js';
import { evolve } from '../core/evolve.js';
import { initialState } from '../core/initial.js';
import {
  alarmRows,
  cameraRows,
  deviceRows,
  occupantAt,
  preflightView,
  seatRow,
  sessionExports,
  sessionView,
  todo,
} from '../core/views.js';
import type { StaffRules } from '../proctor/host.js';
import type { Rules } from '../room.js';

export const RULES: Rules = { decide, evolve, nextDeadline, changesDeadlines, initialState };

/** What the staff's pages are shown of the state. */
export const STAFF_RULES: StaffRules = {
  alarmRows,
  cameraRows,
  deviceRows,
  occupantAt,
  preflightView,
  seatRow,
  sessionExports,
  sessionView,
  todo,
};
