// A package for a room whose disk fills up while it comes, from afar and from a stick: it is refused clearly, nothing of it stays,
// the package before and the journal are as they were, and with space it is installed. The disk is a real one, of a few megabytes.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { askReadiness } from '../../server/install/remote-install.js';
import { SignedClient } from '../../server/install/signed-client.js';
import { generateKeys } from '../../server/keys/key-files.js';
import { MAX_PIECE_BYTES, PIECE_TYPE, TUS_VERSION, UPLOADS_PATH } from '../../server/protocol/install.js';
import type { ServerProcess } from '../../server/rehearsal/server-process.js';
import { SmallDisk } from '../fault/small-disk.js';
import { smallExam } from '../support/small-exam.js';
import { COMMAND, prepareServer } from '../support/start-server.js';

t.setTimeout(560_000);

const MB = 2 ** 20;
const DISK_MB = 200;
/** What the settings of these rooms keep free, and what `kaochang install` does. */
const RESERVE_MB = 20;
const LOCAL_RESERVE_MB = 128;

interface Ended {
  status: number | null;
  said: string;
}

/** A room with a package, on a disk of its own, and the next package of some megabytes. */
async function roomOnSmallDisk(t: Test) {
  const install = { keepFreeMegabytes: RESERVE_MB };
  const server = await prepareServer({ config: { install } });
  const { exam, data, address } = server;
  const next = await smallExam({ sequence: 2, padding: 8 * MB, keys: { org: exam.org, room: exam.room } });
  const technician = await generateKeys('technician', '远助');
  const key = join(next.folder, 'technician.key');
  writeFileSync(key, JSON.stringify(technician), { mode: 0o600 });
  writeFileSync(join(data, 'trust', 'technician.pub'), JSON.stringify(technician.public));
  const disk = SmallDisk.mountOver(data, DISK_MB);
  const service = server.process();
  t.teardown(async () => {
    if (!t.passing()) t.comment(`the room's log:\n${readFileSync(join(data, 'server.log'), 'utf8')}`);
    await service.kill();
    disk.unmount();
    server.remove();
    spawnSync('rm', ['-rf', next.folder]);
  });
  await service.start();
  const client = new SignedClient(address, technician, null, 20_000);
  const remote = [
    ...['--to', address.url, '--key', key, '--ca', join(data, 'tls', 'ca.crt')],
    ...['--server-name', 'room.exam', '--room-key', join(data, 'keys', 'room.pub')],
  ];
  return { data, disk, next, service, client, remote };
}

async function command(args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, said };
}

const inForce = async (client: SignedClient) => {
  const { package: installed } = await askReadiness(client);
  return installed === null ? null : [installed.sequence, installed.fileThere];
};

/** An upload of the file that the room has taken. @returns what sends bytes from..to of it */
async function begunUpload(client: SignedClient, file: string) {
  const bytes = readFileSync(file);
  const headers = { 'tus-resumable': TUS_VERSION };
  const hash = Buffer.from(createHash('sha256').update(bytes).digest('hex')).toString('base64');
  const declared = { 'upload-length': String(bytes.length), 'upload-metadata': `sha256 ${hash}` };
  const created = await client.ask({
    ...{ method: 'POST', path: UPLOADS_PATH },
    headers: { ...headers, ...declared },
  });
  return (from: number, to: number) =>
    client.ask({
      ...{ method: 'PATCH', path: String(created.headers.location), body: bytes.subarray(from, to) },
      headers: { ...headers, 'upload-offset': String(from), 'content-type': PIECE_TYPE },
    });
}

const incoming = (data: string) => readdirSync(join(data, 'incoming'));

function journalHolds(data: string): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [
    COMMAND,
    'journal',
    'verify',
    '--data',
    data,
  ]);
  return { status, said: `${stdout}${stderr}` };
}

void t.test('[C02] from afar: space that others take meanwhile ends the upload clearly', async (t) => {
  const { data, disk, next, client, remote } = await roomOnSmallDisk(t);
  t.same(await inForce(client), [1, true]);
  const piece = await begunUpload(client, next.file);
  const whole = statSync(next.file).size;
  t.equal((await piece(0, MAX_PIECE_BYTES)).status, 204);
  const giveBack = disk.leave(RESERVE_MB * MB);
  const refused = await piece(MAX_PIECE_BYTES, Math.min(whole, 2 * MAX_PIECE_BYTES));
  t.equal(refused.status, 507);
  t.match(refused.body.toString('utf8'), /disk-full.*考场服务器磁盘空间不足.*清理磁盘后重试/);
  t.same(incoming(data), []);
  t.same(await inForce(client), [1, true], 'the room goes on with the package that it had');
  const again = await command(['install', next.file, ...remote]);
  t.match(again, { status: 1, said: /disk-full/ }, 'nothing is begun where there is no room for all of it');
  giveBack();
  const done = await command(['install', next.file, ...remote]);
  t.equal(done.status, 0, done.said);
  t.same(await inForce(client), [2, true]);
  t.match(journalHolds(data), { status: 0 });
});

void t.test('[rule 2] from afar: a disk without a byte left may end the room; nothing is lost', async (t) => {
  const { data, disk, next, service, client, remote } = await roomOnSmallDisk(t);
  const piece = await begunUpload(client, next.file);
  t.equal((await piece(0, MAX_PIECE_BYTES)).status, 204);
  // As systemd does: a room that ended is started again.
  let watching = true;
  const watched = (async () => {
    for (; watching; await pause(200))
      if (service.pid === undefined || !existsSync(`/proc/${service.pid}`))
        await service.start().catch(() => null);
  })();
  const tried = new AbortController();
  const filled = disk.full(once(tried.signal, 'abort'));
  const more = await piece(MAX_PIECE_BYTES, 2 * MAX_PIECE_BYTES).catch((error: unknown) => error);
  t.not((more as { status?: number }).status, 204, 'a piece without a byte for it is not said to be there');
  const asked = await command(['install', next.file, ...remote]);
  t.equal(asked.status, 1, asked.said);
  tried.abort();
  await filled;
  await pause(1_000);
  watching = false;
  await watched;
  await restarted(service);
  t.same(await inForce(client), [1, true], 'the package of before');
  t.same(
    incoming(data).filter((name) => name.endsWith('.new')),
    [],
  );
  const done = await command(['install', next.file, ...remote]);
  t.equal(done.status, 0, done.said);
  t.same(await inForce(client), [2, true]);
  t.same(incoming(data), []);
  t.match(journalHolds(data), { status: 0 });
});

void t.test('[C02] from a stick: no room for the copy and the reserve, and nothing is begun', async (t) => {
  const { data, disk, next, client } = await roomOnSmallDisk(t);
  const packages = () => readdirSync(join(data, 'packages'));
  const before = packages();
  const giveBack = disk.leave((LOCAL_RESERVE_MB + 4) * MB);
  const refused = await command(['install', next.file, '--data', data]);
  t.equal(refused.status, 1, refused.said);
  t.match(refused.said, /磁盘空间不足：需要 13[67] MB，可用 13[12] MB；没有改动任何东西。请清理磁盘后重试/);
  t.same(packages(), before);
  t.same(await inForce(client), [1, true]);
  giveBack();
  const done = await command(['install', next.file, '--data', data]);
  t.equal(done.status, 0, done.said);
  for (let n = 0; n < 50 && (await inForce(client))?.[0] !== 2; n++) await pause(200);
  t.same(await inForce(client), [2, true]);
  t.match(journalHolds(data), { status: 0 });
});

void t.test('[C02] a copy that the disk does not take leaves nothing', async (t) => {
  const { exam, data, remove } = await prepareServer();
  const next = await smallExam({ sequence: 2, padding: 8 * MB, keys: { org: exam.org, room: exam.room } });
  t.teardown(() => {
    remove();
    spawnSync('rm', ['-rf', next.folder]);
  });
  mkdirSync(join(data, 'packages'), { recursive: true });
  const before = readdirSync(join(data, 'packages'));
  // The space is there when it is asked for, and gone when it is written: the shell's limit on file sizes, 4 MiB.
  const limited = [
    '-c',
    'unset NODE_OPTIONS NODE_V8_COVERAGE; ulimit -f 4096; exec "$0" "$@"',
    process.execPath,
  ];
  const { status, stderr } = spawnSync('bash', [...limited, COMMAND, 'install', next.file, '--data', data], {
    encoding: 'utf8',
  });
  t.equal(status, 1);
  t.match(stderr, /磁盘空间不足/);
  t.same(readdirSync(join(data, 'packages')), before);
  t.ok(statSync(next.file).size > 4 * MB);
  t.match(readFileSync(next.file).length, statSync(next.file).size);
});

/** Started anew, so that whatever state it was in is that of a room after its disk has space again. */
async function restarted(service: ServerProcess): Promise<void> {
  await service.kill();
  await service.start();
}
