// What can be said of a journal's file before it is opened: its format and its last row. Reads only, whatever version wrote it.

import { openDatabase } from './database.js';
import type { Database } from './database-driver.js';

export interface JournalFacts {
  /** 0 = nothing was written yet. */
  format: number;
  lastSeq: number;
  /** Hash of the last row; '' where there is none. */
  head: string;
}

/** Looks at a journal's file, beside a server that may run. @throws what SQLite says of a file that is none */
export function journalFacts(file: string): JournalFacts {
  const db = openDatabase(file, { readonly: true, fileMustExist: true });
  try {
    db.pragma('busy_timeout = 5000');
    const format = db.pragma('user_version', { simple: true }) as number;
    if (format === 0) return { format, lastSeq: 0, head: '' };
    const last = db.prepare('SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1').get();
    const { seq, hash } = (last ?? { seq: 0, hash: '' }) as { seq: number; hash: string };
    return { format, lastSeq: seq, head: hash };
  } finally {
    db.close();
  }
}

/**
 * Copies a journal by SQLite's own means, as any version can read it. Snapshots stay behind: they can be read with the room's key
 * alone, and would outlive the wipe (rule 3).
 * @param to a file that is not there yet
 */
export async function copyJournal(file: string, to: string): Promise<void> {
  const db = openDatabase(file, { readonly: true, fileMustExist: true });
  try {
    db.pragma('busy_timeout = 5000');
    await db.backup(to);
  } finally {
    db.close();
  }
  const copy = openDatabase(to);
  try {
    dropSnapshots(copy);
    // Whoever only reads it then leaves no log beside it.
    copy.pragma('journal_mode = DELETE');
  } finally {
    copy.close();
  }
}

/** Takes the snapshots out of a copy, so that nothing of them is left in the file. */
export function dropSnapshots(copy: Database): void {
  copy.pragma('secure_delete = ON');
  copy.exec('DELETE FROM snapshots');
  copy.pragma('wal_checkpoint(TRUNCATE)');
}

/** Brings a journal's log into the journal's own file, which then stands alone. @throws Error where somebody holds it */
export function foldLog(file: string): void {
  const db = openDatabase(file, { fileMustExist: true });
  try {
    const mode = db.pragma('journal_mode = DELETE', { simple: true });
    if (mode !== 'delete') throw new Error(`${file}: 正在使用 / is in use`);
  } finally {
    db.close();
  }
}
