// Node's own SQLite (Node 22.16 or 24 and newer), seen as the journal sees better-sqlite3: Buffers for BLOBs, SQLite's codes on
// errors, statements that give rows or columns. It adds nothing of its own.

import { createRequire } from 'node:module';
import type { Database, Statement } from './database-driver.js';

/** What is used of `node:sqlite`; the types of older Nodes do not know it. */
export interface NodeSqlite {
  DatabaseSync: new (file: string, options: { readOnly: boolean; timeout: number }) => DatabaseSync;
  backup(from: DatabaseSync, file: string): Promise<number>;
}

interface DatabaseSync {
  readonly isOpen: boolean;
  prepare(sql: string): StatementSync;
  exec(sql: string): void;
  close(): void;
}

interface StatementSync {
  run(...values: unknown[]): unknown;
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
  iterate(...values: unknown[]): Iterable<unknown>;
  setReturnArrays(isArrays: boolean): void;
}

/** How long a statement waits for a lock, as better-sqlite3 does by itself. */
const BUSY_TIMEOUT_MS = 5_000;

/** Primary result codes (sqlite.org/rescode.html) that somebody here asks for. */
const CODES: Record<number, string> = {
  5: 'SQLITE_BUSY',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  19: 'SQLITE_CONSTRAINT',
  26: 'SQLITE_NOTADB',
};

let loaded: NodeSqlite | null | undefined;

/** The module, or null where this Node has none that can make online copies. */
export function loadNodeSqlite(): NodeSqlite | null {
  if (loaded !== undefined) return loaded;
  try {
    const found = createRequire(import.meta.url)('node:sqlite') as NodeSqlite;
    loaded = typeof found.backup === 'function' ? found : null;
  } catch {
    loaded = null;
  }
  return loaded;
}

/** Runs something and gives its error SQLite's own code. */
function withCode<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw coded(error);
  }
}

function coded(error: unknown): unknown {
  const { errcode } = error as { errcode?: number };
  if (typeof errcode !== 'number') return error;
  return Object.assign(error as Error, { code: CODES[errcode & 0xff] ?? `SQLITE_ERROR_${errcode}` });
}

/** BLOBs as Buffers over the same bytes; everything else as it came. */
function plain(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

function plainRow(row: unknown): unknown {
  if (row === undefined || row === null) return undefined;
  if (Array.isArray(row)) return row.map(plain);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]));
}

/** One file, opened by Node's own SQLite. */
export class NodeSqliteDatabase implements Database {
  readonly #db: DatabaseSync;

  /** @param sqlite for tests, another one than this Node's */
  constructor(
    file: string,
    readOnly: boolean,
    private readonly sqlite: NodeSqlite | null = loadNodeSqlite(),
  ) {
    if (sqlite === null) throw new Error('This Node has no SQLite');
    this.#db = withCode(() => new sqlite.DatabaseSync(file, { readOnly, timeout: BUSY_TIMEOUT_MS }));
  }

  get open(): boolean {
    return this.#db.isOpen;
  }

  pragma(text: string, { simple = false }: { simple?: boolean } = {}): unknown {
    const rows = this.prepare(`PRAGMA ${text}`).all();
    return simple ? Object.values((rows[0] ?? {}) as object)[0] : rows;
  }

  prepare(sql: string): Statement {
    return new NodeStatement(
      withCode(() => this.#db.prepare(sql)),
      'rows',
    );
  }

  exec(sql: string): void {
    withCode(() => this.#db.exec(sql));
  }

  transaction(write: () => void): (() => void) & { immediate(): void } {
    const within = (begin: string) => () => {
      this.exec(begin);
      try {
        write();
        this.exec('COMMIT');
      } catch (error) {
        // A full disk may have ended the transaction already.
        try {
          this.exec('ROLLBACK');
        } catch {
          // The first error is the one to tell.
        }
        throw error;
      }
    };
    return Object.assign(within('BEGIN'), { immediate: within('BEGIN IMMEDIATE') });
  }

  async backup(file: string): Promise<unknown> {
    try {
      return await this.sqlite?.backup(this.#db, file);
    } catch (error) {
      throw coded(error);
    }
  }

  close(): void {
    if (this.#db.isOpen) withCode(() => this.#db.close());
  }
}

/** A statement; `raw` is what drizzle asks for. */
class NodeStatement implements Statement {
  constructor(
    private readonly statement: StatementSync,
    private readonly gives: 'rows' | 'first',
  ) {}

  run(...values: unknown[]): unknown {
    return withCode(() => this.statement.run(...values));
  }

  get(...values: unknown[]): unknown {
    return this.#shape(withCode(() => this.statement.get(...values)));
  }

  all(...values: unknown[]): unknown[] {
    return withCode(() => this.statement.all(...values)).map((row) => this.#shape(row));
  }

  *iterate(...values: unknown[]): IterableIterator<unknown> {
    try {
      for (const row of this.statement.iterate(...values)) yield this.#shape(row);
    } catch (error) {
      throw coded(error);
    }
  }

  pluck(): Statement {
    return new NodeStatement(this.statement, 'first');
  }

  /** Rows as arrays from now on. */
  raw(): Statement {
    this.statement.setReturnArrays(true);
    return this;
  }

  #shape(row: unknown): unknown {
    const shaped = plainRow(row);
    if (this.gives === 'rows' || shaped === undefined) return shaped;
    return Object.values(shaped as object)[0];
  }
}
