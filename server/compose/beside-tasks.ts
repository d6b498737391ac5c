// Work on the whole journal that would hold up a room of thousands: what is asked of the thread beside the room, and what
// it gives back.

import type { BundleSources, BuiltBundle } from '../bundle/build.js';
import type { DeviceMark } from '../protocol/staff.js';
import type { JournalPlace } from './read-journal.js';

export type BesideTask = { place: JournalPlace } & (
  | { kind: 'device-marks' }
  | ({ kind: 'bundle'; data: string; keepFreeBytes: number } & Pick<
      BundleSources,
      'sessionId' | 'orgRecipients' | 'now'
    >)
);

export type BesideAnswer =
  | { kind: 'device-marks'; marks: DeviceMark[] }
  | { kind: 'bundle'; built: BuiltBundle }
  /** The disk has no room for the bundle. */
  | { kind: 'no-space'; needBytes: number; freeBytes: number }
  | { kind: 'failed'; error: string };

/** How far it is; any number of them come before the answer. */
export interface BesideProgress {
  kind: 'progress';
  doneBytes: number;
  ofBytes: number;
}
