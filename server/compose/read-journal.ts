// Where a data folder has its journal, and the journal to be read there: beside the server that writes it, or alone. It changes
// nothing in the folder.

import { dataPaths } from '../data-folder.js';
import type { Journal } from '../journal/journal.js';
import { openSqliteJournal, type SqliteJournalOptions } from '../journal/sqlite-journal.js';
import type { PrivateKeys } from '../keys/key-files.js';

/** Where a thread or a process finds the journal. */
export interface JournalPlace {
  file: string;
  keysFolder: string;
  room: PrivateKeys;
}

/** The place in a data folder. */
export function journalPlace(data: string, room: PrivateKeys): JournalPlace {
  const { journal, dataKeys } = dataPaths(data);
  return { file: journal, keysFolder: dataKeys, room };
}

/**
 * The journal as it is now.
 * @param how `beside` a server that may run; `alone` writes not a byte, for a disk that is full
 * @throws JournalDamagedError
 */
export function readJournal(
  data: string,
  room: PrivateKeys,
  how: NonNullable<SqliteJournalOptions['readOnly']>,
): Promise<Journal> {
  return openSqliteJournal({ ...journalPlace(data, room), readOnly: how });
}
