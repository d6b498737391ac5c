// Snapshots of the room: what is read is what was written, also by the first format.

import t from 'tap';
import { initialState } from '../../server/core/initial.js';
import { parseState } from '../../server/journal/snapshots.js';
import { encodeSnapshot, packSnapshot, readSnapshot } from '../../server/room-snapshot.js';

const anchor = { bootId: 'b', wallAt: 1, monoMs: 2, at: 3 };
const written = (stored: unknown): unknown => JSON.parse(JSON.stringify(stored));

void t.test('a snapshot is read as it was written', async (t) => {
  const state = { ...initialState(), lastAt: 7 };
  t.same(readSnapshot(written(encodeSnapshot(state, anchor))), { state, anchor });
  t.same(readSnapshot(written(encodeSnapshot(state, null))), { state, anchor: null });
});

void t.test('a packed snapshot is the same, to the letter', async (t) => {
  const state = { ...initialState(), lastAt: 9 };
  for (const one of [anchor, null]) {
    const stored = parseState(await packSnapshot(state, one));
    t.equal(JSON.stringify(stored), JSON.stringify(encodeSnapshot(state, one)));
  }
});

void t.test('a snapshot of the first format is read as well', async (t) => {
  const state = { ...initialState(), lastAt: 8 };
  const first = { format: 'kaochang-room-snapshot-1', anchor, state: JSON.stringify(state) };
  t.same(readSnapshot(written(first)), { state, anchor });
});

void t.test('what is no snapshot of a known format is refused', async (t) => {
  for (const stored of [
    null,
    {},
    { format: 'kaochang-room-snapshot-3', anchor, state: {} },
    { format: 'kaochang-room-snapshot-1', anchor, state: {} },
    { format: 'kaochang-room-snapshot-2', anchor, state: '{}' },
  ])
    t.throws(() => readSnapshot(stored), /snapshot/);
});
