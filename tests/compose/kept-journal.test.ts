// The journal over a change of its format: kept and checked before, kept no longer than the day, and put back for the version before.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { verifyJournalCommand } from '../../scripts/commands/journal-verify.js';
import { releaseJournalBack, releaseKeepJournal } from '../../scripts/commands/release-journal.js';
import { takeJournalBack } from '../../server/compose/journal-back.js';
import { forgetKept, keepJournal, keptFolder, keptJournals } from '../../server/compose/kept-journal.js';
import type { Session, State } from '../../server/core/types.js';
import { dataPaths } from '../../server/data-folder.js';
import { journalFacts } from '../../server/journal/file-format.js';
import { JOURNAL_FORMAT } from '../../server/journal/schema.js';
import {
  answerAll,
  beginSession,
  collectSession,
  handOver,
  openEngine,
  preparedData,
  sessionIdOf,
  staff,
  type OpenEngine,
} from '../support/direct-session.js';

const NEXT = JOURNAL_FORMAT + 1;
const NOON = Date.UTC(2026, 0, 2, 4);

/** A room in which one seat is paired; the server is stopped. */
async function room(t: Test) {
  const { data, exam, remove } = await preparedData();
  t.teardown(remove);
  const pair = (engine: OpenEngine, n: number) => {
    const seatId = exam.source.roster[n]?.seatId ?? '';
    staff(engine, 'sysadmin', { type: 'pair-seat', seatId, pcId: `pc-${seatId}` });
  };
  const during = async (work: (engine: OpenEngine) => unknown) => {
    const engine = await openEngine(data);
    try {
      await work(engine);
      await engine.room.settled();
    } finally {
      await engine.stop();
    }
  };
  await during((engine) => pair(engine, 0));
  const { journal } = dataPaths(data);
  const keep = (now = NOON) => keepJournal({ data, now, format: NEXT });
  const back = (checkOnly = false) =>
    takeJournalBack({ data, format: JOURNAL_FORMAT, now: NOON + 60_000, checkOnly });
  return { data, exam, journal, keep, back, pair, during };
}

/** As a newer version leaves it. */
function changeFormat(journal: string, format = NEXT): void {
  const db = new Database(journal);
  db.pragma(`user_version = ${format}`);
  db.close();
}

void t.test('before a version changes the format the journal is copied and checked, once', async (t) => {
  const { data, journal, keep, during, pair } = await room(t);
  t.equal(await keepJournal({ data, now: NOON }), null, 'this version changes nothing');
  t.notOk(existsSync(keptFolder(data)));
  t.equal(await keepJournal({ data: join(data, 'none'), now: NOON, format: NEXT }), null);
  t.match(await releaseKeepJournal({ data }), { ok: true, kept: null, text: '' });
  const facts = journalFacts(journal);
  const kept = await keep();
  t.match(kept, { format: JOURNAL_FORMAT, lastSeq: facts.lastSeq });
  t.match(kept?.file, /before-upgrade.journal-format-\d+-20260102T040000Z\.db$/);
  t.strictSame(readdirSync(keptFolder(data)).length, 1, 'and nothing beside it');
  t.match(await verifyJournalCommand({ data, copy: kept?.file ?? '' }), {
    ok: true,
    rows: facts.lastSeq,
    snapshots: 0,
    head: facts.head,
  });
  t.same(await keep(NOON + 60_000), kept, 'asked again: the same copy');
  await during(async (engine) => {
    pair(engine, 1);
    await engine.room.settled();
    t.ok(((await keep(NOON + 120_000))?.lastSeq ?? 0) > facts.lastSeq, 'beside a server that runs');
  });
  t.equal((await keptJournals(data))[0]?.file, (await keep())?.file, 'the newest is first');
});

void t.test(
  'without the space for it, or of a damaged journal, there is no copy and no upgrade',
  async (t) => {
    const { data, journal, keep } = await room(t);
    const freeBytes = () => Promise.resolve(2 ** 20);
    await t.rejects(keepJournal({ data, now: NOON, format: NEXT, freeBytes }), {
      code: 'no-space',
      message: /还差 6\d MB/,
    });
    const db = new Database(journal);
    db.exec("UPDATE journal SET body = x'00' WHERE seq = (SELECT max(seq) FROM journal)");
    db.close();
    await t.rejects(keep(), { code: 'damaged', message: /journal verify/ });
    t.strictSame(readdirSync(keptFolder(data)), []);
  },
);

void t.test('the copy takes the place of a journal that the version before cannot read', async (t) => {
  const { data, journal, keep, back, pair, during, exam } = await room(t);
  t.match(await back(), { needed: false }, 'it can be read as it is');
  const kept = await keep();
  const facts = journalFacts(journal);
  await during((engine) => pair(engine, 1));
  const later = journalFacts(journal);
  changeFormat(journal);
  t.match(await back(true), { needed: true, copy: kept?.file, rowsSince: later.lastSeq - facts.lastSeq });
  t.equal(journalFacts(journal).format, NEXT, 'asking changes nothing');
  t.strictSame(readdirSync(keptFolder(data)).length, 1);
  const lock = dataPaths(data).lock;
  const server = spawn(process.execPath, ['--eval', 'process.stdin.resume()']);
  t.teardown(() => server.kill());
  writeFileSync(lock, String(server.pid));
  await t.rejects(back(), { name: 'DataLockedError' }, 'not below a server that runs');
  rmSync(lock);
  const said = await releaseJournalBack({ data, format: JOURNAL_FORMAT });
  t.match(said, { ok: true, needed: true, text: /已换回升级前的日志/ });
  t.match(journalFacts(journal), facts);
  t.match(journalFacts(said.setAside ?? ''), { ...later, format: NEXT }, 'nothing is thrown away');
  t.match(await verifyJournalCommand({ data, copy: said.setAside ?? '' }), { ok: true });
  t.match(await verifyJournalCommand({ data }), { ok: true, rows: facts.lastSeq });
  await during((engine) => {
    const [one = '', two = ''] = exam.source.roster.map(({ seatId }) => seatId);
    t.ok(engine.room.state.seats[one]?.pcId);
    t.notOk(engine.room.state.seats[two]?.pcId);
    pair(engine, 1);
  });
  t.match(await verifyJournalCommand({ data }), { ok: true }, 'and the room goes on from there');
  t.match(await keep(NOON + 120_000), { format: JOURNAL_FORMAT }, 'the next upgrade keeps it again');
});

void t.test('there is no way back without a copy, in a session, or over one that was held', async (t) => {
  const { data, exam, journal, keep, back, during } = await room(t);
  changeFormat(journal);
  await t.rejects(back(true), { code: 'no-copy' });
  changeFormat(journal, JOURNAL_FORMAT);
  await keep();
  await during(async (engine) => {
    await beginSession(engine, exam);
    answerAll(engine, exam);
  });
  changeFormat(journal);
  await t.rejects(back(true), { code: 'session-held' });
  changeFormat(journal, JOURNAL_FORMAT);
  await during((engine) => collectSession(engine, exam));
  changeFormat(journal);
  await t.rejects(back(), { code: 'held-since', message: new RegExp(sessionIdOf(exam)) });
  changeFormat(journal, JOURNAL_FORMAT);
  t.equal((await keptJournals(data)).length, 1, 'kept until it is handed over');
  await during(async (engine) => {
    handOver(engine, data, exam);
    await engine.room.settled();
    await engine.wiping.settled();
    t.ok(engine.room.state.sessions[sessionIdOf(exam)]?.wiped?.finishedAt);
  });
  t.notOk(existsSync(keptFolder(data)), 'then it goes, and what was laid aside with it');
});

void t.test('a copy stays while anything of the day is to come', async (t) => {
  const { data, keep } = await room(t);
  await keep();
  const of = (phase: Session['phase'], startsAt: number) => ({ phase, plan: { startsAt } }) as Session;
  const forget = (...sessions: Session[]) =>
    forgetKept(data, { sessions: { ...sessions } as unknown as State['sessions'] }, NOON);
  const done = of('handed-over', NOON - 3_600_000);
  t.notOk(await forget(done, of('collected', NOON)));
  t.notOk(await forget(done, of('running', NOON)));
  t.notOk(await forget(done, of('installed', NOON + 3_600_000)), 'the afternoon');
  t.ok(existsSync(keptFolder(data)));
  // Noon of UTC+8 and twelve hours: the next day has begun.
  t.ok(await forget(done, of('installed', NOON + 12 * 3_600_000)));
  t.notOk(existsSync(keptFolder(data)));
  t.notOk(await forget(done), 'nothing is left to go');
});
