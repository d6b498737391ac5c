// Runs in a process of its own: reads the journal as far as it was written when it began, hands back the state as a snapshot,
// ends. It writes nothing, and without the room it ends at once.

import { setPriority } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openSqliteJournal } from '../journal/sqlite-journal.js';
import type { Written } from '../journal/journal.js';
import { replayJournal } from '../room.js';
import { packSnapshot } from '../room-snapshot.js';
import type { JournalPlace } from './read-journal.js';
import { RULES } from './rules.js';
import type { SnapshotAnswer } from './snapshot-process.js';

const NICENESS = 15;
const ROWS_A_TURN = 1_000;

// Answers come first, this comes when there is time.
setPriority(NICENESS);

/** Between the rows it can be heard that the room is gone. */
async function* inTurns(rows: AsyncIterable<Written>): AsyncIterable<Written> {
  let count = 0;
  for await (const row of rows) {
    yield row;
    if ((count += 1) % ROWS_A_TURN === 0) await nextTurn();
  }
}

async function takeSnapshot(place: JournalPlace): Promise<SnapshotAnswer> {
  const journal = await openSqliteJournal({ ...place, readOnly: 'beside' });
  try {
    const rows = {
      latestSnapshot: () => journal.latestSnapshot(),
      replay: (afterSeq?: number) => inTurns(journal.replay(afterSeq)),
    };
    const { state, anchor } = await replayJournal(rows, RULES);
    return { seq: journal.lastSeq, json: await packSnapshot(state, anchor) };
  } finally {
    await journal.close();
  }
}

process.once('disconnect', () => process.exit());
process.once('message', (place: JournalPlace) => {
  void takeSnapshot(place)
    .catch((error: unknown): SnapshotAnswer => ({ error: (error as Error).message }))
    .then((answer) => process.send?.(answer, () => process.disconnect()));
});
