// From the opening until `collected` a paper's content key lies on the server, sealed to the room (rule 13): a restart in
// the middle goes on with it. The reserve paper's key comes here only when the reserve is opened.

import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { destroyFile } from '../destroy-file.js';
import { writeDurably } from '../durable-file.js';
import { openWith, sealTo } from '../keys/age-box.js';
import type { PrivateKeys } from '../keys/key-files.js';

/** Keeps a content key for a restart. */
export async function rememberOpened(
  data: string,
  room: PrivateKeys,
  sessionId: string,
  paperId: string,
  contentKey: Buffer,
): Promise<void> {
  const file = fileOf(data, sessionId, paperId);
  await mkdir(join(data, 'keys', 'opened'), { recursive: true, mode: 0o700 });
  await writeDurably(file, await sealTo([room.public.recipient], contentKey));
}

/** The content key of a session's opened paper, or null. @throws Error when the file was changed */
export async function recallOpened(
  data: string,
  room: PrivateKeys,
  sessionId: string,
  paperId: string,
): Promise<Buffer | null> {
  const file = fileOf(data, sessionId, paperId);
  return existsSync(file) ? openWith(room.identity, await readFile(file)) : null;
}

/** Overwrites and removes the key once everything is collected. */
export function forgetOpened(data: string, sessionId: string, paperId: string): Promise<void> {
  return destroyFile(fileOf(data, sessionId, paperId));
}

function fileOf(data: string, sessionId: string, paperId: string): string {
  return join(data, 'keys', 'opened', `${sessionId}.${paperId}.age`);
}
