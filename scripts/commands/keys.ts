// `kaochang keys new`: a key pair for an organisation, a room or a technician.

import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKeys, KEY_ROLES, type KeyRole } from '../../server/keys/key-files.js';

/** Writes `<role>.key` (mode 0600) and `<role>.pub`. @throws Error rather than overwrite a key */
export async function keysNew(options: { role?: string; out?: string; name?: string }) {
  const { role, out = '.', name } = options;
  if (!isRole(role)) throw new Error('--role: org | room | technician');
  const [key, pub] = [join(out, `${role}.key`), join(out, `${role}.pub`)];
  if (existsSync(key)) throw new Error(`${key} 已存在，不会覆盖 / exists and is not overwritten`);
  const keys = await generateKeys(role, name ?? role);
  await mkdir(out, { recursive: true });
  await writeFile(key, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  await writeFile(pub, `${JSON.stringify(keys.public, null, 2)}\n`);
  const text = `私钥 / private key: ${key}（请妥善保管 / keep it safe）\n公钥 / public key: ${pub}\n编号 / id: ${keys.public.keyId}`;
  return { ok: true, key, pub, keyId: keys.public.keyId, text };
}

function isRole(role: string | undefined): role is KeyRole {
  return KEY_ROLES.some((one) => one === role);
}
