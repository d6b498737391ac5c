// What the journal asks of an SQLite, whichever it is.

/** A prepared statement. Rows are plain objects, BLOBs are Buffers. */
export interface Statement {
  run(...values: unknown[]): unknown;
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
  iterate(...values: unknown[]): IterableIterator<unknown>;
  /** The same statement, giving the first column alone. */
  pluck(): Statement;
}

/** What the journal uses of an open file. Errors carry SQLite's own code, as `SQLITE_FULL`. */
export interface Database {
  readonly open: boolean;
  /** @param options `simple` = the first column of the first row */
  pragma(text: string, options?: { simple?: boolean }): unknown;
  prepare(sql: string): Statement;
  exec(sql: string): unknown;
  transaction(write: () => void): (() => void) & { immediate(): void };
  /** An online copy into a new file. */
  backup(file: string): Promise<unknown>;
  close(): unknown;
}
