// `kaochang install FILE`: puts a package into the room's data folder once the room's rules have no objection. A running
// server takes it up by itself.

import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { objectionToPackage } from '../../server/compose/objection-to-package.js';
import type { Refusal } from '../../server/core/refusals.js';
import type { InstalledPackage } from '../../server/core/types.js';
import { dataPaths, openRoomKeys, readTrust } from '../../server/data-folder.js';
import { readPublicKeys } from '../../server/keys/key-files.js';
import { installPackage } from '../../server/papers/installed-package.js';
import { REFUSAL_TEXTS } from '../../server/protocol/refusal-texts.js';
import { VERSION } from '../../server/version.js';

/** Disk space that a package may not take: the journal of a day is smaller. */
const KEEP_FREE_BYTES = 128 * 2 ** 20;

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
  const options = { trust: keys, now: Date.now(), serverVersion: VERSION };
  let wasInForce = false;
  const allow = async (offered: InstalledPackage) => {
    const { refusal, inForce } = await objectionToPackage(data, room, offered, options.now);
    if (refusal !== null && !inForce) throw new Error(sentenceOf(refusal, offered));
    wasInForce = inForce;
  };
  const installed = await installPackage(file, data, room, options, allow, KEEP_FREE_BYTES);
  installed.close();
  const { packageId, sequence, roomName, sessions } = installed.toInstalled();
  const done = wasInForce ? '此前已安装 / was installed already' : '已安装 / installed';
  const text = `${done}: ${packageId} #${sequence} · ${roomName} · ${sessions.length} 场 / sessions`;
  return { ok: true, packageId, sequence, sessions: sessions.map(({ sessionId }) => sessionId), text };
}

function sentenceOf({ code }: Refusal, { packageId, sequence }: InstalledPackage): string {
  const { zh, en, nextZh, nextEn } =
    code === 'nothing-to-do'
      ? {
          zh: `${packageId} 的第 ${sequence} 号已安装，内容与此文件不同`,
          en: `Number ${sequence} of ${packageId} is installed with other content`,
          nextZh: '请向培训评价组织索取编号更大的考试包',
          nextEn: 'Ask the evaluation organisation for a package with a higher number',
        }
      : REFUSAL_TEXTS[code];
  return `${zh}。${nextZh} / ${en}. ${nextEn} (${code})`;
}
