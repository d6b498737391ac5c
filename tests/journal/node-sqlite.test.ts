// Node's own SQLite as the journal sees it: the same rows, BLOBs and codes as better-sqlite3 gives. Where this Node has none, one
// made of better-sqlite3 stands in for it and returns what Node's returns: bare objects, Uint8Arrays, ERR_SQLITE_ERROR.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import t from 'tap';
import type { Database } from '../../server/journal/database-driver.js';
import { loadNodeSqlite, NodeSqliteDatabase, type NodeSqlite } from '../../server/journal/node-sqlite.js';
import { migrate, prepareConnection, snapshots } from '../../server/journal/schema.js';

const ERRCODES: Record<string, number> = { SQLITE_FULL: 13, SQLITE_NOTADB: 26, SQLITE_CORRUPT: 11 };

/** As `node:sqlite` behaves, by another SQLite. */
const standIn: NodeSqlite = {
  DatabaseSync: class {
    readonly #db: BetterSqlite.Database;
    constructor(file: string, { readOnly, timeout }: { readOnly: boolean; timeout: number }) {
      this.#db = new BetterSqlite(file, { readonly: readOnly, timeout });
    }
    get isOpen() {
      return this.#db.open;
    }
    get inner() {
      return this.#db;
    }
    close() {
      this.#db.close();
    }
    exec(sql: string) {
      asNode(() => this.#db.exec(sql));
    }
    prepare(sql: string) {
      const statement = asNode(() => this.#db.prepare(sql));
      const bare = (row: unknown): unknown =>
        Array.isArray(row) ? row.map(bytes) : Object.assign(Object.create(null), mapped(row as object));
      return {
        run: (...values: unknown[]) => asNode(() => statement.run(...values)),
        get: (...values: unknown[]) => {
          const row = asNode(() => statement.get(...values));
          return row === undefined ? undefined : bare(row);
        },
        all: (...values: unknown[]) =>
          asNode(() => (statement.reader ? statement.all(...values) : (statement.run(...values), []))).map(
            bare,
          ),
        iterate: (...values: unknown[]) => asNode(() => statement.all(...values)).map(bare),
        setReturnArrays: (isArrays: boolean) => void statement.raw(isArrays),
      };
    }
  },
  backup: async (from, file) => {
    await (from as unknown as { inner: BetterSqlite.Database }).inner.backup(file);
    return 1;
  },
};

const bytes = (value: unknown) => (Buffer.isBuffer(value) ? new Uint8Array(value) : value);
const mapped = (row: object) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, bytes(value)]));
function asNode<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string };
    throw Object.assign(new Error(message), { code: 'ERR_SQLITE_ERROR', errcode: ERRCODES[code] ?? 1 });
  }
}

const folder = mkdtempSync(join(tmpdir(), 'node-sqlite-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const sqlite = loadNodeSqlite() ?? standIn;
const open = (file: string, readOnly = false): Database => new NodeSqliteDatabase(file, readOnly, sqlite);

function prepared(name: string): Database {
  const db = open(join(folder, name));
  prepareConnection(db);
  migrate(db);
  return db;
}

void t.test('rows are plain, BLOBs are Buffers, the first column can be had alone', async (t) => {
  const db = prepared('rows.db');
  t.equal(db.pragma('synchronous', { simple: true }), 2, 'FULL');
  t.equal(db.pragma('journal_mode', { simple: true }), 'wal');
  const insert = db.prepare('INSERT INTO snapshots (seq, hash, body, signature) VALUES (?, ?, ?, ?)');
  insert.run(7, 'h', Buffer.from([1, 2, 255]), 's');
  const row = { seq: 7, hash: 'h', body: Buffer.from([1, 2, 255]), signature: 's' };
  t.strictSame(db.prepare('SELECT * FROM snapshots').all(), [row]);
  t.strictSame(db.prepare('SELECT * FROM snapshots').get(), row);
  t.strictSame([...db.prepare('SELECT * FROM snapshots').iterate()], [row]);
  t.equal(db.prepare('SELECT hash FROM snapshots WHERE seq = ?').pluck().get(7), 'h');
  t.equal(db.prepare('SELECT hash FROM snapshots WHERE seq = ?').pluck().get(8), undefined);
  t.strictSame(
    drizzle(db as unknown as BetterSqlite.Database)
      .select()
      .from(snapshots)
      .all(),
    [row],
  );
  t.ok(db.open);
  db.close();
  t.notOk(db.open);
  t.doesNotThrow(() => db.close(), 'twice');
});

void t.test('a transaction that fails takes nothing along, and tells its own error', async (t) => {
  const db = prepared('transactions.db');
  const insert = db.prepare("INSERT INTO heads VALUES (?, 'h', 1, 'k', 's')");
  db.transaction(() => insert.run(1)).immediate();
  t.throws(
    () =>
      db.transaction(() => {
        insert.run(2);
        throw new Error('planted');
      })(),
    /planted/,
  );
  t.strictSame(db.prepare('SELECT seq FROM heads').pluck().all(), [1]);
  db.close();
});

void t.test('errors carry the codes that the journal asks for', async (t) => {
  const other = join(folder, 'other.db');
  writeFileSync(other, 'not a database at all'.repeat(400));
  const broken = open(other);
  t.throws(() => broken.pragma('user_version'), { code: 'SQLITE_NOTADB' });
  broken.close();
  const db = prepared('full.db');
  db.pragma('max_page_count = 8');
  const insert = db.prepare("INSERT INTO snapshots VALUES (?, 'h', zeroblob(8000), 's')");
  const fill = () => {
    for (let seq = 1; seq < 50; seq++) db.transaction(() => insert.run(seq)).immediate();
  };
  t.throws(fill, { code: 'SQLITE_FULL' });
  t.equal(typeof db.prepare('SELECT count(*) FROM snapshots').pluck().get(), 'number', 'and it goes on');
  db.close();
});

void t.test('an online copy is whole; who opens to read writes nothing', async (t) => {
  const db = prepared('from.db');
  db.exec("INSERT INTO heads VALUES (1, 'h', 1, 'k', 's')");
  await db.backup(join(folder, 'to.db'));
  const copy = open(join(folder, 'to.db'), true);
  t.equal(copy.prepare('SELECT hash FROM heads').pluck().get(), 'h');
  t.throws(() => copy.exec("INSERT INTO heads VALUES (2, 'h', 1, 'k', 's')"), /readonly/);
  copy.close();
  db.close();
});
