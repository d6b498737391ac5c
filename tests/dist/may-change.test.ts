// When another version may take over: never from the seal to the collection, and never one that cannot read the journal.

import Database from 'better-sqlite3';
import t from 'tap';
import { releaseMayChange } from '../../scripts/commands/release.js';
import type { Session, SessionPhase, State } from '../../server/core/types.js';
import { dataPaths } from '../../server/data-folder.js';
import { JOURNAL_FORMAT } from '../../server/journal/schema.js';
import { refusalToChange, refusalToDestroy } from '../../server/release/may-change.js';
import { beginSession, openEngine, preparedData, sessionIdOf } from '../support/direct-session.js';

/** null = may. */
const EXPECTED: Record<SessionPhase, { change: string | null; destroy: string | null }> = {
  installed: { change: null, destroy: null },
  sealed: { change: 'session-held', destroy: 'session-held' },
  open: { change: 'session-held', destroy: 'session-held' },
  running: { change: 'session-held', destroy: 'session-held' },
  paused: { change: 'session-held', destroy: 'session-held' },
  suspended: { change: 'session-held', destroy: 'session-held' },
  ended: { change: 'session-held', destroy: 'session-held' },
  collected: { change: null, destroy: 'not-handed-over' },
  'handed-over': { change: null, destroy: null },
};

void t.test('[D01] from the seal until everything is collected no version is changed', async (t) => {
  for (const [phase, { change, destroy }] of Object.entries(EXPECTED)) {
    const sessions = {
      am: { phase: 'handed-over' } as Session,
      pm: { phase } as Session,
    } as State['sessions'];
    t.equal(refusalToChange({ sessions })?.code ?? null, change, phase);
    t.equal(refusalToDestroy({ sessions })?.code ?? null, destroy, phase);
  }
  t.equal(refusalToChange({ sessions: {} }), null);
});

void t.test('the command asks the journal, beside a server that runs', async (t) => {
  const { data, exam, remove } = await preparedData();
  t.teardown(remove);
  t.match(await releaseMayChange({ data: `${data}-none` }), { ok: true }, 'a first installation');
  const engine = await openEngine(data);
  t.match(await releaseMayChange({ data }), { ok: true });
  await beginSession(engine, exam);
  await engine.room.settled();
  const sessionId = sessionIdOf(exam);
  t.match(await releaseMayChange({ data }), { ok: false, refusal: { code: 'session-held', sessionId } });
  await engine.stop();
  t.match(await releaseMayChange({ data }), { ok: false }, 'and when it stands still');
});

void t.test('a journal of a newer version is not touched', async (t) => {
  const { data, remove } = await preparedData();
  t.teardown(remove);
  await (await openEngine(data)).stop();
  const db = new Database(dataPaths(data).journal);
  db.pragma(`user_version = ${JOURNAL_FORMAT + 1}`);
  db.close();
  await t.rejects(releaseMayChange({ data }), { name: 'JournalFormatError', format: JOURNAL_FORMAT + 1 });
  await t.rejects(openEngine(data), { name: 'JournalFormatError' }, 'the server neither');
});
