// A copy of what the room cannot get again, onto another disk: the journal by SQLite's own online copy, and what candidates
// handed in. All of it is ciphertext, and no key goes along: a wipe in the room holds for every copy (rule 3).

import { createHash } from 'node:crypto';
import { constants, createReadStream, existsSync } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { dataPaths } from '../data-folder.js';
import { syncFile, syncFolder, writeDurably } from '../durable-file.js';
import type { Journal } from '../journal/journal.js';

export interface BackupReport {
  /** File of the journal's copy, from the backup folder. */
  journal: string;
  sha256: string;
  bytes: number;
  lastSeq: number;
  /** Handed-in files that were copied, and that went because the room has none of them any more. */
  copied: number;
  removed: number;
}

/** A folder in which a backup would be lost with the room's own, or would copy itself. */
export class BackupPlaceError extends Error {
  constructor(out: string) {
    super(`${out}: 备份不能放在数据目录里 / a backup does not belong in the data folder itself`);
    this.name = 'BackupPlaceError';
  }
}

const COPY_NAME = /^journal-\d{8}T\d{6}Z\.db$/;

/**
 * Writes one backup beside a server that may run. Every file appears whole or not at all.
 * @param keep so many copies of the journal stay, the newest ones
 * @param now wall clock, ms, for the copy's name
 * @throws BackupPlaceError, and what the disk says
 */
export async function backUp(
  { data, out, keep, now }: { data: string; out: string; keep: number; now: number },
  journal: Pick<Journal, 'backup' | 'lastSeq'>,
): Promise<BackupReport> {
  if (`${resolve(out)}${sep}`.startsWith(`${resolve(data)}${sep}`)) throw new BackupPlaceError(out);
  await mkdir(out, { recursive: true, mode: 0o700 });
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const name = `journal-${stamp}.db`;
  const file = join(out, name);
  const partial = `${file}.partial`;
  await rm(partial, { force: true });
  await journal.backup(partial);
  for (const rest of ['-wal', '-shm']) await rm(`${partial}${rest}`, { force: true });
  await syncFile(partial);
  await rename(partial, file);
  const paths = dataPaths(data);
  const { copied, removed } = await mirror(paths.handedIn, join(out, 'handed-in'));
  if (existsSync(join(data, 'config.json')))
    await replaceFile(join(data, 'config.json'), join(out, 'config.json'));
  await mirror(paths.trust, join(out, 'trust'));
  const sha256 = await hashFile(file);
  const { size: bytes } = await lstat(file);
  await writeDurably(`${file}.sha256`, Buffer.from(`${sha256}  ${name}\n`));
  await dropOld(out, keep);
  await syncFolder(out);
  return { journal: name, sha256, bytes, lastSeq: journal.lastSeq, copied, removed };
}

/** Makes `to` hold what `from` holds. A file of the same size and time is taken as the same: handed-in files never change. */
async function mirror(from: string, to: string): Promise<{ copied: number; removed: number }> {
  const wanted = await filesBelow(from);
  const there = await filesBelow(to);
  let copied = 0;
  let removed = 0;
  for (const path of wanted) {
    // One that is still coming in is for the next backup.
    const source = await lstat(join(from, path)).catch(() => null);
    if (source === null) continue;
    const before = await lstat(join(to, path)).catch(() => null);
    if (before !== null && before.size === source.size && before.mtimeMs >= source.mtimeMs) continue;
    await replaceFile(join(from, path), join(to, path));
    copied++;
  }
  const still = new Set(wanted);
  for (const path of there)
    if (!still.has(path)) {
      await rm(join(to, path), { force: true });
      removed++;
    }
  return { copied, removed };
}

async function filesBelow(folder: string, below = ''): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries) {
    const path = below === '' ? entry.name : join(below, entry.name);
    if (entry.isDirectory()) found.push(...(await filesBelow(folder, path)));
    else if (entry.isFile() && !entry.name.endsWith('.partial')) found.push(path);
  }
  return found;
}

async function replaceFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await copyFile(from, `${to}.partial`, constants.COPYFILE_FICLONE);
  await syncFile(`${to}.partial`);
  await rename(`${to}.partial`, to);
}

async function dropOld(out: string, keep: number): Promise<void> {
  const copies = (await readdir(out)).filter((name) => COPY_NAME.test(name)).sort();
  for (const name of copies.slice(0, Math.max(0, copies.length - keep)))
    for (const end of ['', '.sha256']) await rm(join(out, name + end), { force: true });
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
