// Files and names that a power cut does not take back: written beside, flushed, renamed, the folder flushed. It knows nothing of
// what it writes.

import { constants } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes anew, and never through a link that somebody laid there, on a drive say: it leads to another file. */
export const OWN_NEW_FILE =
  constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | (constants.O_NOFOLLOW ?? 0);

/**
 * Writes a whole file; whoever reads sees the old one or the new one.
 * @param mode of a new file
 * @throws Error of the disk; ELOOP where the name beside is a link
 */
export async function writeDurably(file: string, bytes: Uint8Array, mode = 0o600): Promise<void> {
  const handle = await open(`${file}.partial`, OWN_NEW_FILE, mode);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.partial`, file);
  await syncFolder(dirname(file));
}

/** Flushes the bytes of a file that was written by others. */
export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the names in a folder durable. Windows has no handle for a folder; its renames are durable with the file's own flush. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
