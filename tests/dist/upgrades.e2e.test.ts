// Changing versions where a real systemd runs the room: a version that does not hold takes itself back, a sealed room keeps the one
// that it was sealed with, a journal whose format changed goes back with its version, and a recorder that is at work ends in order
// before its program is removed.

import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { JOURNAL_FORMAT } from '../../server/journal/schema.js';
import { openEngine, preparedData, sessionIdOf, staff } from '../support/direct-session.js';
import { COMMAND, prepareServer } from '../support/start-server.js';
import { inSystemdMachine, laidRelease, run } from './support/archive.js';
import { changedRelease } from './support/changed-release.js';

t.setTimeout(560_000);

const SERVE = 'build/scripts/commands/serve.js';
const LATER = Date.now() + 25 * 60_000;
/** In place of a line of the server, what becomes of it. */
const FAULTS = {
  crashes: ['keepHeapInBounds();', 'process.exit(7);'],
  hangs: ['notifier.ready(', 'void ('],
  brief: ['notifier.ready(', 'setTimeout(() => process.exit(7), 1_000); notifier.ready('],
} as const;
/** A version that hangs at its start is given up sooner here than in a room: by its own unit, which goes with it. */
const SOONER = {
  'systemd/kaochang.service': (text: string) => text.replace(/^TimeoutStartSec=\d+$/m, 'TimeoutStartSec=8'),
};
/** A step that the version before does not know. */
const NEXT_FORMAT = {
  'build/server/journal/schema.js': (text: string) =>
    text.replace(') STRICT;`,\n];', ') STRICT;`,\n`CREATE INDEX journal_types ON journal (type);`];'),
  'release.json': (text: string) =>
    text.replace(`"journalFormat": ${JOURNAL_FORMAT}`, `"journalFormat": ${JOURNAL_FORMAT + 1}`),
};

const laid = await laidRelease();
t.teardown(() => laid.remove());
const { folder, release, key } = laid;
const releases = join(folder, 'versions');
const out = join(folder, 'out');
for (const one of [releases, out]) mkdirSync(one);

/** A room that two people sealed; its exam begins later. */
async function sealedData(): Promise<void> {
  const { data, exam, remove } = await preparedData({ startsAt: LATER });
  const engine = await openEngine(data);
  const sessionId = sessionIdOf(exam);
  for (const { seatId } of exam.source.roster)
    staff(engine, 'sysadmin', { type: 'pair-seat', seatId, pcId: `pc-${seatId}` });
  for (const staffId of ['sysadmin', 'clerk']) staff(engine, staffId, { type: 'sign-seal', sessionId });
  t.equal(engine.room.state.sessions[sessionId]?.phase, 'sealed');
  await engine.room.settled();
  await engine.stop();
  cpSync(data, join(out, 'sealed'), { recursive: true });
  remove();
}

/** A room with a camera, which records already: its exam begins soon. */
async function recordedData(): Promise<void> {
  const devices = [{ id: 'cam-1', name: '前方', adapter: 'rtsp', url: 'rtsp://127.0.0.1:8554/main' }];
  const recording = { segmentSeconds: 2, lowGb: 0, stopGb: 0 };
  const { data, remove } = await prepareServer({ startsAt: LATER, config: { devices, recording } });
  cpSync(data, join(out, 'recorded'), { recursive: true });
  remove();
}

void t.test('versions that do not hold, a room that is sealed, a recorder at work', async (t) => {
  const build = (name: string) => ({ 'CHANGELOG.md': () => `build=${name}\n` });
  await changedRelease(release, join(releases, 'first'), build('first'), key);
  await changedRelease(release, join(releases, 'second'), { ...build('second'), ...NEXT_FORMAT }, key);
  for (const [name, [line, instead]] of Object.entries(FAULTS)) {
    const fault = { [SERVE]: (text: string) => text.replace(line, instead) };
    const changes = { ...build(name), ...NEXT_FORMAT, ...fault, ...(name === 'hangs' ? SOONER : {}) };
    await changedRelease(release, join(releases, name), changes, key);
  }
  await sealedData();
  await recordedData();
  const facts = Object.fromEntries(await inSystemdMachine({ ...laid, releases, out }, 'upgrades.sh'));
  const backAgain = '1 已退回 second first active current 2';
  t.strictSame(facts, {
    installed: '0',
    first: 'active first',
    // It changed the journal's format before it ended.
    brief: '1 升级前的日志+已换回升级前的日志+已退回 first none active current 1',
    'kept-by-brief': 'journal-format-1 set-aside-format-2',
    second: '0 升级前的日志 second first active current',
    crashes: backAgain,
    hangs: backAgain,
    rollback: '0 升级前的日志+已换回升级前的日志 first second active current',
    'kept-at-last': 'journal-format-1 journal-format-1 set-aside-format-2 set-aside-format-2',
    journal: '"ok":true',
    'sealed-upgrade': '1 已封场+没有换版本',
    'sealed-rollback': '1 已封场+没有退回',
    'sealed-uninstall': '1 已封场+没有卸载',
    'sealed-purge': '1 已封场+没有卸载',
    'sealed-after': 'same active first second 2',
    'recorder-of': 'kaochang 2',
    uninstalled: '0',
    'recorder-left': '',
    'recorder-ended': 'ends',
    'open-left': '0',
    films: facts['films'] ?? 'none',
    end: '0',
  });
  const [films, listed] = (facts['films'] ?? '').split(' ').map(Number);
  t.ok((films ?? 0) > 0);
  t.equal(films, listed, 'every film that is there is on the list');
  const after = join(out, 'after');
  const verified = await run(process.execPath, [
    COMMAND,
    'video',
    'verify',
    join(after, 'video'),
    '--data',
    after,
  ]);
  t.equal(verified.status, 0, verified.text);
  t.ok(existsSync(join(after, 'journal', 'journal.db')), 'the data stay');
});
