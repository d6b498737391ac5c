// What a snapshot of the room holds: the state, and the last journaled look at the clocks, which the state does not carry. It
// changes with the room until it is written as JSON.

import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { initialState } from './core/initial.js';
import { withSharedParts } from './core/shared-parts.js';
import type { State } from './core/types.js';
import type { ClockAnchor } from './clock.js';
import { jsonPieces } from './json-pieces.js';

interface StoredSnapshot {
  format: 'kaochang-room-snapshot-2';
  anchor: ClockAnchor | null;
  state: State;
}

/** As the first format had it: the state as text within the text, twice as long on the way. */
interface FirstStoredSnapshot {
  format: 'kaochang-room-snapshot-1';
  anchor: ClockAnchor | null;
  state: string;
}

/** The state and the anchor, to be written as JSON in the same turn. */
export function encodeSnapshot(state: State, anchor: ClockAnchor | null): StoredSnapshot {
  return { format: 'kaochang-room-snapshot-2', anchor, state };
}

/** Down to one candidate of one session: that much is in memory as text at a time. */
const PIECE_DEPTH = 5;

/** The same as gzipped JSON, for a state that does not change meanwhile. */
export async function packSnapshot(state: State, anchor: ClockAnchor | null): Promise<Uint8Array> {
  const packed: Buffer[] = [];
  await pipeline(
    jsonPieces(encodeSnapshot(state, anchor), PIECE_DEPTH),
    // The fastest: a tenth of the size is enough.
    createGzip({ level: 1 }),
    async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) packed.push(chunk);
    },
  );
  return Buffer.concat(packed);
}

/** Reads a stored snapshot. @throws Error when it is of another format */
export function readSnapshot(stored: unknown): { state: State; anchor: ClockAnchor | null } {
  const snapshot = stored as StoredSnapshot | FirstStoredSnapshot | null;
  const isKnown =
    snapshot?.format === 'kaochang-room-snapshot-1'
      ? typeof snapshot.state === 'string'
      : snapshot?.format === 'kaochang-room-snapshot-2' && typeof snapshot.state === 'object';
  if (snapshot === null || !isKnown) throw new Error('The snapshot is not one of this version of Kaochang');
  const state =
    snapshot.format === 'kaochang-room-snapshot-1' ? (JSON.parse(snapshot.state) as State) : snapshot.state;
  // What a room of an earlier version did not know yet is as in a room that knows nothing.
  return { state: withSharedParts({ ...initialState(), ...state }), anchor: snapshot.anchor ?? null };
}
