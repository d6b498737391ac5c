// Flushing what the recorder holds open. Only what waits for the disk goes through the pool of threads: a promise for each opening
// and closing costs ten times as much as doing it on the spot, and a recorder has nobody who waits meanwhile.

import { closeSync, fdatasync, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';

/** Flushes the bytes of an open file. @throws Error of the disk */
export const flushData: (fd: number) => Promise<void> = promisify(fdatasync);
const flushAll: (fd: number) => Promise<void> = promisify(fsync);

/** Makes the names in a folder durable, as `syncFolder` does. Windows has no handle for a folder. @throws Error of the disk */
export async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    await flushAll(fd);
  } finally {
    closeSync(fd);
  }
}
