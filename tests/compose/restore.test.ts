// A room that is lost in the middle of an exam comes back on another machine: from the backup's newest copy, and from what was put
// into the safe when the package was installed. The steps are those of docs/install.md.

import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { backup } from '../../scripts/commands/backup.js';
import { BundleFiles } from '../../server/bundle/bundle-files.js';
import { verifyBundle } from '../../server/bundle/verify.js';
import { dataPaths } from '../../server/data-folder.js';
import { verifyJournal } from '../../server/journal/verify.js';
import { STATEMENT_SUFFIX } from '../../server/protocol/bundle.js';
import {
  answerAll,
  beginSession,
  collectSession,
  openEngine,
  preparedData,
  sessionIdOf,
  wordsOf,
} from '../support/direct-session.js';

t.setTimeout(560_000);

/** What docs/install.md says to put into the safe, and what to copy from the backup. */
const SAFE = ['keys', 'packages', 'tls'];
const OF_BACKUP = ['handed-in', 'trust', 'config.json'];

void t.test('[rule 3] a backup and the safe make the room again, on an empty machine', async (t) => {
  const { data, exam, remove } = await preparedData();
  const elsewhere = mkdtempSync(join(tmpdir(), 'restore-'));
  t.teardown(() => {
    remove();
    rmSync(elsewhere, { recursive: true, force: true });
  });
  const [safe, copies, again] = ['safe', 'copies', 'again'].map((name) => join(elsewhere, name)) as [
    string,
    string,
    string,
  ];
  const first = await openEngine(data);
  await first.room.settled();
  for (const name of SAFE)
    if (existsSync(join(data, name))) cpSync(join(data, name), join(safe, name), { recursive: true });
  await beginSession(first, exam);
  answerAll(first, exam);
  await first.room.settled();
  // Once more after the opening: what of the keys came with it.
  cpSync(join(data, 'keys', 'opened'), join(safe, 'keys', 'opened'), { recursive: true });
  const file = join(dataPaths(data).handedIn, sessionIdOf(exam), 'c1');
  mkdirSync(file, { recursive: true });
  writeFileSync(join(file, 'sealed'), 'ciphertext');
  const { journal, lastSeq } = await backup({ data, out: copies, keep: 2 });
  const answersOf = (engine: typeof first) =>
    Object.entries(engine.room.state.sessions[sessionIdOf(exam)]?.candidates ?? {}).map(
      ([candidateId, { answers }]) => [candidateId, answers],
    );
  const given = JSON.stringify(answersOf(first));
  t.ok(exam.source.roster.every(({ candidateId }) => given.includes(wordsOf(candidateId))));
  await first.stop();
  rmSync(data, { recursive: true });

  mkdirSync(join(again, 'journal'), { recursive: true, mode: 0o700 });
  copyFileSync(join(copies, journal), join(again, 'journal', 'journal.db'));
  const put = (from: string, name: string) =>
    existsSync(join(from, name)) && cpSync(join(from, name), join(again, name), { recursive: true });
  for (const name of OF_BACKUP) put(copies, name);
  for (const name of SAFE) put(safe, name);
  const paths = dataPaths(again);
  const verified = await verifyJournal({ file: paths.journal, keysFolder: paths.dataKeys, room: exam.room });
  t.match(verified, { ok: true, problems: [] });
  t.equal(verified.rows, lastSeq);

  const engine = await openEngine(again);
  t.teardown(() => engine.stop());
  t.equal(JSON.stringify(answersOf(engine)), given, 'every answer is there');
  t.not(engine.openedPapers.of(sessionIdOf(exam)), null, 'a spare PC gets the paper');
  t.equal(readFileSync(join(paths.handedIn, sessionIdOf(exam), 'c1', 'sealed'), 'utf8'), 'ciphertext');
  await collectSession(engine, exam);
  const sealed = new BundleFiles(again).sealed(sessionIdOf(exam));
  const { report } = await verifyBundle({
    file: readFileSync(sealed),
    envelope: readFileSync(sealed + STATEMENT_SUFFIX),
    trust: [exam.room.public],
    identity: exam.org.identity,
  });
  t.match(report, { ok: true, depth: 'all', candidates: exam.source.roster.length });
});

void t.test('with keys of before the opening the answers are there, and the paper is not', async (t) => {
  const { data, exam, remove } = await preparedData();
  t.teardown(remove);
  const first = await openEngine(data);
  await beginSession(first, exam);
  await first.room.settled();
  t.not(first.openedPapers.of(sessionIdOf(exam)), null);
  await first.stop();
  rmSync(join(data, 'keys', 'opened'), { recursive: true });
  const again = await openEngine(data);
  t.teardown(() => again.stop());
  t.equal(again.room.state.sessions[sessionIdOf(exam)]?.phase, 'running');
  t.equal(again.openedPapers.of(sessionIdOf(exam)), null);
});

void t.test('without the safe the backup opens nothing', async (t) => {
  const { data, exam, remove } = await preparedData();
  const copies = mkdtempSync(join(tmpdir(), 'restore-'));
  t.teardown(() => {
    remove();
    rmSync(copies, { recursive: true, force: true });
  });
  const engine = await openEngine(data);
  await beginSession(engine, exam);
  answerAll(engine, exam);
  await engine.room.settled();
  const { journal } = await backup({ data, out: copies, keep: 1 });
  await engine.stop();
  const keysFolder = join(copies, 'no-keys');
  mkdirSync(keysFolder);
  const bytes = readFileSync(join(copies, journal));
  for (const { candidateId } of exam.source.roster) t.notOk(bytes.includes(wordsOf(candidateId)));
  const { wiped } = await verifyJournal({ file: join(copies, journal), keysFolder, room: exam.room });
  t.ok(wiped > 20, `${wiped} rows that nobody can read`);
});
