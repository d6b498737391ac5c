// The wipe after the receipt, on a real disk: whoever has the whole data folder and the room's keys reads everything before
// it and nothing after it, also where the process was killed in the middle.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { evolve } from '../../server/core/evolve.js';
import { initialState } from '../../server/core/initial.js';
import { dataPaths } from '../../server/data-folder.js';
import { openSqliteJournal } from '../../server/journal/sqlite-journal.js';
import { verifyJournal } from '../../server/journal/verify.js';
import { openWith } from '../../server/keys/age-box.js';
import { openInstalled } from '../../server/papers/installed-package.js';
import { eventOf } from '../../server/protocol/journal-event.js';
import { readSnapshot } from '../../server/room-snapshot.js';
import { openEngine, preparedData, staff, wordsOf, type DataFolder } from '../support/direct-session.js';
import { PINS, SENTENCES, SESSION } from '../support/small-exam.js';

const CHILD = join(import.meta.dirname, '..', 'support', 'hand-over-until-killed.js');
const WORDS = ['考生1', '考生4', '99000020260700000000000001', wordsOf('c1'), wordsOf('c4')];

t.setTimeout(560_000);

function filesOf(data: string): string[] {
  return readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name));
}

const journalOptions = ({ data, exam }: DataFolder) => ({
  file: dataPaths(data).journal,
  keysFolder: dataPaths(data).dataKeys,
  room: exam.room,
});

/** Everything that the data folder gives to somebody who holds the room's keys. */
async function readable(folder: DataFolder): Promise<string> {
  const texts: string[] = [];
  for (const file of filesOf(folder.data)) {
    const bytes = readFileSync(file);
    texts.push(bytes.toString('utf8'), bytes.toString('utf16le'));
    if (file.endsWith('.age'))
      await openWith(folder.exam.room.identity, bytes).then(
        (plain) => texts.push(plain.toString('utf8')),
        () => undefined,
      );
  }
  const journal = await openSqliteJournal(journalOptions(folder));
  for await (const { body } of journal.replay()) texts.push(JSON.stringify(body));
  texts.push(JSON.stringify(await journal.latestSnapshot()));
  await journal.close();
  return texts.join('\n');
}

/** Whether the start code and the chief's PIN still open the paper. */
async function paperOpens({ data, exam }: DataFolder): Promise<boolean> {
  const options = { trust: [exam.org.public], now: 0, serverVersion: '0.1.0' };
  const path = filesOf(data).find((one) => one.endsWith('.exampkg'));
  if (path === undefined) return false;
  const file = await openInstalled(path, exam.room, options);
  const opened = await file.openPaper('paper-main', exam.startCode, 'chief', PINS.chief);
  file.close();
  return opened.ok;
}

/** A piece of every snapshot as it lies in the file now. */
function snapshotPieces(folder: DataFolder): Buffer[] {
  const db = new Database(journalOptions(folder).file, { readonly: true });
  const bodies = db.prepare('SELECT body FROM snapshots').pluck().all() as Buffer[];
  db.close();
  return bodies.flatMap((body) => [body.subarray(40, 72), body.subarray(-60, -20)]);
}

async function verify(folder: DataFolder) {
  let state = initialState();
  return verifyJournal({
    ...journalOptions(folder),
    replay: {
      apply: (written) => (state = evolve(state, eventOf(written))),
      state: () => state,
      stored: (snapshot) => readSnapshot(snapshot).state,
      isWiped: (session) => (state.sessions[session]?.wiped ?? null) !== null,
    },
  });
}

function play(folder: DataFolder, step: string) {
  const examFile = join(folder.exam.folder, 'exam.json');
  writeFileSync(examFile, JSON.stringify(folder.exam));
  return spawnSync(process.execPath, [CHILD, folder.data, examFile, step], {
    encoding: 'utf8',
    timeout: 60_000,
  });
}

void t.test(
  '[REQ-F08] before the receipt the room reads what it has to: the search finds things',
  async (t) => {
    const folder = await preparedData();
    t.teardown(() => folder.remove());
    const { stdout, stderr } = play(folder, 'collected');
    t.match(stdout, 'collected', stderr);
    const text = await readable(folder);
    for (const word of WORDS) t.ok(text.includes(word), word);
    t.ok(await paperOpens(folder));
    t.ok(snapshotPieces(folder).length > 0);
    t.match(await verify(folder), { ok: true, wiped: 0 });
  },
);

for (const step of ['nowhere', 'before-the-key', 'after-the-key', 'after-the-package'])
  void t.test(`[REQ-F08] after the receipt nothing is readable; killed ${step}`, async (t) => {
    const folder = await preparedData();
    t.teardown(() => folder.remove());
    const played = play(folder, step);
    t.match(played.stdout, 'collected', played.stderr);
    if (step !== 'nowhere') t.equal(played.signal, 'SIGKILL');
    const pieces = step === 'before-the-key' ? snapshotPieces(folder) : [];
    if (step === 'before-the-key')
      t.ok((await readable(folder)).includes(wordsOf('c1')), 'nothing is gone yet');

    const engine = await openEngine(folder.data);
    await engine.wiping.settled();
    const { state } = engine.room;
    t.match(state.sessions[SESSION], { phase: 'handed-over', candidates: {}, incidents: [] });
    t.ok(state.sessions[SESSION]?.wiped?.finishedAt, 'the wipe is finished');
    t.equal(engine.packages.all().length, 0);
    staff(engine, 'sysadmin', { type: 'report-mains', present: false });
    const refused = engine.room.handle({
      ...{ type: 'open-entry', sessionId: SESSION },
      by: { kind: 'staff', staffId: 'chief', station: 'test' },
    });
    t.equal(refused.refusal?.code, 'wrong-phase');
    await engine.room.whenDurable(refused.seq);
    await engine.journal.backup(join(folder.data, 'backup.db'));
    await engine.stop();

    const text = await readable(folder);
    for (const word of [...WORDS, ...SENTENCES]) if (text.includes(word)) t.fail(`${word} can be read`);
    t.equal(await paperOpens(folder), false);
    for (const file of filesOf(folder.data)) {
      const bytes = readFileSync(file);
      if (pieces.some((piece) => bytes.includes(piece))) t.fail(`a piece of a snapshot is in ${file}`);
    }
    const report = await verify(folder);
    t.same(report.problems, []);
    t.ok(report.wiped > 30, `${report.wiped} bodies destroyed`);

    const again = await openEngine(folder.data);
    t.equal(again.room.state.mains.present, false, 'what came after the wipe is known');
    t.equal(
      again.room.state.sessions[SESSION]?.wiped?.finishedAt,
      state.sessions[SESSION]?.wiped?.finishedAt,
    );
    await again.stop();
  });

void t.test('a key that is gone without a wipe is named, and the room does not start on it', async (t) => {
  const folder = await preparedData();
  t.teardown(() => folder.remove());
  play(folder, 'collected');
  const options = journalOptions(folder);
  const journal = await openSqliteJournal(options);
  await journal.destroyKey(SESSION);
  await journal.close();
  await t.rejects(openEngine(folder.data), { name: 'KeyGoneError', message: /keys\/data/ });
  t.match((await verify(folder)).problems, [{ damage: 'key-gone' }]);
});
