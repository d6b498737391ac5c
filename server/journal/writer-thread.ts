// The one writer of the journal, in a thread of its own: while one commit runs, the next batch gathers. It seals, chains,
// commits and only then says so. The first failure is the last thing it does.

import { existsSync, unlinkSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { signHead } from './chain.js';
import { createDataKey, type DataKey } from './data-keys.js';
import { openDatabase } from './database.js';
import { DATA_KEY_CREATED, makeRow } from './rows.js';
import { migrate, prepareConnection } from './schema.js';
import { SNAPSHOTS_KEPT, sealSnapshot } from './snapshots.js';
import type { FromWriter, ToWriter, WriterSetup } from './writer-messages.js';
import type { StoredRow } from './journal.js';

type AppendEntry = Extract<ToWriter, { t: 'append' }>['entries'][number];

/**
 * A commit that brings the log back into the file waits for three flushes more. Saves rewrite the last pages over and over, which a
 * checkpoint writes once: seldom is cheaper. 16 MB, which a start reads in a moment.
 */
const PAGES_BEFORE_CHECKPOINT = 4_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const setup = workerData as WriterSetup;
const port = parentPort;
if (port === null) throw new Error('The writer runs as a worker thread only');
const say = (message: FromWriter) => port.postMessage(message);

const db = openDatabase(setup.file);
prepareConnection(db);
migrate(db);
db.pragma(`wal_autocheckpoint = ${PAGES_BEFORE_CHECKPOINT}`);
const insertRow = db.prepare(
  'INSERT INTO journal (seq, at, session, type, actor, key_id, body, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
);
const insertHead = db.prepare('INSERT INTO heads (seq, hash, at, key_id, signature) VALUES (?, ?, ?, ?, ?)');
const insertSnapshot = db.prepare(
  'INSERT OR REPLACE INTO snapshots (seq, hash, body, signature) VALUES (?, ?, ?, ?)',
);
const dropSnapshots = db.prepare(
  `DELETE FROM snapshots WHERE seq NOT IN (SELECT seq FROM snapshots ORDER BY seq DESC LIMIT ${SNAPSHOTS_KEPT})`,
);
const hashAt = db.prepare('SELECT hash FROM journal WHERE seq = ?').pluck();

const keys = new Map<string, DataKey>(
  setup.keys.map(({ scope, keyId, key }) => [scope, { keyId, key: Buffer.from(key, 'base64') }]),
);
let head = { seq: setup.seq, hash: setup.hash };
/** What was true up to here may not be kept as a snapshot any more. */
let forgottenSeq = 0;
let working = false;
const queue: ToWriter[] = [];

port.on('message', (message: ToWriter) => {
  queue.push(message);
  if (!working) void work();
});

async function work(): Promise<void> {
  working = true;
  try {
    while (gather()) {
      const entries: AppendEntry[] = [];
      while (queue[0]?.t === 'append') entries.push(...(queue.shift() as { entries: AppendEntry[] }).entries);
      if (entries.length > 0) await append(entries);
      const next = queue.shift();
      if (next === undefined) continue;
      // Another append came in between: it keeps its place.
      if (next.t === 'append') queue.unshift(next);
      else obey(next);
    }
  } catch (error) {
    say({ t: 'failed', error: error instanceof Error ? error.message : String(error) });
    port?.close();
    db.close();
    return;
  }
  working = false;
}

/** Takes what has arrived meanwhile. @returns whether there is anything to do */
function gather(): boolean {
  if (port === null) return false;
  for (;;) {
    const received = receiveMessageOnPort(port) as { message: ToWriter } | undefined;
    if (received === undefined) return queue.length > 0;
    queue.push(received.message);
  }
}

async function append(entries: AppendEntry[]): Promise<void> {
  const rows: StoredRow[] = [];
  let { hash } = head;
  for (const entry of entries) {
    const row =
      entry.newKeyFor === undefined ? makeRow(hash, entry, keyOf(entry)) : await beginKey(hash, entry);
    hash = row.hash;
    rows.push(row);
  }
  const startedAt = performance.now();
  commit(() => {
    for (const { seq, at, session, type, actor, keyId, body, prev, hash: own } of rows)
      insertRow.run(seq, at, session, type, actor, keyId, body, prev, own);
  });
  const last = rows.at(-1);
  if (last === undefined) return;
  head = { seq: last.seq, hash: last.hash };
  say({ t: 'durable', seq: head.seq, commitMs: performance.now() - startedAt, rows: rows.length });
}

function keyOf({ session }: AppendEntry): DataKey {
  const key = keys.get(session);
  if (key === undefined) throw new Error(`No data key for "${session}"`);
  return key;
}

async function beginKey(prev: string, entry: AppendEntry): Promise<StoredRow> {
  const scope = entry.newKeyFor ?? '';
  const { key, created } = await createDataKey(
    setup.keysFolder,
    scope,
    setup.room,
    entry.orgRecipients ?? [],
  );
  keys.set(scope, key);
  say({ t: 'key', keyId: key.keyId, scope, key: key.key.toString('base64') });
  return makeRow(prev, { ...entry, type: DATA_KEY_CREATED, json: JSON.stringify(created) }, null);
}

/** One transaction. At a full disk the ballast is given up and the commit tried once more (rule 2). */
function commit(write: () => void): void {
  const transaction = db.transaction(write);
  try {
    transaction.immediate();
  } catch (error) {
    const { ballast } = setup;
    if ((error as { code?: string }).code !== 'SQLITE_FULL' || ballast === null || !existsSync(ballast))
      throw error;
    unlinkSync(ballast);
    transaction.immediate();
  }
}

function obey(message: Exclude<ToWriter, { t: 'append' }>): void {
  switch (message.t) {
    case 'sign': {
      if (head.seq > 0) {
        const signed = signHead({ ...head, at: message.at }, setup.room);
        commit(() => insertHead.run(signed.seq, signed.hash, signed.at, signed.keyId, signed.signature));
      }
      break;
    }
    case 'snapshot': {
      const { seq, json } = message;
      // Taken before a wipe and come after it.
      if (seq <= forgottenSeq) break;
      const hash = hashAt.get(seq) as string | undefined;
      if (hash === undefined) {
        say({ t: 'done', id: message.id, error: `No row ${seq} to take a snapshot of` });
        return;
      }
      const { body, signature } = sealSnapshot(setup.room, seq, hash, json);
      commit(() => {
        insertSnapshot.run(seq, hash, body, signature);
        dropSnapshots.run();
      });
      // Tens of megabytes that this thread, which makes little garbage, would keep for an hour.
      setImmediate(collectGarbage);
      break;
    }
    case 'forget': {
      for (const [scope, { keyId, key }] of keys)
        if (message.keyIds.includes(keyId)) {
          key.fill(0);
          keys.delete(scope);
        }
      // A snapshot holds what the destroyed key protected.
      forgottenSeq = head.seq;
      commit(() => db.exec('DELETE FROM snapshots'));
      if (db.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) !== 0) {
        say({
          t: 'done',
          id: message.id,
          error: 'The journal is being read; its old pages could not be cut off',
        });
        return;
      }
      break;
    }
    case 'checkpoint':
      // Waits for no reader: saves go on meanwhile.
      db.pragma('wal_checkpoint(PASSIVE)');
      break;
    case 'close':
      db.pragma('wal_checkpoint(TRUNCATE)');
      db.close();
      break;
  }
  say({ t: 'done', id: message.id });
  if (message.t === 'close') port?.close();
}
