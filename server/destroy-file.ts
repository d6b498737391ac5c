// Ends a file that holds a secret: first its name, so that nobody reads half of it, then its bytes.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from './durable-file.js';

/** What lies under this name is gone already and only waits for being overwritten. */
const GONE = '.gone';

/**
 * Overwrites and removes a file; none is none. Whoever looks beside it finds it whole or not at all, also after a loss of power in
 * the middle: then the next call ends what was begun.
 */
export async function destroyFile(file: string): Promise<void> {
  const gone = `${file}${GONE}`;
  const folder = dirname(file);
  if (existsSync(file)) {
    await rename(file, gone);
    await syncFolder(folder);
  }
  if (!existsSync(gone)) return;
  const handle = await open(gone, 'r+');
  try {
    const { size } = await handle.stat();
    await handle.write(randomBytes(size), 0, size, 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await unlink(gone);
  await syncFolder(folder);
}
