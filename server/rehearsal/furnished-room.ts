// Furnishes an empty data folder for a demo or a rehearsal: keys of an organisation and a room, a package from a source,
// installed. Nothing here differs from what organisation and site do by command, but that it is done in one go.

import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataPaths, openRoomKeys } from '../data-folder.js';
import { openTlsFolder, serverNames } from '../http/tls/tls-folder.js';
import { generateKeys, type PrivateKeys } from '../keys/key-files.js';
import { buildPackage } from '../papers/build.js';
import type { OpeningCosts } from '../papers/opening.js';
import { installPackage } from '../papers/installed-package.js';
import type { LoadedSource } from '../papers/source.js';
import type { PackageSecrets } from '../protocol/package.js';
import { freePort } from './free-port.js';
import type { RoomAddress } from './room-address.js';

const HOST_NAME = 'room.exam';

export interface FurnishedRoom {
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

export interface FurnishOptions {
  data: string;
  source: LoadedSource;
  packageName: string;
  /** Plain HTTP on loopback; 0 = any free port. */
  port: number;
  version: string;
  /** Settings of the server beside the ports. */
  settings?: object;
  /** How hard codes and PINs are to guess; the organisation's usual where absent. */
  costs?: OpeningCosts;
  say: (text: string) => void;
}

/** @throws Error when the folder holds a room already */
export async function furnishRoom(options: FurnishOptions): Promise<FurnishedRoom> {
  const { data, source, version, say } = options;
  const paths = dataPaths(data);
  if (existsSync(paths.journal))
    throw new Error(`${data} 已有考场数据，请换一个空目录 / holds a room already; name an empty folder`);
  say('制作密钥 / Making keys');
  const org = await generateKeys('org', source.plan.org.name);
  const room = await openRoomKeys(data, source.plan.room.name);
  await mkdir(paths.trust, { recursive: true });
  await writeFile(join(paths.trust, 'org.pub'), `${JSON.stringify(org.public, null, 2)}\n`);
  const seats = source.roster.length;
  say(`制作并签名考试包（${seats} 名考生）/ Building and signing the exam package (${seats} candidates)`);
  const packageFile = join(data, options.packageName);
  const now = Date.now();
  const rooms = [room.public];
  const { costs } = options;
  const secrets = await buildPackage({
    ...{ source, org, rooms, file: packageFile, now, minServer: version },
    ...(costs === undefined ? {} : { costs }),
  });
  say('安装考试包 / Installing the package');
  const trusted = { trust: [org.public], now, serverVersion: version };
  (await installPackage(packageFile, data, room, trusted)).close();
  const tls = await openTlsFolder(paths.tls, source.plan.room.name, serverNames(HOST_NAME, []), now);
  const httpsPort = await freePort();
  const plainHttpPort = options.port === 0 ? await freePort() : options.port;
  const settings = {
    ...{ host: '127.0.0.1', httpsPort, plainHttpOnLoopback: true, plainHttpPort },
    ...{ ballastMegabytes: 4, logLevel: 'warn', ...options.settings },
  };
  await writeFile(join(data, 'config.json'), `${JSON.stringify(settings, null, 2)}\n`);
  const address = { url: `https://127.0.0.1:${httpsPort}`, ca: tls.ca, serverName: HOST_NAME };
  return { data, org, room, source, secrets, packageFile, address, httpsPort, plainHttpPort };
}
