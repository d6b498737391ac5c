// A backup beside a room that runs: whole, without a key, and without what the room has destroyed.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { backup } from '../../scripts/commands/backup.js';
import { backUp } from '../../server/compose/backup.js';
import { dataPaths } from '../../server/data-folder.js';
import { openSqliteJournal } from '../../server/journal/sqlite-journal.js';
import { verifyJournal } from '../../server/journal/verify.js';
import { sha256 } from '../../server/keys/sha256.js';
import {
  answerAll,
  beginSession,
  openEngine,
  preparedData,
  wordsOf,
  type OpenEngine,
} from '../support/direct-session.js';

const out = mkdtempSync(join(tmpdir(), 'backup-'));
t.teardown(() => rmSync(out, { recursive: true, force: true }));

const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name));

void t.test('[rule 3] a copy of a running room verifies, and no key and no answer is in it', async (t) => {
  const { data, exam, remove } = await preparedData();
  let engine: OpenEngine | null = await openEngine(data);
  t.teardown(async () => {
    await engine?.stop();
    remove();
  });
  await beginSession(engine, exam);
  answerAll(engine, exam);
  await engine.room.settled();
  const paths = dataPaths(data);
  const handedIn = join(paths.handedIn, 'theory-am', 'c1');
  mkdirSync(handedIn, { recursive: true });
  writeFileSync(join(handedIn, 'sealed'), 'ciphertext');
  const report = await backup({ data, out, keep: 2 });
  t.match(report, { ok: true, copied: 1, removed: 0, lastSeq: engine.journal.lastSeq });
  const copy = join(out, report.journal);
  t.equal(sha256(readFileSync(copy)), report.sha256);
  t.equal(readFileSync(`${copy}.sha256`, 'utf8'), `${report.sha256}  ${report.journal}\n`);
  const verified = await verifyJournal({ file: copy, keysFolder: paths.dataKeys, room: exam.room });
  t.match(verified, { ok: true, snapshots: 0, problems: [] });
  t.equal(verified.rows, report.lastSeq);
  const secrets = [
    ...filesOf(paths.dataKeys).map((file) => readFileSync(file)),
    Buffer.from(exam.room.identity),
    ...exam.source.roster.map(({ candidateId }) => Buffer.from(wordsOf(candidateId))),
  ];
  t.ok(secrets.length > 4);
  for (const file of filesOf(out))
    for (const secret of secrets) t.notOk(readFileSync(file).includes(secret), file);
  t.notOk(existsSync(join(out, 'keys')));

  rmSync(join(handedIn, 'sealed'));
  t.match(await backup({ data, out, keep: 2 }), { ok: true, removed: 1 }, 'what the room destroyed goes');
  t.strictSame(
    filesOf(out).filter((file) => file.endsWith('sealed')),
    [],
  );
  await engine.stop();
  engine = null;
  t.match(await backup({ data, out, keep: 2 }), { ok: true }, 'of a room that stands still');
  const again = await openEngine(data);
  t.ok(again.journal.lastSeq > 0, 'which starts afterwards as ever');
  await again.stop();
});

void t.test('the newest copies stay; a folder within the data is refused', async (t) => {
  const { data, exam, remove } = await preparedData();
  t.teardown(remove);
  const { journal: file, dataKeys: keysFolder } = dataPaths(data);
  const journal = await openSqliteJournal({ file, keysFolder, room: exam.room });
  t.teardown(() => journal.close());
  const folder = join(out, 'kept');
  for (const hour of [1, 2, 3, 4])
    await backUp({ data, out: folder, keep: 2, now: Date.UTC(2026, 0, 5, hour) }, journal);
  t.strictSame(
    readdirSync(folder).filter((name) => name.startsWith('journal-')),
    ['03', '04'].flatMap((hour) => [
      `journal-20260105T${hour}0000Z.db`,
      `journal-20260105T${hour}0000Z.db.sha256`,
    ]),
  );
  await t.rejects(backUp({ data, out: join(data, 'b'), keep: 1, now: 0 }, journal), {
    name: 'BackupPlaceError',
  });
});
