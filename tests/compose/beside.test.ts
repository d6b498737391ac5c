// The thread beside the room and the process that takes snapshots: a snapshot is the live state to the letter while the room goes
// on writing, and faults are told.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { bundleBeside, marksBeside } from '../../server/compose/beside.js';
import { snapshotApart } from '../../server/compose/snapshot-process.js';
import { dataPaths } from '../../server/data-folder.js';
import { parseState } from '../../server/journal/snapshots.js';
import { readSnapshot } from '../../server/room-snapshot.js';
import { answerAll, beginSession, openEngine, preparedData, staff } from '../support/direct-session.js';
import { SESSION } from '../support/small-exam.js';

t.setTimeout(560_000);

const folder = await preparedData();
const engine = await openEngine(folder.data);
t.teardown(async () => {
  await engine.stop();
  folder.remove();
});
const { journal, dataKeys } = dataPaths(folder.data);
const place = { file: journal, keysFolder: dataKeys, room: folder.exam.room };
const never = new AbortController().signal;

void t.test('its snapshot is what the room knew when the last row of it was written', async (t) => {
  await beginSession(engine, folder.exam);
  answerAll(engine, folder.exam);
  await engine.room.settled();
  const seq = engine.room.lastSeq;
  const live = JSON.stringify(engine.room.state);
  const taking = snapshotApart(place, never);
  const mains = setInterval(() => {
    const present = !engine.room.state.mains.present;
    staff(engine, 'sysadmin', { type: 'report-mains', present });
  }, 2);
  const taken = await taking;
  clearInterval(mains);
  t.ok(engine.room.lastSeq > seq, 'the room went on');
  t.ok(taken.seq >= seq);
  const { state, anchor } = readSnapshot(parseState(taken.json));
  if (taken.seq === seq) t.equal(JSON.stringify(state), live);
  else t.same(state.sessions, (JSON.parse(live) as typeof state).sessions, 'up to what came in between');
  t.ok(anchor, 'the last look at the clocks is in it');
  t.equal(getPriority(), 0, 'the process steps back behind the room, not the room');
  await engine.journal.writeSnapshot(taken);
  // The room takes its own, too, when it has a moment: a later one stands before this one then.
  t.ok(((await engine.journal.latestSnapshot())?.seq ?? 0) >= taken.seq);
});

void t.test(
  'a snapshot taken apart and the rest of the journal give the live state after a restart',
  async (t) => {
    await engine.room.settled();
    const { sessions } = JSON.parse(JSON.stringify(engine.room.state)) as typeof engine.room.state;
    await engine.stop();
    const again = await openEngine(folder.data);
    t.ok(again.room.snapshotSeq > 0, 'it began from the snapshot');
    t.same(
      again.room.state.sessions[SESSION]?.candidates['c1']?.answers,
      sessions[SESSION]?.candidates['c1']?.answers,
    );
    t.equal(again.room.state.sessions[SESSION]?.phase, 'running');
    await again.stop();
  },
);

void t.test('what goes wrong beside the room is told, and it can be stopped', async (t) => {
  const nowhere = { ...place, file: join(folder.data, 'nowhere.db') };
  await t.rejects(snapshotApart(nowhere, never), /directory|open/);
  await t.rejects(marksBeside(nowhere, never), /directory|open/);
  const task = {
    kind: 'bundle',
    place,
    data: folder.data,
    keepFreeBytes: 0,
    sessionId: 'unknown',
    now: 1,
  } as const;
  await t.rejects(bundleBeside({ ...task, orgRecipients: [] }), /organisation/);
  await t.rejects(bundleBeside({ ...task, orgRecipients: [folder.exam.org.public.recipient] }), /unknown/);
  const control = new AbortController();
  const stopped = snapshotApart(place, control.signal);
  control.abort();
  await t.rejects(stopped, /ended/);
});

void t.test('the process that takes snapshots does not outlive the room', async (t) => {
  const child = fork(join('build', 'server', 'compose', 'snapshot-child.js'), [], { execArgv: [] });
  await once(child, 'spawn');
  child.disconnect();
  const [code] = (await once(child, 'exit')) as [number | null];
  t.equal(code, 0);
});
