// Journal files as torn disks and curious hands leave them: the database's bytes, its rows, heads and keys. A damaged one is
// named, never served; the verifier never throws.

import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  mkdirSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { JournalDamagedError } from '../../../server/journal/damage.js';
import { openSqliteJournal } from '../../../server/journal/sqlite-journal.js';
import { verifyJournal } from '../../../server/journal/verify.js';
import type { Written } from '../../../server/journal/journal.js';
import { answerAll, beginSession, openEngine, preparedData } from '../../support/direct-session.js';
import { mutateBytes, NUMBERS, TEXTS } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import { Random } from '../random.js';
import { expect, Finding, showBytes, type OpenTarget, type Target } from '../target.js';

interface JournalInput {
  file: Buffer;
  /** Changes of rows, made with SQL, each from its seed. */
  edits: number[];
  /** Data key files by name. */
  keys: Record<string, Buffer>;
}

const COLUMNS = {
  journal: ['seq', 'at', 'session', 'type', 'actor', 'key_id', 'body', 'prev', 'hash'],
  heads: ['seq', 'hash', 'at', 'key_id', 'signature'],
  snapshots: ['seq', 'hash', 'body', 'signature'],
} as const;

async function openJournals(): Promise<OpenTarget<JournalInput>> {
  const played = await preparedData({ candidates: 2 });
  const engine = await openEngine(played.data);
  await beginSession(engine, played.exam);
  await engine.room.settled();
  await engine.journal.writeSnapshot({ seq: engine.journal.lastSeq, state: { played: true } });
  answerAll(engine, played.exam);
  await engine.room.settled();
  await engine.journal.signHead(engine.room.now());
  const room = engine.keys;
  await engine.stop();
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-journal-'));
  const file = join(folder, 'journal.db');
  const keysFolder = join(folder, 'keys');
  const source = join(played.data, 'keys', 'data');
  const merged = new Database(join(played.data, 'journal', 'journal.db'));
  merged.pragma('wal_checkpoint(TRUNCATE)');
  merged.pragma('journal_mode = DELETE');
  merged.close();
  copyFileSync(join(played.data, 'journal', 'journal.db'), file);
  const sound: JournalInput = {
    file: readFileSync(file),
    edits: [],
    keys: Object.fromEntries(readdirSync(source).map((name) => [name, readFileSync(join(source, name))])),
  };
  const clear = () => {
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
  };
  const write = ({ file: bytes, edits, keys }: JournalInput) => {
    clear();
    writeFileSync(file, bytes);
    mkdirSync(keysFolder);
    for (const [name, key] of Object.entries(keys)) writeFileSync(join(keysFolder, name), key);
    for (const edit of edits) editRow(file, new Random(edit));
  };
  const read = async (): Promise<{ all: Written[]; sinceSnapshot: Written[] }> => {
    const journal = await openSqliteJournal({ file, keysFolder, room, readOnly: 'alone' });
    try {
      const after = (await journal.latestSnapshot())?.seq ?? 0;
      return { all: await listed(journal.replay(0)), sinceSnapshot: await listed(journal.replay(after)) };
    } finally {
      await journal.close();
    }
  };
  write(sound);
  const right = await read();
  return {
    sample: () => sound,
    mutate: (input, random) => {
      if (random.onceIn(5)) {
        const name = random.pick(Object.keys(input.keys));
        return {
          ...input,
          keys: { ...input.keys, [name]: mutateBytes(input.keys[name] ?? Buffer.alloc(0), random) },
        };
      }
      if (random.onceIn(2)) return { ...input, edits: [...input.edits, random.below(2 ** 31)] };
      return { ...input, file: mutateBytes(input.file, random) };
    },
    attempt: async (input) => {
      write(input);
      const { ok } = await verifyJournal({ file, keysFolder, room });
      let found: typeof right;
      try {
        found = await read();
      } catch (error) {
        if (error instanceof Finding || !(error instanceof JournalDamagedError)) throw error;
        return expect(
          !ok,
          `The verifier finds it sound, and it does not open: ${error.message.slice(0, 300)}`,
        );
      }
      // What lies before a signed snapshot is looked at by the verifier alone.
      expect(
        !ok || isBeginning(found.all, right.all),
        () => `Another history is called sound: ${firstDifference(found.all, right.all)}`,
      );
      const { sinceSnapshot } = found;
      const from = sinceSnapshot[0]?.seq ?? 0;
      expect(
        isBeginning(
          sinceSnapshot,
          right.all.filter(({ seq }) => seq >= from),
        ),
        () =>
          `Other events are replayed after the snapshot: ${JSON.stringify(sinceSnapshot[0]).slice(0, 300)}`,
      );
    },
    show: ({ file: bytes, edits }) =>
      `edits ${JSON.stringify(edits)}; file differs: ${!bytes.equals(sound.file)} ${showBytes(bytes, 200)}`,
    close: async () => {
      rmSync(folder, { recursive: true, force: true });
      played.remove();
    },
  };
}

async function listed(replay: AsyncIterable<Written>): Promise<Written[]> {
  const all: Written[] = [];
  for await (const written of replay) all.push(written);
  return all;
}

/** Wiped bodies and a lost tail that no head signed yet change nothing of what is there. */
function isBeginning(found: readonly Written[], right: readonly Written[]): boolean {
  return found.every((row, index) => {
    const known = right[index];
    return (
      JSON.stringify({ ...row, body: 0 }) === JSON.stringify({ ...known, body: 0 }) &&
      (row.body === null || JSON.stringify(row.body) === JSON.stringify(known?.body))
    );
  });
}

function firstDifference(found: readonly Written[], right: readonly Written[]): string {
  const at = found.findIndex((row, index) => JSON.stringify(row) !== JSON.stringify(right[index]));
  return `${JSON.stringify(found[at])} ≠ ${JSON.stringify(right[at])}`.slice(0, 600);
}

function editRow(file: string, random: Random): void {
  let db: Database.Database | null = null;
  try {
    db = new Database(file);
    const table = random.pick(['journal', 'journal', 'heads', 'snapshots'] as const);
    const column = random.pick(COLUMNS[table]);
    const seqs = db.prepare(`SELECT seq FROM ${table}`).pluck().all();
    const seq = random.pick(seqs);
    if (random.onceIn(6)) db.prepare(`DELETE FROM ${table} WHERE seq = ?`).run(seq);
    else {
      const before: unknown = db.prepare(`SELECT ${column} FROM ${table} WHERE seq = ?`).pluck().get(seq);
      const after = Buffer.isBuffer(before)
        ? random.onceIn(2)
          ? mutateBytes(before, random)
          : Buffer.from(mutateJson(before.toString('utf8'), random))
        : random.pick<unknown>([...NUMBERS.filter(Number.isSafeInteger), ...TEXTS, null, Buffer.from('x')]);
      db.prepare(`UPDATE ${table} SET ${column} = ? WHERE seq = ?`).run(after, seq);
    }
  } catch {
    // The schema or a damaged page would not have it: then this change is none.
  } finally {
    db?.close();
  }
}

export const journalTargets: readonly Target[] = [
  {
    name: 'journal',
    reads: [
      ...[
        'server/journal/sqlite-journal.ts',
        'server/journal/verify.ts',
        'server/journal/rows.ts',
        'server/journal/chain.ts',
      ],
      ...['server/journal/snapshots.ts', 'server/journal/data-keys.ts', 'server/keys/age-box.ts'],
    ],
    about:
      'The database of a running session; pages, rows, heads, snapshots and key files changed. Damage is named; no other history is served.',
    inputsInTests: 80,
    open: () => openJournals() as Promise<OpenTarget<unknown>>,
  },
];
