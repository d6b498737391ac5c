// Lays a file into the folder of packages, whole or not at all: on a disk without room for it nothing is begun, and nothing is left
// of what the disk did not take.

import { copyFile, mkdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFile, syncFolder } from '../durable-file.js';
import { PackageRefusal } from './refusal.js';

/** EFBIG: the process may write no larger file; for a package that is the same. */
const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/**
 * Copies durably.
 * @param keepFreeBytes disk space that stays free: asked before a byte is written, which may be the last that the journal could
 *   have taken
 * @throws PackageRefusal `disk-full`
 */
export async function copyPackage(file: string, target: string, keepFreeBytes: number): Promise<void> {
  const folder = dirname(target);
  const { size } = await stat(file);
  const neededBytes = size + keepFreeBytes;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await freeBytes(folder)) < neededBytes) throw await refusalOf(folder, neededBytes);
  try {
    await copyFile(file, `${target}.partial`);
    await syncFile(`${target}.partial`);
    await rename(`${target}.partial`, target);
  } catch (error) {
    await rm(`${target}.partial`, { force: true });
    if (!FULL.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw await refusalOf(folder, neededBytes);
  }
  await syncFolder(folder);
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

async function refusalOf(folder: string, neededBytes: number): Promise<PackageRefusal> {
  const free = Math.floor((await freeBytes(folder)) / 2 ** 20);
  return new PackageRefusal('disk-full', { needed: Math.ceil(neededBytes / 2 ** 20), free });
}
