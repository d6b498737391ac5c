// The demo plays a whole day by itself against a server of its own; without a server that listens it fails.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { autoTimes } from '../../server/rehearsal/demo-plan.js';
import { playDemo } from '../../scripts/commands/demo-auto.js';
import { makeDemoRoom } from '../../scripts/commands/demo-room.js';
import { COMMAND } from '../support/start-server.js';

t.setTimeout(240_000);

const folders: string[] = [];
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'demo-test-'));
  folders.push(folder);
  return folder;
};
t.teardown(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

interface DemoResult {
  ok: boolean;
  seconds: number;
  lost: number;
  acknowledged: number;
  admitted: number;
  absent: number;
  handedIn: number;
  bundle: { file: string; unsealed: string; verified: boolean; candidates: number };
  score: { scored: number; agree: boolean; sheet: string };
}

void t.test('--auto plays the day, loses nothing and ends with a verified bundle', async (t) => {
  const data = join(newFolder(), 'room');
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [COMMAND, 'demo', '--auto', '--seats', '20', '--data', data, '--json'],
    { encoding: 'utf8' },
  );
  t.equal(status, 0, stderr);
  const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as DemoResult;
  t.match(result, {
    ok: true,
    lost: 0,
    admitted: 19,
    absent: 1,
    handedIn: 19,
    bundle: { verified: true, candidates: 20 },
    score: { scored: 19, agree: true },
  });
  t.ok(result.acknowledged > 19 * 40, `${result.acknowledged} acknowledged`);
  t.ok(result.seconds < 180, `${result.seconds} s`);
  for (const file of [
    result.bundle.file,
    result.bundle.unsealed,
    result.score.sheet,
    join(data, 'room.pub'),
    join(data, 'org.pub'),
  ])
    t.ok(existsSync(file), file);
  const verify = spawnSync(
    process.execPath,
    [COMMAND, 'bundle', 'verify', result.bundle.unsealed, '--trust', join(data, 'room.pub'), '--json'],
    { encoding: 'utf8' },
  );
  t.equal(verify.status, 0, verify.stdout + verify.stderr);
  const again = spawnSync(process.execPath, [COMMAND, 'demo', '--auto', '--data', data], {
    encoding: 'utf8',
  });
  t.equal(again.status, 1, 'a folder that holds a room is not overwritten');
  t.match(readFileSync(join(data, 'room.pub'), 'utf8'), /kaochang-public-keys-1/);
});

void t.test('--auto fails where no server listens', async (t) => {
  const room = await makeDemoRoom({
    data: newFolder(),
    samples: join(process.cwd(), 'samples', 'theory'),
    times: autoTimes(Date.now()),
    seats: 5,
    port: 0,
    version: '0.1.0',
    say: () => undefined,
  });
  await t.rejects(
    playDemo(room, join(room.data, 'no-such-command.js'), () => undefined),
    /The server ended/,
  );
});
