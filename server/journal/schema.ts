// Tables of the journal's file: drizzle's description for cold queries, and the steps that make them.

import { blob, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Database } from './database-driver.js';

export const signedHeads = sqliteTable('heads', {
  seq: integer('seq').notNull(),
  hash: text('hash').notNull(),
  at: integer('at').notNull(),
  keyId: text('key_id').notNull(),
  signature: text('signature').notNull(),
});

export const snapshots = sqliteTable('snapshots', {
  seq: integer('seq').primaryKey(),
  hash: text('hash').notNull(),
  body: blob('body', { mode: 'buffer' }).notNull(),
  signature: text('signature').notNull(),
});

/** One step a version; a step is never changed once it was released. */
const MIGRATIONS = [
  `CREATE TABLE journal (
     seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, session TEXT NOT NULL, type TEXT NOT NULL, actor TEXT NOT NULL,
     key_id TEXT NOT NULL, body BLOB NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL
   ) STRICT;
   CREATE INDEX journal_keys ON journal (seq) WHERE type = 'data-key-created';
   CREATE TABLE heads (
     seq INTEGER NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL, key_id TEXT NOT NULL, signature TEXT NOT NULL
   ) STRICT;
   CREATE TABLE snapshots (
     seq INTEGER PRIMARY KEY, hash TEXT NOT NULL, body BLOB NOT NULL, signature TEXT NOT NULL
   ) STRICT;`,
];

/**
 * What a version has to know to read a journal. A version that writes events which the one before cannot read adds a step, if
 * need be an empty one: going back is then refused instead of tried.
 */
export const JOURNAL_FORMAT = MIGRATIONS.length;

/** Rows are appended, and read once from end to end: by itself each connection would keep 16 MB of them. */
const CACHE_KILOBYTES = 2_000;

/** Sets what every connection needs; better-sqlite3 by itself would run a re-opened WAL file at NORMAL. */
export function prepareConnection(db: Database): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('busy_timeout = 5000');
  db.pragma(`cache_size = -${CACHE_KILOBYTES}`);
  // A deleted snapshot leaves nothing in the file.
  db.pragma('secure_delete = ON');
}

/** The journal was written by a newer version of Kaochang. */
export class JournalFormatError extends Error {
  constructor(readonly format: number) {
    super(
      `考务日志由更新的版本写成（格式 ${format}，本版本只认到 ${JOURNAL_FORMAT}），请安装更新的版本 / ` +
        `a newer version wrote this journal (format ${format}; this one knows ${JOURNAL_FORMAT}): install that one`,
    );
    this.name = 'JournalFormatError';
  }
}

/** @returns the format of the file; 0 = nothing was written yet. @throws JournalFormatError for one of a newer version */
export function checkFormat(db: Database): number {
  const format = db.pragma('user_version', { simple: true }) as number;
  if (format > JOURNAL_FORMAT) throw new JournalFormatError(format);
  return format;
}

/** Brings the file to this version. @throws JournalFormatError for a file of a newer version */
export function migrate(db: Database): void {
  const version = checkFormat(db);
  MIGRATIONS.slice(version).forEach((sql, index) =>
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`user_version = ${version + index + 1}`);
    })(),
  );
}
