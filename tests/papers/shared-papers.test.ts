// One paper in two sessions: sealed once, opened in each with its one code; refused where the first opening would give away
// what has to stay sealed.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, cpSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { installPackage } from '../../server/papers/installed-package.js';
import { mergeSources } from '../../server/papers/merge-sources.js';
import { openForOrg } from '../../server/papers/open-scoring.js';
import { sharingFaults } from '../../server/papers/shared-papers.js';
import { loadSource, type LoadedSource } from '../../server/papers/source.js';
import { PINS, SESSION, smallExam, smallSource } from '../support/small-exam.js';

const SECOND = 'theory-late';

/** The small exam whose main paper hands out a table. */
function withMaterial(table: string, sessionId = SESSION): LoadedSource {
  const startsAt = Date.UTC(2026, 6, 7, sessionId === SESSION ? 1 : 5);
  const source = smallSource({ sessionId, startsAt });
  source.plan.expires = '2026-08-07T00:00:00Z';
  const main = source.papers.get('main');
  if (main !== undefined) main.files = new Map([['a.csv', { bytes: Buffer.from(table), type: 'text/csv' }]]);
  return source;
}

/** The small exam with a second session of other people on the same two papers. */
function sharedSource(): LoadedSource {
  const source = smallSource();
  const [first] = source.plan.sessions;
  if (first === undefined) throw new Error('a session was expected');
  const startsAt = new Date(Date.parse(first.startsAt) + 3 * 3_600_000).toISOString();
  source.plan.sessions.push({ ...first, sessionId: SECOND, startsAt });
  source.roster.slice(2).forEach((person) => (person.sessions = [SECOND]));
  return source;
}

void t.test('two sessions that name one paper build a package that a room takes', async (t) => {
  const exam = await smallExam({ source: sharedSource() });
  const data = mkdtempSync(join(tmpdir(), 'data-'));
  t.teardown(() => [exam.folder, data].forEach((folder) => rmSync(folder, { recursive: true, force: true })));
  const options = { trust: [exam.org.public], now: Date.now(), serverVersion: '0.1.0' };
  const installed = await installPackage(exam.file, data, exam.room, options);
  t.teardown(() => installed.close());

  const partsOf = (sessionId: string) => installed.partsOf(sessionId).map(({ path }) => path);
  t.ok(partsOf(SESSION).includes('papers/paper-main/text.sealed'));
  t.same(partsOf(SECOND), partsOf(SESSION), 'the PCs of both fetch the same sealed parts');
  for (const sessionId of [SESSION, SECOND]) {
    const codes = exam.secrets.papers.filter((one) => one.sessionId === sessionId);
    t.same(
      codes.map(({ paperId, use }) => [paperId, use]),
      [
        ['paper-main', 'main'],
        ['paper-reserve', 'reserve'],
      ],
      `the secrets name the codes of ${sessionId}`,
    );
    for (const { paperId, startCode } of codes)
      t.ok(
        (await installed.openPaper(paperId, startCode, 'chief', PINS.chief)).ok,
        `${sessionId} ${paperId}`,
      );
  }
  const { scoring } = await openForOrg(exam.file, exam.org, { ...options, serverVersion: '999.0.0' });
  t.same([...scoring.keys()].sort(), ['paper-main', 'paper-reserve']);
});

void t.test('sessions may share what the first opening does not give away, and nothing else', (t) => {
  const [session] = smallSource().plan.sessions;
  if (session === undefined) throw new Error('a session was expected');
  const of = (main: string, reserve: string | null, practice = false) => ({
    ...session,
    ...{ sessionId: `${main}-${reserve}-${practice}`, main, reserve, practice },
  });
  const faults = (...sessions: ReturnType<typeof of>[]) => sharingFaults({ sessions }).join('\n');
  t.equal(faults(of('a', 'r'), of('a', 'r'), of('b', 'r'), of('c', null)), '');
  t.equal(faults(of('a', null, true), of('a', null, true)), '', 'rehearsals share among themselves');
  t.match(faults(of('a', 'a')), /papers\/a: .*正卷又是备用卷.*main and a reserve/);
  t.match(faults(of('a', 'r'), of('r', null)), /papers\/r: .*正卷又是备用卷/);
  t.match(faults(of('a', null, true), of('a', null)), /papers\/a: .*演练与正式考试.*rehearsal/);
  t.end();
});

void t.test('a source folder with such a plan is refused before anything is built', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'source-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'papers'));
  for (const name of ['roster.json', 'photos', 'papers/theory-main'])
    cpSync(join('samples/theory', name), join(folder, name), { recursive: true });
  const plan = JSON.parse(readFileSync('samples/theory/plan.json', 'utf8')) as LoadedSource['plan'];
  const [first] = plan.sessions;
  if (first === undefined) throw new Error('a session was expected');
  plan.sessions = [{ ...first, reserve: first.main }];
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
  await t.rejects(loadSource(folder), /papers\/theory-main: 不能既是正卷又是备用卷/);
});

void t.test('two folders may bring the same paper; a paper that differs in a byte is another one', (t) => {
  const first = withMaterial('1,2');
  const second = withMaterial('1,2', SECOND);
  t.same([...mergeSources([first, second]).papers.keys()], ['main', 'reserve']);
  const other = withMaterial('1,3', SECOND);
  t.throws(() => mergeSources([first, other]), /papers\/main: 试卷重复/);
  const practice = withMaterial('1,2', SECOND);
  practice.plan.sessions.forEach((session) => (session.practice = true));
  t.throws(() => mergeSources([first, practice]), /演练与正式考试/);
  t.end();
});
