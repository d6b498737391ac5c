// When a rehearsal on the room's own PCs begins, and when it does not. That it plays is tests/browser/room-rehearsal.e2e.test.ts.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { RoomRehearsal } from '../../server/compose/room-rehearsal.js';
import { createLog } from '../../server/log.js';
import { SeatsSetting } from '../support/seats-setting.js';
import { openEntry } from '../support/small-room.js';

t.setTimeout(560_000);

const folder = mkdtempSync(join(tmpdir(), 'room-rehearsal-'));
const data = join(folder, 'data');
mkdirSync(data);
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

/** No practice room can be made of this: a run ends as soon as it has begun. */
const NO_COMMAND = join(folder, 'no-such-command.js');
/** Nor of this, which is never ready. */
const HANGS = join(folder, 'hangs.mjs');
writeFileSync(HANGS, 'setInterval(() => undefined, 1_000);');

async function opened(t: { teardown: (fn: () => Promise<void>) => void }, command = NO_COMMAND) {
  const setting = await SeatsSetting.open();
  const asked: unknown[] = [];
  const rehearsal = new RoomRehearsal({
    room: setting.room,
    seats: {
      idlePcs: () => setting.gateway.idlePcs(),
      rehearse: (words) => void asked.push(words),
    },
    ...{ folder: data, command, version: '0.0.0', log: createLog('silent') },
  });
  t.teardown(async () => {
    await rehearsal.stop();
    await setting.close();
  });
  return { setting, rehearsal, asked };
}
const WISH = { seats: null, minutes: null };
const XI = { kind: 'staff', staffId: 'xi', station: '10.0.0.2' } as const;
const typesOf = ({ journal }: SeatsSetting) => journal.entries.map(({ type }) => type);

void t.test('without an idle PC it does not begin', async (t) => {
  const { setting, rehearsal } = await opened(t);
  const before = setting.journal.entries.length;
  t.match(await rehearsal.begin(XI, WISH, false), { code: 'no-idle-pcs' });
  t.same(typesOf(setting).slice(before), ['command-refused'], 'with its reason on record');
  t.match(rehearsal.view(), { run: null, last: null, idlePcs: 0, roomSeats: 3 });
});

void t.test('[SM4] where a session is entered it does not begin, and no PC is asked', async (t) => {
  const { setting, rehearsal, asked } = await opened(t);
  await setting.paired(0);
  openEntry(setting.room);
  const before = setting.journal.entries.length;
  t.match(await rehearsal.begin(XI, WISH, false), { code: 'rehearsal-not-now' });
  t.equal(rehearsal.view().run, null);
  t.same(asked, []);
  t.same(typesOf(setting).slice(before), ['command-refused']);
});

void t.test(
  'a practice room that cannot be made is a failed rehearsal on record, and no PC was asked',
  async (t) => {
    const { setting, rehearsal, asked } = await opened(t);
    await setting.paired(0);
    const ended = new Promise<void>((resolve) =>
      rehearsal.listen(({ run, last }) => {
        if (run === null && last !== null) resolve();
      }),
    );
    t.match(await rehearsal.begin(XI, WISH, true), { code: 'check-under-way' });
    const beginning = rehearsal.begin(XI, WISH, false);
    t.match(rehearsal.view().run, { stage: 'preparing', seats: 6 });
    t.equal(await rehearsal.begin(XI, WISH, false), null, 'a second press joins it');
    t.equal(await beginning, null);
    await ended;
    const { last } = rehearsal.view();
    t.match(last, { ended: 'failed', begunBy: 'xi', seats: 0, pcs: [] });
    t.equal(last?.problems.length, 1);
    t.same(typesOf(setting).slice(-3), ['command-refused', 'rehearsal-begun', 'room-rehearsed']);
    t.notOk(asked.some((words) => words !== null));
    t.same(readdirSync(data), []);
  },
);

void t.test('a server that stops does not wait until its practice room is ready', async (t) => {
  const { setting, rehearsal, asked } = await opened(t, HANGS);
  await setting.paired(0);
  t.equal(await rehearsal.begin(XI, WISH, false), null);
  const isStarting = () =>
    readdirSync(data, { recursive: true, encoding: 'utf8' }).some((name) => name.endsWith('server.log'));
  await until(isStarting);
  const stoppedAt = performance.now();
  await rehearsal.stop();
  t.ok(
    performance.now() - stoppedAt < 20_000,
    'less than the thirty seconds that a room may take to be ready',
  );
  t.match(rehearsal.view(), { run: null, last: { ended: 'stopped' } });
  t.same(readdirSync(data), []);
  t.notOk(asked.some((words) => words !== null));
});

void t.test('what a power cut left of rehearsals is cleared away with the next start', async (t) => {
  for (const name of ['.rehearsal-abc123', '.preflight-rehearsal-abc123', 'something-else'])
    mkdirSync(join(data, name));
  await opened(t);
  await until(() => readdirSync(data).length === 1);
  t.same(readdirSync(data), ['something-else']);
});

async function until(holds: () => boolean): Promise<void> {
  const from = performance.now();
  while (!holds()) {
    if (performance.now() - from > 30_000) throw new Error('in vain');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
