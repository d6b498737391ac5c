// Checks a journal from its first byte to its last, without stopping at the first fault: `kaochang journal verify`.

import type { PrivateKeys } from '../keys/key-files.js';
import { ChainChecker, verifyHead } from './chain.js';
import { JournalDamagedError, type Damage } from './damage.js';
import { readDataKey } from './data-keys.js';
import { openDatabase } from './database.js';
import type { Database } from './database-driver.js';
import type { SignedHead, StoredRow, Written } from './journal.js';
import { DATA_KEY_CREATED, readRow, type DataKeyCreated } from './rows.js';
import { openSnapshot, type StoredSnapshot } from './snapshots.js';

export interface JournalProblem {
  seq: number;
  damage: Damage;
  message: string;
}

export interface JournalReport {
  ok: boolean;
  rows: number;
  heads: number;
  snapshots: number;
  /** Rows whose key was destroyed by a wipe: linked in the chain, readable by nobody in the room. */
  wiped: number;
  /** Hash of the last row. */
  head: string;
  problems: JournalProblem[];
}

export interface VerifyOptions {
  file: string;
  keysFolder: string;
  room: PrivateKeys;
  /** Replays a row into the caller's state, to hold each snapshot against it. */
  replay?: {
    apply: (written: Written) => void;
    state: () => unknown;
    /** The state in what a snapshot stores. */
    stored: (snapshot: unknown) => unknown;
    /** Whether the rows say that this session was wiped; a key that is gone otherwise is damage. */
    isWiped: (session: string) => boolean;
  };
}

const MOST_PROBLEMS = 100;

/** Reads only. Problems come in the order of the rows. */
export async function verifyJournal(options: VerifyOptions): Promise<JournalReport> {
  const problems: JournalProblem[] = [];
  const note = (seq: number, damage: Damage, detail?: string) => {
    if (problems.length < MOST_PROBLEMS)
      problems.push({ seq, damage, message: new JournalDamagedError(seq, damage, detail).message });
  };
  const report = { ok: false, rows: 0, heads: 0, snapshots: 0, wiped: 0, head: '', problems };
  const unread = new Map<string, number>();
  let db: Database | null = null;
  try {
    db = openDatabase(options.file, { readonly: true, fileMustExist: true });
    for (const line of db.pragma('quick_check') as { quick_check: string }[])
      if (line.quick_check !== 'ok') note(0, 'file', line.quick_check);
    const heads = new Map<number, SignedHead[]>();
    for (const head of db
      .prepare('SELECT seq, hash, at, key_id AS keyId, signature FROM heads')
      .all() as SignedHead[]) {
      heads.set(head.seq, [...(heads.get(head.seq) ?? []), head]);
      report.heads += 1;
    }
    const stored = db.prepare('SELECT * FROM snapshots').all() as StoredSnapshot[];
    report.snapshots = stored.length;
    const snapshots = new Map(stored.map((one) => [one.seq, one]));
    const keys = await readKeys(db, options);
    const checker = new ChainChecker();
    const rows = db
      .prepare('SELECT *, key_id AS keyId FROM journal ORDER BY seq')
      .iterate() as Iterable<StoredRow>;
    for (const row of rows) {
      report.rows += 1;
      const problem = checker.check(row);
      if (problem !== null) note(problem.seq, problem.problem);
      for (const head of heads.get(row.seq) ?? []) checkHead(head, row, options.room, note);
      heads.delete(row.seq);
      if (applyRow(row, keys, options, note)) {
        report.wiped += 1;
        if (!unread.has(row.session)) unread.set(row.session, row.seq);
      }
      const snapshot = snapshots.get(row.seq);
      if (snapshot !== undefined) checkSnapshot(snapshot, row, options, note);
      snapshots.delete(row.seq);
    }
    report.head = checker.hash;
    for (const seq of [...heads.keys(), ...snapshots.keys()]) note(seq, 'head-missing');
    for (const [session, seq] of unread)
      if (session === '' || options.replay?.isWiped(session) === false) note(seq, 'key-gone', session);
  } catch (error) {
    note(0, 'file', (error as Error).message);
  } finally {
    db?.close();
  }
  report.ok = problems.length === 0;
  return report;
}

type Note = (seq: number, damage: Damage, detail?: string) => void;

function checkHead(head: SignedHead, row: StoredRow, room: PrivateKeys, note: Note): void {
  if (!verifyHead(head, room.public)) note(head.seq, 'head-signature');
  else if (head.hash !== row.hash) note(head.seq, 'head-hash');
}

function checkSnapshot(snapshot: StoredSnapshot, row: StoredRow, options: VerifyOptions, note: Note): void {
  const state = openSnapshot(options.room, snapshot);
  if (state === null || snapshot.hash !== row.hash) return note(row.seq, 'snapshot-signature');
  if (options.replay === undefined) return;
  const replayed = JSON.stringify(options.replay.state());
  if (replayed !== JSON.stringify(options.replay.stored(state))) note(row.seq, 'state');
}

/** @returns true for a row whose key is not there any more */
function applyRow(
  row: StoredRow,
  keys: Map<string, Buffer | null>,
  options: VerifyOptions,
  note: Note,
): boolean {
  if (row.type === DATA_KEY_CREATED) return false;
  if (!keys.has(row.keyId) && row.keyId !== '') {
    note(row.seq, 'body', 'no such data key');
    return false;
  }
  try {
    const written = readRow(row, (keyId) => keys.get(keyId) ?? null);
    options.replay?.apply(written);
    return written.body === null;
  } catch {
    note(row.seq, 'body');
    return false;
  }
}

/** Keys by id; null for one that was destroyed on purpose. */
async function readKeys(
  db: Database,
  { keysFolder, room }: VerifyOptions,
): Promise<Map<string, Buffer | null>> {
  const bodies = db
    .prepare(`SELECT body FROM journal WHERE type = '${DATA_KEY_CREATED}'`)
    .pluck()
    .all() as Buffer[];
  const keys = new Map<string, Buffer | null>();
  for (const body of bodies) {
    try {
      const { keyId } = JSON.parse(body.toString('utf8')) as DataKeyCreated;
      keys.set(keyId, await readDataKey(keysFolder, keyId, room));
    } catch {
      // A changed body or key shows at the rows that need it.
    }
  }
  return keys;
}
