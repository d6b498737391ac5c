// Whether the disk of the data folder takes anything at all: asked before the start, so that a full disk is met by serving
// what is there and not by starting over and over (rule 2).

import { randomBytes } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Enough for keys, certificates and the first minutes of a journal. */
const PROBE_BYTES = 4 * 2 ** 20;
/** EFBIG: the process may write no larger file; for the journal that is the same. */
const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** True when some megabytes can be written. @throws Error when the folder cannot be written for another reason */
export async function hasDiskSpace(data: string): Promise<boolean> {
  const probe = join(data, '.space-probe');
  try {
    await mkdir(data, { recursive: true, mode: 0o700 });
    const handle = await open(probe, 'w', 0o600);
    try {
      // Random bytes: a file system that compresses would take zeros for nothing.
      await handle.writeFile(randomBytes(PROBE_BYTES));
      await handle.datasync();
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (FULL.includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  } finally {
    await rm(probe, { force: true });
  }
}

/** What stands between a full disk and the room; each is asked only when the one before did not do. */
export interface DiskStart<T> {
  hasSpace(): Promise<boolean>;
  /** Gives the ballast up. @returns false where there is none */
  freeBallast(): Promise<boolean>;
  start(): Promise<T>;
  startReadOnly(): Promise<T>;
}

/** Starts the room if the disk takes it, with the ballast given up if need be, else to look at only. Rule 2 */
export async function startOnAnyDisk<T>(disk: DiskStart<T>): Promise<T> {
  if (await disk.hasSpace()) return disk.start();
  if ((await disk.freeBallast()) && (await disk.hasSpace())) return disk.start();
  return disk.startReadOnly();
}
