// The SQLite under the journal: better-sqlite3, which is compiled for each Node, or Node's own where that cannot be loaded (a
// room on Windows has no compiler). Whoever opens a file here sees no difference; nothing is known here of what is in it.

import { existsSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import type { Database } from './database-driver.js';
import { loadNodeSqlite, NodeSqliteDatabase } from './node-sqlite.js';

export interface OpenOptions {
  readonly?: boolean;
  fileMustExist?: boolean;
}

export type DriverName = 'better-sqlite3' | 'node:sqlite';

/** Neither SQLite can be had. */
export class NoDriverError extends Error {
  constructor(cause: unknown) {
    super(
      `数据库模块不能加载：请用安装包自带的 Node（Windows 上为 24 以上）/ no SQLite can be loaded: use the Node that came with the release (24 or newer on Windows): ${(cause as Error).message}`,
      { cause },
    );
    this.name = 'NoDriverError';
  }
}

let chosen: DriverName | null = null;

/** Which SQLite this process uses: asked once, the same for every file. @throws NoDriverError */
export function driverName(): DriverName {
  chosen ??= chooseDriver();
  return chosen;
}

function chooseDriver(): DriverName {
  try {
    new BetterSqlite(':memory:').close();
    return 'better-sqlite3';
  } catch (error) {
    if (loadNodeSqlite() === null) throw new NoDriverError(error);
    return 'node:sqlite';
  }
}

/** Opens a file. @throws Error with SQLite's code, or NoDriverError */
export function openDatabase(file: string, options: OpenOptions = {}): Database {
  if (driverName() === 'better-sqlite3') return new BetterSqlite(file, options);
  if (options.fileMustExist === true && !existsSync(file))
    throw Object.assign(new Error(`unable to open database file: ${file}`), { code: 'SQLITE_CANTOPEN' });
  return new NodeSqliteDatabase(file, options.readonly === true);
}
