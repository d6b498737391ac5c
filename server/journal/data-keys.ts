// The data keys under which bodies are sealed (rule 3): one for each session, one for the room's rows since the last
// package. A key lies in a file sealed to the room; destroying that file is the wipe.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { destroyFile } from '../destroy-file.js';
import { writeDurably } from '../durable-file.js';
import { openWith, sealTo } from '../keys/age-box.js';
import type { PrivateKeys } from '../keys/key-files.js';
import { JournalDamagedError } from './damage.js';
import type { DataKeyCreated } from './rows.js';

export interface DataKey {
  keyId: string;
  key: Buffer;
}

/** Makes a key, writes it sealed to the room and returns it with what the journal says of it. */
export async function createDataKey(
  folder: string,
  scope: string,
  room: PrivateKeys,
  orgRecipients: readonly string[],
): Promise<{ key: DataKey; created: DataKeyCreated }> {
  const key = randomBytes(32);
  const keyId = `${scope === '' ? 'room' : scope}.${randomBytes(6).toString('hex')}`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeDurably(join(folder, `${keyId}.age`), await sealTo([room.public.recipient], key));
  const forOrg = orgRecipients.length === 0 ? null : (await sealTo(orgRecipients, key)).toString('base64');
  return { key: { keyId, key }, created: { keyId, scope, forOrg } };
}

/**
 * Opens a key file; null when it was destroyed, also while it is being read by a process beside the room.
 * @throws JournalDamagedError when it is sealed to another room or was changed
 */
export async function readDataKey(folder: string, keyId: string, room: PrivateKeys): Promise<Buffer | null> {
  const file = join(folder, `${keyId}.age`);
  const isGone = () => !existsSync(file);
  if (isGone()) return null;
  try {
    return await openWith(room.identity, await readFile(file));
  } catch {
    if (isGone()) return null;
    throw new JournalDamagedError(0, 'key', `${keyId}.age`);
  }
}

/** Nothing that was sealed under the key can be read in this room again. */
export function destroyDataKey(folder: string, keyId: string): Promise<void> {
  return destroyFile(join(folder, `${keyId}.age`));
}
