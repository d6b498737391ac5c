// `kaochang install --to`, `readiness` and `remove` as a technician types them, against the appliance as a process that is
// killed in the middle of the upload; and a disk that fills up while bytes come.

import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect, type Socket, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openTlsFolder, serverNames } from '../../server/http/tls/tls-folder.js';
import { codeOf, SignedClient } from '../../server/install/signed-client.js';
import { readPrivateKeys } from '../../server/keys/key-files.js';
import { PIECE_TYPE, TUS_VERSION, UPLOADS_PATH } from '../../server/protocol/install.js';
import { freePort } from '../../server/rehearsal/free-port.js';
import { ServerProcess } from '../../server/rehearsal/server-process.js';
import { smallExam } from '../support/small-exam.js';
import { COMMAND } from '../support/start-server.js';

t.setTimeout(560_000);

async function emptyRoom(t: Test, padding = 0) {
  const exam = await smallExam({ padding });
  const data = mkdtempSync(join(tmpdir(), 'kaochang-data-'));
  const keys = join(exam.folder, 'technician');
  const made = spawnSync(process.execPath, [COMMAND, 'keys', 'new', '--role', 'technician', '--out', keys]);
  if (made.status !== 0) throw new Error(made.stderr.toString('utf8'));
  for (const folder of ['keys', 'trust']) mkdirSync(join(data, folder));
  writeFileSync(join(data, 'keys/room.key'), JSON.stringify(exam.room), { mode: 0o600 });
  writeFileSync(join(data, 'keys/room.pub'), JSON.stringify(exam.room.public));
  writeFileSync(join(data, 'trust/org.pub'), JSON.stringify(exam.org.public));
  writeFileSync(join(data, 'trust/technician.pub'), readFileSync(join(keys, 'technician.pub')));
  const httpsPort = await freePort();
  const settings = { host: '127.0.0.1', httpsPort, ballastMegabytes: 1, logLevel: 'warn' };
  writeFileSync(
    join(data, 'config.json'),
    JSON.stringify({ ...settings, install: { keepFreeMegabytes: 0 } }),
  );
  const { ca } = await openTlsFolder(join(data, 'tls'), 'test', serverNames('room.exam', []), Date.now());
  const address = { url: `https://127.0.0.1:${httpsPort}`, ca, serverName: 'room.exam' };
  const make = (under?: string[]) =>
    new ServerProcess({ command: COMMAND, data, address, ...(under === undefined ? {} : { under }) });
  let running: ServerProcess | null = null;
  t.teardown(async () => {
    if (!t.passing()) t.comment(`the room's log:\n${readFileSync(join(data, 'server.log'), 'utf8')}`);
    await running?.kill();
    for (const folder of [data, exam.folder]) rmSync(folder, { recursive: true, force: true });
  });
  const start = async (under?: string[]) => {
    running = make(under);
    await running.start();
    return running;
  };
  const remote = (port: number) => [
    ...['--to', `https://127.0.0.1:${port}`, '--key', join(keys, 'technician.key')],
    ...['--ca', join(data, 'tls/ca.crt'), '--server-name', 'room.exam'],
    ...['--room-key', join(data, 'keys/room.pub'), '--json'],
  ];
  return { exam, data, address, httpsPort, start, remote, key: join(keys, 'technician.key') };
}

interface Ended {
  status: number | null;
  json: Record<string, unknown>;
  stderr: string;
}

function run(args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  return new Promise((resolve) =>
    child.on('close', (status) => {
      const last = out.trim().split('\n').at(-1) ?? '';
      const json = last.startsWith('{') ? (JSON.parse(last) as Record<string, unknown>) : {};
      resolve({ status, json, stderr });
    }),
  );
}

/** A line to the room that a test can cut: after so many bytes from the technician every connection breaks off. */
async function cuttingLine(toPort: number, afterBytes: number, onCut: () => void) {
  let passed = 0;
  let cut = false;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(toPort, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => [near, far].forEach((one) => one.destroy()));
    }
    far.pipe(near);
    near.on('data', (chunk: Buffer) => {
      passed += chunk.length;
      if (!cut && passed > afterBytes) {
        cut = true;
        onCut();
        for (const socket of sockets) socket.destroy();
      } else far.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, close: () => server.close() };
}

void t.test(
  'install --to survives a cut and kill -9 of the room in the middle, and tells before and after',
  async (t) => {
    const room = await emptyRoom(t, 3_000_000);
    const first = await room.start();
    let restarted = Promise.resolve();
    const line = await cuttingLine(room.httpsPort, 1_200_000, () => {
      restarted = first.kill().then(async () => void (await room.start()));
    });
    t.teardown(() => line.close());
    const done = await run(['install', room.exam.file, ...room.remote(line.port)]);
    await restarted;
    t.equal(done.status, 0, done.stderr);
    t.match(done.json, { ok: true, packageId: 'small-exam', readiness: { package: { fileThere: true } } });
    t.match(done.stderr, /安装前[\s\S]*考试包[^\n]*无[\s\S]*重试[\s\S]*安装后[\s\S]*small-exam #1 ✓/);
    t.match(done.stderr, /100% /, 'progress');
    t.same(readdirSync(join(room.data, 'incoming')), []);
    const [name = ''] = readdirSync(join(room.data, 'packages'));
    t.same(readFileSync(join(room.data, 'packages', name)), readFileSync(room.exam.file));

    const again = await run(['install', room.exam.file, ...room.remote(room.httpsPort)]);
    t.equal(again.status, 1);
    t.match(again.stderr, /nothing-to-do/);
    const ready = await run(['readiness', ...room.remote(room.httpsPort)]);
    t.match(ready, { status: 0, json: { readiness: { package: { sequence: 1 } } } });
    const removed = await run(['remove', 'small-exam', '--reason', '换包', ...room.remote(room.httpsPort)]);
    t.match(removed, { status: 0, json: { readiness: { package: null } } });
    t.same(readdirSync(join(room.data, 'packages')), []);
    const verified = spawnSync(process.execPath, [COMMAND, 'journal', 'verify', '--data', room.data]);
    t.equal(verified.status, 0, verified.stderr.toString('utf8'));
  },
);

void t.test('a wrong address, a wrong room and a wrong key are said as such', async (t) => {
  const room = await emptyRoom(t);
  await room.start();
  const options = room.remote(room.httpsPort);
  const other = options.map((one) => (one.endsWith('room.pub') ? join(room.data, 'trust/org.pub') : one));
  t.match(await run(['readiness', ...other]), { status: 1, stderr: /wrong-room.*\n.*\n/ });
  const org = join(room.exam.folder, 'room.key');
  writeFileSync(org, JSON.stringify(room.exam.room));
  const strange = options.map((one) => (one.endsWith('technician.key') ? org : one));
  t.match(await run(['readiness', ...strange]), { status: 1, stderr: /unknown-key/ });
  const plain = options.map((one) => (one.startsWith('https:') ? 'http://room.exam:1' : one));
  t.match(await run(['readiness', ...plain]), { status: 1, stderr: /HTTPS/ });
  t.equal((await run(['install', room.exam.file, '--to', 'https://127.0.0.1:1'])).status, 1, 'without a key');
});

void t.test('a disk that fills up in the middle of an upload keeps nothing of it', async (t) => {
  const room = await emptyRoom(t);
  // The shell's limit on file sizes stands for the full disk: 4 MiB. Node by itself ignores the signal that comes with it; the test
  // runner's preloaded module would end the room at it.
  await room.start(['bash', '-c', 'unset NODE_OPTIONS; ulimit -f 4096; exec "$0" "$@"']);
  const client = new SignedClient(room.address, await readPrivateKeys(room.key), null);
  const bytes = randomBytes(6_000_000);
  const hash = createHash('sha256').update(bytes).digest('hex');
  const tus = { 'tus-resumable': TUS_VERSION };
  const created = await client.ask({
    method: 'POST',
    path: UPLOADS_PATH,
    headers: {
      ...tus,
      'upload-length': String(bytes.length),
      'upload-metadata': `sha256 ${Buffer.from(hash).toString('base64')}`,
    },
  });
  const path = String(created.headers.location);
  const seen: (number | string)[] = [];
  for (let at = 0; at < bytes.length; at += 2_000_000) {
    const headers = { ...tus, 'upload-offset': String(at), 'content-type': PIECE_TYPE };
    const answer = await client.ask({
      method: 'PATCH',
      path,
      headers,
      body: bytes.subarray(at, at + 2_000_000),
    });
    seen.push(codeOf(answer) ?? answer.status);
  }
  t.same(seen, [204, 204, 'disk-full']);
  t.same(readdirSync(join(room.data, 'incoming')), []);
  t.equal((await client.ask({ method: 'GET', path: '/api/v1/install' })).status, 200, 'and the room goes on');
});
