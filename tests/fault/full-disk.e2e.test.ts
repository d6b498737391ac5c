// The appliance on a disk that takes no byte more: it does not start over and over, it shows what it has, exports it, turns
// PCs away without losing them, and comes back by itself.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import t from 'tap';
import { WebSocket } from 'ws';
import { verifyBundle } from '../../server/bundle/verify.js';
import { hasDiskSpace, startOnAnyDisk } from '../../server/compose/disk-space.js';
import { layBallast } from '../../server/compose/ballast.js';
import { createLog } from '../../server/log.js';
import { openTlsFolder, serverNames } from '../../server/http/tls/tls-folder.js';
import { STATEMENT_SUFFIX } from '../../server/protocol/bundle.js';
import type { Outcome, RoomView } from '../../server/protocol/staff.js';
import { freePort } from '../../server/rehearsal/free-port.js';
import { fetchBytes } from '../../server/rehearsal/room-address.js';
import { ServerProcess } from '../../server/rehearsal/server-process.js';
import {
  answerAll,
  beginSession,
  collectSession,
  openEngine,
  preparedData,
  type DataFolder,
} from '../support/direct-session.js';
import { PINS, SESSION } from '../support/small-exam.js';
import { COMMAND } from '../support/start-server.js';

t.setTimeout(560_000);

/** The shell's limit on file sizes stands for the full disk: no write of this process succeeds, the test runner's own neither. */
const FULL = ['bash', '-c', 'unset NODE_OPTIONS NODE_V8_COVERAGE; ulimit -f 0; exec "$0" "$@"'];

async function prepared(): Promise<
  DataFolder & { process(under?: string[]): ServerProcess; url: string; ca: string }
> {
  const folder = await preparedData();
  const httpsPort = await freePort();
  const settings = { host: '127.0.0.1', httpsPort, ballastMegabytes: 1, logLevel: 'warn' };
  writeFileSync(join(folder.data, 'config.json'), JSON.stringify(settings));
  const { ca } = await openTlsFolder(
    join(folder.data, 'tls'),
    'test',
    serverNames('room.exam', []),
    Date.now(),
  );
  const url = `https://127.0.0.1:${httpsPort}`;
  const address = { url, ca, serverName: 'room.exam' };
  const process = (under?: string[]) =>
    new ServerProcess({
      command: COMMAND,
      data: folder.data,
      address,
      ...(under === undefined ? {} : { under }),
    });
  return { ...folder, process, url, ca };
}

/** Sizes of everything below a folder but the log that the test itself writes. */
const sizesOf = (data: string) =>
  readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile() && one.name !== 'server.log')
    .map((one) => `${one.name} ${statSync(join(one.parentPath, one.name)).size}`)
    .filter((line) => !/-(wal|shm) 0$/.test(line))
    .sort();

void t.test('[rule 2] on a full disk the room can be looked at and exported, and then goes on', async (t) => {
  const folder = await prepared();
  t.teardown(() => folder.remove());
  const engine = await openEngine(folder.data);
  await beginSession(engine, folder.exam);
  answerAll(engine, folder.exam);
  await collectSession(engine, folder.exam);
  await engine.stop();
  rmSync(join(folder.data, 'bundles'), { recursive: true });
  rmSync(join(folder.data, 'journal', 'ballast'), { force: true });
  const before = sizesOf(folder.data);

  const child = spawn(FULL[0] ?? '', [
    ...FULL.slice(1),
    process.execPath,
    COMMAND,
    'serve',
    '--data',
    folder.data,
  ]);
  t.teardown(() => child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const address = { url: folder.url, ca: folder.ca, serverName: 'room.exam' };
  const facts = await until(() => fetchBytes(address, '/api/v1/room'));
  t.match(JSON.parse(facts.toString('utf8')), { roomName: '2号楼102考场' });
  t.match(output, /磁盘已满/);
  await t.rejects(fetchBytes(address, '/healthz'), /503/);

  const options = { ca: folder.ca, servername: 'room.exam' };
  const seat = new WebSocket(`${folder.url.replace('https', 'wss')}/seat`, 'kaochang.seat.v1', options);
  t.match(await new Promise<Error>((resolve) => seat.once('error', resolve)), { message: /503/ });

  const staff = io(folder.url, { path: '/staff-socket', transports: ['websocket'], ...options } as object);
  t.teardown(() => staff.close());
  const ask = async <T>(...request: unknown[]) =>
    (await staff.timeout(60_000).emitWithAck(...(request as [string]))) as Outcome<T>;
  t.match(await ask('sign-in', { staffId: 'chief', pin: '000000' }), { ok: false, code: 'sign-in-refused' });
  const entered = await ask<{ view: RoomView }>('sign-in', { staffId: 'chief', pin: PINS.chief });
  t.match(entered, { ok: true, view: { session: { phase: 'collected' } } });
  const command = {
    type: 'record-incident',
    sessionId: SESSION,
    category: 'other',
    candidateId: null,
    text: 'x',
  };
  t.match(await ask('command', { ...command, happenedAt: null }), { ok: false, code: 'disk-full' });

  const out = mkdtempSync(join(tmpdir(), 'stick-'));
  t.teardown(() => rmSync(out, { recursive: true }));
  const file = join(out, 'am.bag.zip.age');
  const args = ['bundle', 'export', '--session', SESSION, '--out', file, '--data', folder.data];
  const exported = spawnSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8' });
  t.equal(exported.status, 0, exported.stderr);
  const { report } = await verifyBundle({
    file: readFileSync(file),
    envelope: readFileSync(file + STATEMENT_SUFFIX),
    trust: [folder.exam.room.public],
    identity: folder.exam.org.identity,
  });
  t.match(report, { ok: true, depth: 'all', candidates: 4 });
  t.ok(report.answers > 20);
  t.equal(child.exitCode, null, 'it serves on');
  child.kill('SIGTERM');
  t.same(await new Promise((resolve) => child.once('exit', (code) => resolve(code))), 0, 'stopped in order');
  t.same(sizesOf(folder.data), before, 'not a byte was written');

  const normal = folder.process();
  t.teardown(() => normal.kill());
  await normal.start();
  t.match(JSON.parse((await fetchBytes(address, '/healthz')).toString('utf8')), { ok: true });
  await normal.stop();
});

void t.test('[rule 2] before the first start there is nothing to show, and that is said', async (t) => {
  const folder = await prepared();
  t.teardown(() => folder.remove());
  const run = spawnSync(
    FULL[0] ?? '',
    [...FULL.slice(1), process.execPath, COMMAND, 'serve', '--data', folder.data],
    {
      encoding: 'utf8',
    },
  );
  t.equal(run.status, 1);
  t.match(run.stderr, /磁盘已满.*make room/);
});

void t.test('[rule 2] the ballast is given up before the room is shown read only', async (t) => {
  const play = (spaces: boolean[], ballast: boolean) => {
    const steps: string[] = [];
    return startOnAnyDisk({
      hasSpace: async () => spaces.shift() ?? false,
      freeBallast: async () => (steps.push('ballast'), ballast),
      start: async () => (steps.push('start'), steps),
      startReadOnly: async () => (steps.push('read-only'), steps),
    });
  };
  t.same(await play([true], true), ['start']);
  t.same(await play([false, true], true), ['ballast', 'start']);
  t.same(await play([false, true], false), ['ballast', 'read-only'], 'without ballast it is not asked again');
  t.same(await play([false, false], true), ['ballast', 'read-only']);
});

void t.test(
  '[rule 2] the probe leaves nothing, and a ballast that would fill the disk is not laid',
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'disk-'));
    t.teardown(() => rmSync(folder, { recursive: true }));
    t.equal(await hasDiskSpace(folder), true);
    t.same(readdirSync(folder), []);
    writeFileSync(join(folder, 'file'), '');
    await t.rejects(hasDiskSpace(join(folder, 'file')), 'another fault is not called a full disk');
    const ballast = join(folder, 'ballast');
    await layBallast(ballast, 50_000_000, createLog('silent'));
    t.notOk(existsSync(ballast), 'fifty terabytes');
    await layBallast(ballast, 1, createLog('silent'));
    t.equal(statSync(ballast).size, 2 ** 20);
  },
);

async function until<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 90_000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
