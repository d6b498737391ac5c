// `kaochang install FILE` beside a room that runs: taken up by itself, asked for first, and never in the place of the
// package that a session works with.

import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { installLocal } from '../../scripts/commands/install.js';
import { installPackage } from '../../server/papers/installed-package.js';
import { FarRoom } from '../support/far-room.js';
import { smallExam, SESSION } from '../support/small-exam.js';

t.setTimeout(560_000);

async function setting(t: Test) {
  const room = await FarRoom.open({ sequence: 2, startsAt: Date.now() + 60_000 });
  const keys = { org: room.exam.org, room: room.exam.room };
  const [older, newer, other] = [
    await smallExam({ sequence: 1, keys }),
    await smallExam({ sequence: 3, keys }),
    await smallExam({ sequence: 2, keys, candidates: 3 }),
  ];
  t.teardown(async () => {
    await room.close();
    for (const { folder } of [older, newer, other]) rmSync(folder, { recursive: true });
  });
  return { room, older, newer, other };
}

async function untilSequence(room: FarRoom, sequence: number): Promise<void> {
  while (room.server.room.state.package?.sequence !== sequence) await pause(50);
  // Its event is on disk, and the file that was followed is gone.
  await room.server.room.settled();
  while (readdirSync(join(room.data, 'packages')).length > 1) await pause(20);
}

void t.test('taken up by a running room, and a newer one follows it', async (t) => {
  const { room, older, newer, other } = await setting(t);
  const { data } = room;
  t.match(await installLocal({ file: room.exam.file, data }), { ok: true, sequence: 2, text: /^已安装 / });
  await untilSequence(room, 2);
  t.match(await installLocal({ file: room.exam.file, data }), { ok: true, text: /^此前已安装/ });
  await t.rejects(installLocal({ file: older.file, data }), { message: /比已安装的旧[^]*package-older/ });
  await t.rejects(installLocal({ file: other.file, data }), { message: /内容与此文件不同[^]*编号更大/ });
  t.same(readFileSync(room.installedFile()), readFileSync(room.exam.file));
  await installLocal({ file: newer.file, data });
  await untilSequence(room, 3);
  t.same(readFileSync(room.installedFile()), readFileSync(newer.file));
});

void t.test('while a session is open nothing comes, whatever lies in the folder', async (t) => {
  const { room, newer } = await setting(t);
  const { data } = room;
  await installLocal({ file: room.exam.file, data });
  await untilSequence(room, 2);
  room.seal(SESSION);
  room.staff('chief', { type: 'open-entry', sessionId: SESSION });
  // As if the session had been opened in the moment between the question and the copy.
  const options = { trust: [room.exam.org.public], now: Date.now(), serverVersion: '0.1.0' };
  (await installPackage(newer.file, data, room.exam.room, options)).close();
  await t.rejects(installLocal({ file: newer.file, data }), { message: /room-busy/ });
  await pause(3_500);
  t.equal(room.server.room.state.package?.sequence, 2);
  await room.restart();
  const { state } = room.server.room;
  t.equal(state.package?.sequence, 2);
  t.equal(room.server.packages.current(room.server.room)?.sequence, 2, 'its own file serves the session');
  t.ok(room.server.packages.partsOf(room.server.room, SESSION).length > 0);
});
