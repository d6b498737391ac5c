// The journal in one SQLite file: a writer thread for appends, a read connection for everything else.

import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type BetterSqlite from 'better-sqlite3';
import { asc, desc, eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import type { PrivateKeys } from '../keys/key-files.js';
import { ChainChecker, FIRST_PREV, signHead, verifyHead } from './chain.js';
import { JournalDamagedError } from './damage.js';
import { openDatabase } from './database.js';
import type { Database } from './database-driver.js';
import { destroyDataKey, readDataKey } from './data-keys.js';
import { dropSnapshots } from './file-format.js';
import type { EncodedSnapshot, Entry, Journal, SignedHead, Snapshot, StoredRow, Written } from './journal.js';
import { DATA_KEY_CREATED, numbered, readRow, type DataKeyCreated } from './rows.js';
import { checkFormat, JOURNAL_FORMAT, migrate, prepareConnection, signedHeads, snapshots } from './schema.js';
import { isSigned, openSnapshot, type StoredSnapshot } from './snapshots.js';
import { AppendLedger } from './append-ledger.js';
import type { FromWriter, ToWriter, WriterSetup } from './writer-messages.js';

export interface SqliteJournalOptions {
  file: string;
  keysFolder: string;
  room: PrivateKeys;
  /** age recipients of the org for new data keys; asked at each new key. */
  orgRecipients?: () => string[];
  /** A file that is given up when the disk is full. */
  ballast?: string;
  /** Told of every commit: how long it took and how many rows it took along. */
  onCommit?: (commitMs: number, rows: number) => void;
  /**
   * Only reads what was there when it was opened: appends throw, heads are signed in memory. `alone` writes not a byte, for a disk
   * that is full (rule 2); `beside` reads while another one writes.
   */
  readOnly?: 'alone' | 'beside';
}

const CHUNK = 2_000;

/** Opens, checks and, where it is new, makes the journal. @throws JournalDamagedError naming the row */
export async function openSqliteJournal(options: SqliteJournalOptions): Promise<Journal> {
  const { file, readOnly } = options;
  if (readOnly === undefined) mkdirSync(dirname(file), { recursive: true });
  const db = readOnly === undefined ? openFile(file) : openToRead(file, readOnly);
  try {
    const journal = new SqliteJournal(options, db);
    await journal.begin();
    return journal;
  } catch (error) {
    db.close();
    throw damageOf(error);
  }
}

function openFile(file: string): Database {
  const isNew = !existsSync(file);
  try {
    const db = openDatabase(file);
    prepareConnection(db);
    if (isNew || checkFormat(db) < JOURNAL_FORMAT) migrate(db);
    return db;
  } catch (error) {
    throw damageOf(error);
  }
}

function openToRead(file: string, how: 'alone' | 'beside'): Database {
  try {
    // Who may write brings the log back and removes it when it closes as the last one, and takes itself for the last where the
    // server's own locks are gone: they go when anything in its process closes this file. Who only reads does neither.
    const db = openDatabase(file, { fileMustExist: true, readonly: how === 'beside' });
    // With the lock for itself the index of the log is kept in memory: nothing has to be made on the disk.
    if (how === 'alone') db.pragma('locking_mode = EXCLUSIVE');
    else db.pragma('busy_timeout = 5000');
    db.pragma('query_only = ON');
    checkFormat(db);
    return db;
  } catch (error) {
    throw damageOf(error);
  }
}

function damageOf(error: unknown): unknown {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  // The page that holds the schema may be the damaged one.
  const isDamaged = /^SQLITE_(CORRUPT|NOTADB)/.test(code) || /^no such (table|column)/.test(message);
  return isDamaged ? new JournalDamagedError(0, 'file', message) : error;
}

/** A row before the snapshot that was changed shows here first. @throws JournalDamagedError */
function readKeyRow(seq: number, body: Buffer): DataKeyCreated {
  try {
    const { keyId, scope, forOrg } = JSON.parse(body.toString('utf8')) as DataKeyCreated;
    // It becomes the name of a file.
    if (!/^[A-Za-z0-9._-]+$/.test(keyId) || typeof scope !== 'string') throw new Error('no key');
    return { keyId, scope, forOrg };
  } catch {
    throw new JournalDamagedError(seq, 'body');
  }
}

type Read = ReturnType<typeof drizzle>;
type AppendEntries = Extract<ToWriter, { t: 'append' }>['entries'];
type DistributedOmit<T> = T extends unknown ? Omit<T, 'id'> : never;

class SqliteJournal implements Journal {
  readonly #db: Database;
  readonly #read: Read;
  readonly #ledger = new AppendLedger();
  readonly #keys = new Map<string, Buffer>();
  readonly #scopes = new Map<string, string[]>();
  readonly #waiting = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  /** Signed while nothing could be written. */
  readonly #unwrittenHeads: SignedHead[] = [];
  #writer: Worker | null = null;
  /** Appended in this turn. */
  #gathered: AppendEntries = [];
  /** Where the rows ended when the journal was opened. */
  #head = { seq: 0, hash: FIRST_PREV };
  #nextId = 1;
  #lastAt = 0;

  constructor(
    private readonly options: SqliteJournalOptions,
    db: Database,
  ) {
    this.#db = db;
    // Both drivers give what drizzle asks of a statement.
    this.#read = drizzle(db as BetterSqlite.Database);
  }

  get #isReadOnly(): boolean {
    return this.options.readOnly !== undefined;
  }

  get lastSeq(): number {
    return this.#ledger.lastSeq;
  }

  get durableSeq(): number {
    return this.#ledger.durableSeq;
  }

  async begin(): Promise<void> {
    const newest = this.#newestSnapshot();
    const checker = new ChainChecker(newest === null ? undefined : { seq: newest.seq, hash: newest.hash });
    for (const row of this.#rowsAfter(newest?.seq ?? 0)) {
      const problem = checker.check(row);
      if (problem !== null) throw new JournalDamagedError(problem.seq, problem.problem);
      this.#lastAt = row.at;
    }
    this.#checkHead();
    await this.#loadKeys();
    this.#ledger.begin(checker.seq);
    const { file, keysFolder, room, ballast } = this.options;
    const keys = [...this.#scopes].flatMap(([scope, keyIds]) => {
      const keyId = keyIds.at(-1) ?? '';
      const key = this.#keys.get(keyId);
      return key === undefined ? [] : [{ scope, keyId, key: key.toString('base64') }];
    });
    const seq = checker.seq;
    const hash = seq === 0 ? FIRST_PREV : checker.hash;
    this.#head = { seq, hash };
    if (this.#isReadOnly) return;
    const setup: WriterSetup = { file, keysFolder, ballast: ballast ?? null, room, keys, seq, hash };
    this.#writer = new Worker(new URL('./writer-thread.js', import.meta.url), {
      workerData: setup,
      // Rows live for one commit: four times as much room for them takes 24 MB of memory and saves nothing.
      resourceLimits: { maxYoungGenerationSizeMb: 12 },
    });
    this.#writer.on('message', (message: FromWriter) => this.#hear(message));
    this.#writer.on('error', (error) => this.#fail(error));
    this.#writer.on(
      'exit',
      (code) => code !== 0 && this.#fail(new Error(`The journal's writer ended with ${code}`)),
    );
  }

  append(entries: readonly Entry[]): number {
    this.#ledger.assertAlive();
    if (this.#writer === null) throw new Error('The journal was opened to read only');
    const batch: AppendEntries = [];
    // New data keys first: the entries of one call keep numbers without a gap between them.
    for (const { session, at } of entries)
      if (!this.#scopes.has(session)) batch.push(this.#newKey(session, at));
    for (const entry of entries) batch.push(numbered(entry, this.#ledger.take()));
    this.#lastAt = entries.at(-1)?.at ?? this.#lastAt;
    this.#gather(batch);
    return this.#ledger.lastSeq;
  }

  whenDurable(seq: number): Promise<void> {
    return this.#ledger.whenDurable(seq);
  }

  async *replay(afterSeq = 0): AsyncIterable<Written> {
    for (const row of this.#rowsAfter(afterSeq)) {
      if (row.type === DATA_KEY_CREATED) continue;
      try {
        yield readRow(row, (keyId) => this.#keys.get(keyId) ?? null);
      } catch {
        throw new JournalDamagedError(row.seq, 'body');
      }
    }
  }

  async *rows(afterSeq = 0): AsyncIterable<StoredRow> {
    await this.whenDurable(this.lastSeq);
    yield* this.#rowsAfter(afterSeq);
  }

  async heads(): Promise<SignedHead[]> {
    const written = this.#read.select().from(signedHeads).orderBy(asc(signedHeads.seq)).all();
    return Promise.resolve([...written, ...this.#unwrittenHeads]);
  }

  async dataKeys(session: string): Promise<Record<string, Buffer>> {
    await this.whenDurable(this.lastSeq);
    const keyIds = [...(this.#scopes.get(session) ?? []), ...(this.#scopes.get('') ?? [])];
    const found = keyIds.map((keyId) => [keyId, this.#keys.get(keyId)] as const);
    return Object.fromEntries(found.filter((pair): pair is [string, Buffer] => pair[1] !== undefined));
  }

  async rotateKeys(sessions: readonly string[]): Promise<void> {
    this.#ledger.assertAlive();
    if (this.#writer === null) throw new Error('The journal was opened to read only');
    this.#gather(['', ...sessions].map((scope) => this.#newKey(scope, this.#lastAt)));
    await this.whenDurable(this.lastSeq);
  }

  async destroyKey(session: string): Promise<void> {
    const keyIds = this.#scopes.get(session) ?? [];
    await this.#ask({ t: 'forget', keyIds });
    for (const keyId of keyIds) {
      this.#keys.get(keyId)?.fill(0);
      this.#keys.delete(keyId);
      await destroyDataKey(this.options.keysFolder, keyId);
    }
    // Whatever is still written for this session begins a key of its own.
    this.#scopes.delete(session);
  }

  async latestSnapshot(): Promise<Snapshot | null> {
    for (const one of this.#storedSnapshots()) {
      const state = openSnapshot(this.options.room, one);
      if (state !== null) return Promise.resolve({ seq: one.seq, state });
    }
    return null;
  }

  async writeSnapshot(snapshot: Snapshot | EncodedSnapshot): Promise<void> {
    const { seq } = snapshot;
    const json = 'json' in snapshot ? snapshot.json : JSON.stringify(snapshot.state);
    await this.#ask({ t: 'snapshot', seq, json });
  }

  async signHead(at: number): Promise<void> {
    if (this.#isReadOnly) {
      this.#unwrittenHeads.push(signHead({ ...this.#head, at }, this.options.room));
      return;
    }
    await this.#ask({ t: 'sign', at });
  }

  async checkpoint(): Promise<void> {
    if (!this.#isReadOnly) await this.#ask({ t: 'checkpoint' });
  }

  async backup(file: string): Promise<void> {
    await this.whenDurable(this.lastSeq);
    await this.#db.backup(file);
    // A snapshot can be read with the room's key alone: in a copy it would outlive the wipe (rule 3).
    const copy = openDatabase(file);
    try {
      dropSnapshots(copy);
    } finally {
      copy.close();
    }
  }

  onFailure(listener: (error: Error) => void): void {
    this.#ledger.onFailure(listener);
  }

  async close(): Promise<void> {
    const writer = this.#writer;
    if (writer === null) {
      if (this.#isReadOnly && this.#db.open) this.#db.close();
      this.#ledger.close();
      return;
    }
    this.#handOver();
    this.#writer = null;
    if (!this.#ledger.failed) {
      const gone = new Promise((resolve) => writer.once('exit', resolve));
      await this.#ask({ t: 'close' }, writer);
      await gone;
    }
    this.#ledger.close();
    this.#db.close();
  }

  *#rowsAfter(afterSeq: number): Generator<StoredRow> {
    const columns = 'seq, at, session, type, actor, key_id AS keyId, body, prev, hash';
    const next = this.#db.prepare(
      `SELECT ${columns} FROM journal WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ${CHUNK}`,
    );
    // Who reads beside a writer stays with what was there at first.
    const last = this.#isReadOnly && this.#head.seq > 0 ? this.#head.seq : Number.MAX_SAFE_INTEGER;
    const after = (seq: number): StoredRow[] => {
      try {
        return next.all(seq, last) as StoredRow[];
      } catch (error) {
        throw damageOf(error);
      }
    };
    for (let rows = after(afterSeq); rows.length > 0; rows = after(rows.at(-1)?.seq ?? 0)) yield* rows;
  }

  /** The newest first; one of them in memory at a time. */
  *#storedSnapshots(): Generator<StoredSnapshot> {
    const found = this.#read
      .select({ seq: snapshots.seq })
      .from(snapshots)
      .orderBy(desc(snapshots.seq))
      .all();
    for (const { seq } of found) {
      const one = this.#read.select().from(snapshots).where(eq(snapshots.seq, seq)).get();
      if (one !== undefined) yield one;
    }
  }

  #newestSnapshot(): { seq: number; hash: string } | null {
    for (const one of this.#storedSnapshots()) {
      if (!isSigned(this.options.room, one)) continue;
      const row = this.#db.prepare('SELECT hash FROM journal WHERE seq = ?').pluck().get(one.seq);
      if (row === undefined) throw new JournalDamagedError(one.seq, 'head-missing');
      if (row !== one.hash) throw new JournalDamagedError(one.seq, 'head-hash');
      return { seq: one.seq, hash: one.hash };
    }
    return null;
  }

  /** The newest signed head has to be in the file: a cut tail shows (rule of the journal). */
  #checkHead(): void {
    const head = this.#read.select().from(signedHeads).orderBy(desc(signedHeads.seq)).limit(1).get();
    if (head === undefined) return;
    if (!verifyHead(head, this.options.room.public))
      throw new JournalDamagedError(head.seq, 'head-signature');
    const hash = this.#db.prepare('SELECT hash FROM journal WHERE seq = ?').pluck().get(head.seq);
    if (hash === undefined) throw new JournalDamagedError(head.seq, 'head-missing');
    if (hash !== head.hash) throw new JournalDamagedError(head.seq, 'head-hash');
  }

  async #loadKeys(): Promise<void> {
    const rows = this.#db
      .prepare(`SELECT seq, body FROM journal WHERE type = '${DATA_KEY_CREATED}' ORDER BY seq`)
      .all() as { seq: number; body: Buffer }[];
    for (const { seq, body } of rows) {
      const { keyId, scope } = readKeyRow(seq, body);
      this.#know(scope, keyId);
      const key = await readDataKey(this.options.keysFolder, keyId, this.options.room);
      if (key !== null) this.#keys.set(keyId, key);
    }
    for (const [scope, keyIds] of this.#scopes)
      if (!this.#keys.has(keyIds.at(-1) ?? '')) this.#scopes.delete(scope);
  }

  #newKey(scope: string, at: number) {
    this.#scopes.set(scope, this.#scopes.get(scope) ?? []);
    const orgRecipients = this.options.orgRecipients?.() ?? [];
    const entry = numbered(
      { at, session: scope, type: DATA_KEY_CREATED, actor: 'room', body: null },
      this.#ledger.take(),
    );
    return { ...entry, newKeyFor: scope, orgRecipients };
  }

  #know(scope: string, keyId: string): void {
    this.#scopes.set(scope, [...(this.#scopes.get(scope) ?? []), keyId]);
  }

  /** What is appended in one turn goes to the writer as one message: to wake it costs more than what it is told. */
  #gather(entries: AppendEntries): void {
    if (this.#gathered.length === 0) setImmediate(() => this.#handOver());
    for (const entry of entries) this.#gathered.push(entry);
  }

  #handOver(): void {
    if (this.#gathered.length === 0) return;
    const message: ToWriter = { t: 'append', entries: this.#gathered };
    this.#gathered = [];
    this.#writer?.postMessage(message);
  }

  #ask(message: DistributedOmit<Exclude<ToWriter, { t: 'append' }>>, writer = this.#writer): Promise<void> {
    this.#ledger.assertAlive();
    if (writer === null) return Promise.reject(new Error('The journal was opened to read only'));
    this.#handOver();
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      // Millions of bytes are handed over, not copied.
      const handed =
        message.t === 'snapshot' && typeof message.json !== 'string' ? [message.json.buffer] : [];
      writer.postMessage({ ...message, id }, handed as ArrayBuffer[]);
    });
  }

  #hear(message: FromWriter): void {
    switch (message.t) {
      case 'durable':
        this.options.onCommit?.(message.commitMs, message.rows);
        this.#ledger.settle(message.seq);
        break;
      case 'key':
        this.#know(message.scope, message.keyId);
        this.#keys.set(message.keyId, Buffer.from(message.key, 'base64'));
        break;
      case 'done': {
        const waiting = this.#waiting.get(message.id);
        this.#waiting.delete(message.id);
        if (message.error === undefined) waiting?.resolve();
        else waiting?.reject(new Error(message.error));
        break;
      }
      case 'failed':
        this.#fail(new Error(message.error));
        break;
    }
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#ledger.fail(error);
  }
}
