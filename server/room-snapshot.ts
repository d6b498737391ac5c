// What a snapshot of the room holds: the state as JSON text, encoded in one go so that what is written later is what was
// true then, and the last journaled look at the clocks, which the state does not carry.

import { withSharedParts } from './core/shared-parts.js';
import type { State } from './core/types.js';
import type { ClockAnchor } from './clock.js';

interface StoredSnapshot {
  format: 'kaochang-room-snapshot-1';
  anchor: ClockAnchor | null;
  state: string;
}

/** Encodes the state and the anchor of this moment. */
export function encodeSnapshot(state: State, anchor: ClockAnchor | null): StoredSnapshot {
  return { format: 'kaochang-room-snapshot-1', anchor, state: JSON.stringify(state) };
}

/** Reads a stored snapshot. @throws Error when it is of another format */
export function readSnapshot(stored: unknown): { state: State; anchor: ClockAnchor | null } {
  const snapshot = stored as Partial<StoredSnapshot> | null;
  if (snapshot?.format !== 'kaochang-room-snapshot-1' || typeof snapshot.state !== 'string')
    throw new Error('The snapshot is not one of this version of Kaochang');
  return { state: withSharedParts(JSON.parse(snapshot.state) as State), anchor: snapshot.anchor ?? null };
}
