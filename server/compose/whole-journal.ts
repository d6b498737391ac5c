// A journal from its first byte to its last, checked, with what it says is true. Reads only; a server may run meanwhile.

import { evolve } from '../core/evolve.js';
import { initialState } from '../core/initial.js';
import { entryOf } from '../core/state-access.js';
import { dataPaths } from '../data-folder.js';
import { verifyJournal } from '../journal/verify.js';
import { readPrivateKeys } from '../keys/key-files.js';
import { eventOf } from '../protocol/journal-event.js';
import { readSnapshot } from '../room-snapshot.js';
import { journalPlace } from './read-journal.js';

/**
 * @param file a copy of the journal, read with the keys of the data folder; else the folder's own
 * @returns the report of the check, and the state that the rows make
 */
export async function readWholeJournal(data: string, file?: string) {
  let state = initialState();
  const report = await verifyJournal({
    ...journalPlace(data, await readPrivateKeys(dataPaths(data).roomKey)),
    ...(file === undefined ? {} : { file }),
    replay: {
      apply: (written) => (state = evolve(state, eventOf(written))),
      state: () => state,
      // What an older version did not know yet is as in a room that knows nothing.
      stored: (snapshot) => ({ ...initialState(), ...readSnapshot(snapshot).state }),
      isWiped: (session) => (entryOf(state.sessions, session)?.wiped ?? null) !== null,
    },
  });
  return { report, state };
}
