// The data folder: one process at a time, keys made once and never replaced, ballast laid.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { layBallast } from '../../server/compose/ballast.js';
import { dataPaths, DataLockedError, lockData, openRoomKeys, readTrust } from '../../server/data-folder.js';
import { generateKeys, KeyFileError } from '../../server/keys/key-files.js';
import { createLog } from '../../server/log.js';

const folder = () => mkdtempSync(join(tmpdir(), 'kaochang-folder-'));

void t.test(
  'a folder that a living server holds is refused; what a dead one left is taken over',
  async (t) => {
    const data = folder();
    const { lock } = dataPaths(data);
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    t.teardown(() => other.kill());
    await once(other, 'spawn');
    writeFileSync(lock, String(other.pid));
    await t.rejects(lockData(data), DataLockedError);
    writeFileSync(lock, '999999999');
    const unlock = await lockData(data);
    t.equal(readFileSync(lock, 'utf8'), String(process.pid));
    await unlock();
    t.notOk(existsSync(lock));
    writeFileSync(lock, 'nonsense');
    await (
      await lockData(data)
    )();
  },
);

void t.test(
  'the room’s keys are made once, for the owner only, and never behind anybody’s back',
  async (t) => {
    const data = folder();
    const first = await openRoomKeys(data, '102');
    t.same(await openRoomKeys(data, 'other name'), first);
    const { roomKey, roomPub } = dataPaths(data);
    if (process.platform !== 'win32') t.equal(statSync(roomKey).mode & 0o777, 0o600);
    t.same(JSON.parse(readFileSync(roomPub, 'utf8')), first.public);
    rmSync(roomKey);
    await t.rejects(openRoomKeys(data, '102'), KeyFileError);
    t.notOk(existsSync(roomKey));
  },
);

void t.test('trusted organisations are the *.pub files; a file that is none is named', async (t) => {
  const data = folder();
  t.same(await readTrust(data), []);
  const { trust } = dataPaths(data);
  mkdirSync(trust);
  const org = await generateKeys('org', 'org');
  writeFileSync(join(trust, 'org.pub'), JSON.stringify(org.public));
  writeFileSync(join(trust, 'notes.txt'), 'not a key');
  t.same(await readTrust(data), [org.public]);
  writeFileSync(join(trust, 'bad.pub'), '{}');
  await t.rejects(readTrust(data), /bad\.pub/);
});

void t.test('[rule 2] the ballast is laid once, and a disk without room for it stops nobody', async (t) => {
  const data = folder();
  const file = join(data, 'journal', 'ballast');
  await layBallast(file, 2, createLog('silent'));
  t.equal(statSync(file).size, 2 * 2 ** 20);
  const { mtimeMs } = statSync(file);
  await layBallast(file, 2, createLog('silent'));
  t.equal(statSync(file).mtimeMs, mtimeMs);
  await layBallast(join(data, 'none'), 0, createLog('silent'));
  t.notOk(existsSync(join(data, 'none')));
  await t.resolves(layBallast('/dev/full/ballast', 1, createLog('silent')));
});
