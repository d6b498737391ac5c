// A rehearsal never touches a real session: the command asks and ends, and where it does not ask the room sends its PCs away.
// And by itself: a room of its own, which leaves nothing behind.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import t from 'tap';
import { readJournal } from '../../server/compose/read-journal.js';
import { Rehearsal } from '../../server/rehearsal/rehearsal.js';
import { PINS } from '../support/small-exam.js';
import { COMMAND, prepareServer } from '../support/start-server.js';

t.setTimeout(560_000);

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'real-session-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

void t.test('in a room with a real session nobody is connected, signed in or logged in', async (t) => {
  const server = await prepareServer();
  const { data, address, exam } = server;
  const appliance = server.process();
  t.teardown(async () => {
    await appliance.stop();
    server.remove();
  });
  await appliance.start();
  const types = async () => {
    const journal = await readJournal(data, exam.room, 'beside');
    const found: string[] = [];
    for await (const { type } of journal.replay(0)) if (type !== 'clock-sampled') found.push(type);
    await journal.close();
    return found;
  };
  // The program is looked at while the wires are open already.
  while (!(await types()).includes('installation-fingerprinted')) await pause(50);
  const before = await types();
  const staff = join(folder, 'staff.txt');
  writeFileSync(staff, `sysadmin ${PINS.others}\nproctor ${PINS.others}\n`);
  const ca = join(folder, 'ca.crt');
  writeFileSync(ca, address.ca ?? '');

  await t.test('the command asks the room and ends', async (t) => {
    const args = ['rehearse', '--to', address.url, '--ca', ca, '--server-name', 'room.exam'];
    const ended = await run(process.execPath, [COMMAND, ...args, '--staff', staff, '--json']).catch(
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    t.match(ended, { code: 1, stderr: /本考场有正式考试，不接受模拟考生机.*takes no simulated PC/s });
    t.match(JSON.parse(ended.stdout), { ok: false });
    t.same(await types(), before, 'the journal did not hear of it');
  });

  await t.test(
    'where it does not ask, its PCs are sent away, and that is all there is on record',
    async (t) => {
      const rehearsal = new Rehearsal({
        ...{ address, seats: 40, from: 1, reconnects: 0, paceMs: null, limitMs: 120_000, seed: 1 },
        signal: new AbortController().signal,
      });
      await t.rejects(rehearsal.connect(), { name: 'NotPracticeError' });
      t.equal(rehearsal.count('connected'), 0);
      t.same(await types(), [...before, 'simulated-refused']);
    },
  );
});

/** Where a room of its own would lie. */
const own = { ...process.env, TMPDIR: folder };
const leftBehind = () => readdirSync(folder).filter((name) => name.startsWith('kaochang-rehearsal-'));

void t.test('in a room of its own it plays a day and leaves nothing behind', async (t) => {
  const args = ['rehearse', '--seats', '12', '--minutes', '0.1', '--reconnects', '50', '--json'];
  const { stdout } = await run(process.execPath, [COMMAND, ...args], { env: own });
  const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
  t.match(report, { ok: true, complete: true, seats: 12, handedIn: 12, lost: 0, problems: [] });
  t.ok(Number(report['acknowledged']) > 100);
  const stages = (report['stages'] as { stage: string }[]).map(({ stage }) => stage);
  t.same(stages, ['connect', 'pair', 'fetch', 'admit', 'logIn', 'start', 'answer', 'collect']);
  t.same(leftBehind(), []);
});

void t.test('Ctrl+C ends it with the figures so far, and leaves nothing behind', async (t) => {
  const args = ['rehearse', '--seats', '5', '--minutes', '5', '--json'];
  const child = spawn(process.execPath, [COMMAND, ...args], { env: own, stdio: ['ignore', 'pipe', 'pipe'] });
  t.teardown(() => child.kill('SIGKILL'));
  let [said, out] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => {
    const before = said;
    said += chunk.toString('utf8');
    if (!before.includes('answering') && said.includes('answering'))
      setTimeout(() => child.kill('SIGINT'), 500);
  });
  const [code] = (await once(child, 'close')) as [number];
  t.equal(code, 0);
  const report = JSON.parse(out.trim().split('\n').at(-1) ?? '') as object;
  t.match(report, { ok: true, complete: false, cutShort: 'interrupted', seats: 5, loggedIn: 5, lost: 0 });
  t.match(out, /interrupted; the figures so far/);
  t.same(leftBehind(), []);
});
