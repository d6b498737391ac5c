// Makes the demo's room: keys of an organisation and a room, the sample exam with short times, a package, an installed room.
// Nothing here differs from what organisation and site do by command, but that it is done in one go.

import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { dataPaths, openRoomKeys } from '../../server/data-folder.js';
import { openTlsFolder, serverNames } from '../../server/http/tls/tls-folder.js';
import { generateKeys, type PrivateKeys } from '../../server/keys/key-files.js';
import { buildPackage } from '../../server/papers/build.js';
import { installPackage } from '../../server/papers/installed-package.js';
import { loadSource, type LoadedSource } from '../../server/papers/source.js';
import type { PackageSecrets } from '../../server/protocol/package.js';
import { demoPlan, demoRoster, type DemoTimes } from '../../server/rehearsal/demo-plan.js';
import type { RoomAddress } from '../../server/rehearsal/room-address.js';

export interface DemoRoom {
  data: string;
  org: PrivateKeys;
  room: PrivateKeys;
  source: LoadedSource;
  secrets: PackageSecrets;
  packageFile: string;
  /** HTTPS on this machine with the room's CA. */
  address: RoomAddress;
  httpsPort: number;
  plainHttpPort: number;
}

export interface DemoRoomOptions {
  data: string;
  samples: string;
  times: DemoTimes;
  seats: number;
  /** Plain HTTP on loopback; 0 = any free port. */
  port: number;
  version: string;
  say: (text: string) => void;
}

/** Prepares an empty data folder. @throws Error when it holds a room already */
export async function makeDemoRoom(options: DemoRoomOptions): Promise<DemoRoom> {
  const { data, samples, times, seats, version, say } = options;
  const paths = dataPaths(data);
  if (existsSync(paths.journal))
    throw new Error(`${data} 已有考场数据，请换一个空目录 / holds a room already; name an empty folder`);
  say('制作密钥 / Making keys');
  const org = await generateKeys('org', '示例培训评价组织 / sample organisation');
  const room = await openRoomKeys(data, '102');
  await mkdir(paths.trust, { recursive: true });
  const pub = (keys: PrivateKeys) => `${JSON.stringify(keys.public, null, 2)}\n`;
  await writeFile(join(paths.trust, 'org.pub'), pub(org));
  await writeFile(join(data, 'org.pub'), pub(org));
  await writeFile(join(data, 'room.pub'), pub(room));
  await writeFile(join(data, 'org.key'), `${JSON.stringify(org, null, 2)}\n`, { mode: 0o600 });
  say(`制作并签名考试包（${seats} 名考生）/ Building and signing the exam package (${seats} candidates)`);
  const source = shortened(await loadSource(samples), times, seats);
  const packageFile = join(data, 'demo.exampkg');
  const now = Date.now();
  const secrets = await buildPackage({
    source,
    org,
    rooms: [room.public],
    file: packageFile,
    now,
    minServer: version,
  });
  await writeFile(join(data, 'secrets.json'), `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  say('安装考试包 / Installing the package');
  (
    await installPackage(packageFile, data, room, { trust: [org.public], now, serverVersion: version })
  ).close();
  const tls = await openTlsFolder(paths.tls, source.plan.room.name, serverNames('room.exam', []), now);
  const [httpsPort, freePort] = await freePorts();
  const plainHttpPort = options.port === 0 ? freePort : options.port;
  const settings = {
    host: '127.0.0.1',
    httpsPort,
    plainHttpOnLoopback: true,
    plainHttpPort,
    ballastMegabytes: 4,
    logLevel: 'warn',
  };
  await writeFile(join(data, 'config.json'), `${JSON.stringify(settings, null, 2)}\n`);
  const address = { url: `https://127.0.0.1:${httpsPort}`, ca: tls.ca, serverName: 'room.exam' };
  return { data, org, room, source, secrets, packageFile, address, httpsPort, plainHttpPort };
}

/** How many items a candidate answers, those of cases one by one. */
export function itemsOf(source: LoadedSource, paperId: string): number {
  const paper = [...source.papers.values()].find((one) => one.paper.paperId === paperId);
  const all = paper?.paper.sections.flatMap(({ items }) => items) ?? [];
  return all.reduce((sum, item) => sum + (item.type === 'case' ? item.items.length : 1), 0);
}

function shortened(source: LoadedSource, times: DemoTimes, seats: number): LoadedSource {
  const plan = demoPlan(source.plan, times, seats);
  const roster = demoRoster(source.roster, seats);
  const photos = new Map(
    roster.flatMap(({ candidateId }) => {
      const photo = source.photos.get(candidateId.replace(/-\d+$/, ''));
      return photo === undefined ? [] : [[candidateId, photo] as const];
    }),
  );
  return { ...source, plan, roster, photos };
}

/** The port if nothing listens there, else 0: any free one. */
export function portOrAny(port: number): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(0))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(port)));
  });
}

async function freePorts(): Promise<[number, number]> {
  const servers = await Promise.all(
    [0, 1].map(
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return [ports[0] ?? 0, ports[1] ?? 0];
}
