// The SQLite journal keeps the contract; every edit, cut and broken page is found and named by its row.

import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  writeFileSync,
  existsSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openDatabase } from '../../server/journal/database.js';
import { openSqliteJournal } from '../../server/journal/sqlite-journal.js';
import { verifyJournal } from '../../server/journal/verify.js';
import { generateKeys, type PrivateKeys } from '../../server/keys/key-files.js';
import { collect, entry, journalContract } from './contract.js';

// It flushes hundreds of times: a disk that is busy makes it slow, not wrong.
t.setTimeout(560_000);

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'));
  folders.push(folder);
  return folder;
}
t.teardown(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const room = await generateKeys('room', 'test');

function optionsIn(folder: string, keys: PrivateKeys = room) {
  return { file: join(folder, 'journal.sqlite'), keysFolder: join(folder, 'keys'), room: keys };
}

journalContract('sqlite', async () => ({ journal: await openSqliteJournal(optionsIn(newFolder())), room }));

/** A journal of 30 answers with a signed head and a snapshot, closed. */
async function filled(): Promise<string> {
  const folder = newFolder();
  const journal = await openSqliteJournal(optionsIn(folder));
  for (let n = 1; n <= 30; n++) journal.append([entry(n)]);
  await journal.whenDurable(journal.lastSeq);
  await journal.signHead(9_000);
  await journal.close();
  return folder;
}

void t.test('what was durable is there after opening again', async (t) => {
  const folder = await filled();
  const journal = await openSqliteJournal(optionsIn(folder));
  t.equal((await collect(journal.replay())).length, 30);
  await journal.whenDurable(journal.append([entry(31)]));
  t.equal((await collect(journal.replay())).length, 31);
  await journal.close();
  t.strictSame((await verifyJournal(optionsIn(folder))).problems, []);
});

void t.test('after a checkpoint the file alone holds everything', async (t) => {
  const folder = newFolder();
  const journal = await openSqliteJournal(optionsIn(folder));
  for (let n = 1; n <= 30; n++) journal.append([entry(n)]);
  await journal.whenDurable(journal.lastSeq);
  const rowsIn = (name: string) => {
    const copy = join(folder, name);
    copyFileSync(join(folder, 'journal.sqlite'), copy);
    const db = openDatabase(copy);
    try {
      return db.prepare("SELECT count(*) FROM journal WHERE type = 'answer-saved'").pluck().get() as number;
    } finally {
      db.close();
    }
  };
  t.throws(() => rowsIn('before.sqlite'), 'not even the tables: all of it is in the log beside it');
  await journal.checkpoint();
  t.equal(rowsIn('after.sqlite'), 30);
  await journal.close();
});

void t.test(
  'who reads beside the room takes nothing away, even where the locks of the room are gone',
  async (t) => {
    const folder = newFolder();
    const options = optionsIn(folder);
    const journal = await openSqliteJournal(options);
    for (let n = 1; n <= 30; n++) journal.append([entry(n)]);
    await journal.whenDurable(journal.lastSeq);
    // Whoever opens and closes the files in this process, outside the library, drops the locks that its connections hold.
    for (const end of ['', '-wal', '-shm']) readFileSync(options.file + end);
    const reader = join('build', 'tests', 'journal', 'read-beside.js');
    const read = () =>
      execFileSync(process.execPath, [reader, options.file, options.keysFolder], {
        input: JSON.stringify(room),
        encoding: 'utf8',
      });
    t.equal(read(), String(journal.lastSeq));
    t.ok(existsSync(`${options.file}-wal`), 'the log to which the room writes is still there');
    await journal.whenDurable(journal.append([entry(31)]));
    t.equal(read(), String(journal.lastSeq), 'and what is written to it is in the file for everybody');
    await journal.close();
    t.strictSame((await verifyJournal(options)).problems, []);
  },
);

void t.test('no answer lies in the files in plain', async (t) => {
  const folder = newFolder();
  const journal = await openSqliteJournal(optionsIn(folder));
  await journal.whenDurable(journal.append([{ ...entry(1), body: { text: 'sentinel-哨兵-7319' } }]));
  await journal.writeSnapshot({ seq: journal.lastSeq, state: { text: 'sentinel-哨兵-7319' } });
  await journal.backup(join(folder, 'backup.sqlite'));
  for (const file of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) =>
    one.isFile(),
  ))
    t.notOk(readFileSync(join(file.parentPath, file.name)).includes('sentinel'), file.name);
  t.ok(existsSync(join(folder, 'backup.sqlite')));
  await journal.close();
});

const TAMPERINGS: Record<string, { sql: string; seq: number }> = {
  'the time of a row': { sql: 'UPDATE journal SET at = at + 1 WHERE seq = 7', seq: 7 },
  'the session of a row': { sql: "UPDATE journal SET session = 's9' WHERE seq = 7", seq: 7 },
  'the type of a row': { sql: "UPDATE journal SET type = 'hand-raised' WHERE seq = 7", seq: 7 },
  'the actor of a row': { sql: "UPDATE journal SET actor = 'seat:s02' WHERE seq = 7", seq: 7 },
  'the key of a row': { sql: "UPDATE journal SET key_id = 'x' WHERE seq = 7", seq: 7 },
  'a byte of a body': {
    sql: "UPDATE journal SET body = CAST(substr(body, 1, 20) || x'0000' || substr(body, 23) AS BLOB) WHERE seq = 7",
    seq: 7,
  },
  'the hash of a row': {
    sql: "UPDATE journal SET hash = printf('%064d', 1) WHERE seq = 7",
    seq: 7,
  },
  'the link of a row': {
    sql: 'UPDATE journal SET prev = (SELECT prev FROM journal WHERE seq = 3) WHERE seq = 7',
    seq: 7,
  },
  'a row taken out': { sql: 'DELETE FROM journal WHERE seq = 7', seq: 7 },
  'two bodies exchanged': {
    sql: 'UPDATE journal SET body = (SELECT body FROM journal j WHERE j.seq = 15 - journal.seq) WHERE seq IN (7, 8)',
    seq: 7,
  },
  'the end cut off': { sql: 'DELETE FROM journal WHERE seq > 20', seq: 31 },
  'a head by another hand': { sql: 'UPDATE heads SET at = at + 1', seq: 31 },
};

for (const [what, { sql, seq }] of Object.entries(TAMPERINGS))
  void t.test(`found and named: ${what}`, async (t) => {
    const folder = await filled();
    const db = openDatabase(join(folder, 'journal.sqlite'));
    db.exec(sql);
    db.close();
    const { ok, problems } = await verifyJournal(optionsIn(folder));
    t.equal(ok, false);
    t.equal(problems[0]?.seq, seq, problems[0]?.message ?? '');
    await t.rejects(openSqliteJournal(optionsIn(folder)), { name: 'JournalDamagedError', seq });
  });

void t.test('a snapshot that was changed is passed over, and found by verify', async (t) => {
  const folder = newFolder();
  const journal = await openSqliteJournal(optionsIn(folder));
  await journal.whenDurable(journal.append([entry(1)]));
  await journal.writeSnapshot({ seq: journal.lastSeq, state: { n: 1 } });
  await journal.close();
  const db = openDatabase(join(folder, 'journal.sqlite'));
  db.exec("UPDATE snapshots SET body = CAST(substr(body, 1, 5) || x'0000' || substr(body, 8) AS BLOB)");
  db.close();
  const again = await openSqliteJournal(optionsIn(folder));
  t.equal(await again.latestSnapshot(), null);
  await again.close();
  t.match((await verifyJournal(optionsIn(folder))).problems, [{ damage: 'snapshot-signature' }]);
});

for (const [what, spoil] of Object.entries<(bytes: Buffer) => Buffer>({
  'cut in the middle': (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2)),
  'a page of zeros': (bytes) =>
    Buffer.concat([bytes.subarray(0, 4096), Buffer.alloc(4096), bytes.subarray(8192)]),
  'something else': () => Buffer.from('not a database at all'.repeat(400)),
}))
  void t.test(`a file with ${what} is refused with what to do`, async (t: Test) => {
    const folder = await filled();
    const file = join(folder, 'journal.sqlite');
    writeFileSync(file, spoil(readFileSync(file)));
    await t.rejects(openSqliteJournal(optionsIn(folder)), /技术支持/);
    t.equal((await verifyJournal(optionsIn(folder))).ok, false);
  });

void t.test('another room cannot open it', async (t) => {
  const folder = await filled();
  await t.rejects(openSqliteJournal(optionsIn(folder, await generateKeys('room', 'other'))));
});

void t.test('appends in one turn share a commit', async (t) => {
  const commits: number[] = [];
  const journal = await openSqliteJournal({
    ...optionsIn(newFolder()),
    onCommit: (_ms, rows) => commits.push(rows),
  });
  for (let n = 0; n < 500; n++) journal.append([entry(n)]);
  await journal.whenDurable(journal.lastSeq);
  t.equal(
    commits.reduce((sum, rows) => sum + rows, 0),
    501,
    'all rows, and the one that begins the key',
  );
  t.ok(commits.length < 100, `${commits.length} commits for 500 appends`);
  await journal.close();
});

const child = join(process.cwd(), 'build/tests/journal/append-until-killed.js');

void t.test('kill -9 loses nothing that was said to be durable', async (t) => {
  for (let round = 0; round < 5; round++) {
    const folder = newFolder();
    writeFileSync(join(folder, 'room.json'), JSON.stringify(room));
    const { stdout, signal } = spawnSync(process.execPath, [child, folder, String(40 + round * 60)], {
      encoding: 'utf8',
    });
    t.equal(signal, 'SIGKILL');
    const acknowledged = Number(stdout.trim().split('\n').at(-1));
    t.ok(acknowledged > 0, `${acknowledged} acknowledged`);
    const journal = await openSqliteJournal(optionsIn(folder));
    t.ok(journal.lastSeq >= acknowledged);
    t.equal((await collect(journal.replay())).length, journal.lastSeq - 1);
    await journal.close();
  }
});

void t.test(
  'every acknowledged batch was flushed',
  { skip: process.platform !== 'linux' && 'strace is of Linux' },
  async (t) => {
    const folder = newFolder();
    writeFileSync(join(folder, 'room.json'), JSON.stringify(room));
    const log = join(folder, 'strace.txt');
    const run = [
      '-f',
      '-c',
      '-o',
      log,
      '-e',
      'trace=fsync,fdatasync',
      process.execPath,
      child,
      folder,
      'count',
    ];
    const stdout = execFileSync('strace', run, { encoding: 'utf8' });
    const commits = Number(/commits (\d+)/.exec(stdout)?.[1]);
    const flushes = [
      ...readFileSync(log, 'utf8').matchAll(
        /^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?f(?:data)?sync$/gm,
      ),
    ]
      .map((match) => Number(match[1]))
      .reduce((sum, calls) => sum + calls, 0);
    t.ok(commits >= 20, `${commits} commits`);
    t.ok(flushes >= commits, `${flushes} flushes for ${commits} commits`);
  },
);

void t.test('a full disk stops the journal and takes nothing back', async (t) => {
  const folder = newFolder();
  writeFileSync(join(folder, 'room.json'), JSON.stringify(room));
  const command = `ulimit -f 400; exec ${process.execPath} ${child} ${folder} full`;
  const { stdout } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
  t.match(stdout, /failed/, 'the failure is told');
  const acknowledged = Number(/durable (\d+)/.exec(stdout)?.[1]);
  t.ok(acknowledged > 0);
  const journal = await openSqliteJournal(optionsIn(folder));
  t.ok(journal.lastSeq >= acknowledged);
  await journal.close();
});
