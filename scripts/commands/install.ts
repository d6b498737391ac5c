// `kaochang install FILE`: puts a package into the room's data folder. A running server takes it up by itself.

import { readFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { dataPaths, openRoomKeys, readTrust } from '../../server/data-folder.js';
import { readPublicKeys } from '../../server/keys/key-files.js';
import { installPackage } from '../../server/papers/installed-package.js';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** `trust` names public keys of organisations that this room is to trust from now on. @throws PackageRefusal */
export async function installLocal({
  file,
  data,
  trust = [],
}: {
  file: string;
  data: string;
  trust?: string[];
}) {
  const folder = dataPaths(data).trust;
  await mkdir(folder, { recursive: true });
  for (const one of trust) await copyFile(one, join(folder, `${(await readPublicKeys(one)).keyId}.pub`));
  const keys = await readTrust(data);
  if (keys.length === 0)
    throw new Error(
      '本考场尚未信任任何培训评价组织，请用 --trust 给出其公钥 / this room trusts no organisation yet; name its public key with --trust',
    );
  const room = await openRoomKeys(data, 'room');
  const installed = await installPackage(file, data, room, {
    trust: keys,
    now: Date.now(),
    serverVersion: version,
  });
  const { packageId, sequence, roomName, sessions } = installed.toInstalled();
  installed.close();
  const text = `已安装 / installed: ${packageId} #${sequence} · ${roomName} · ${sessions.length} 场 / sessions`;
  return { ok: true, packageId, sequence, sessions: sessions.map(({ sessionId }) => sessionId), text };
}
