// A file that keeps disk space back for the moment at which the disk is full (rule 2): the journal gives it up and commits
// once more, so that the service can stop in order.

import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Log } from '../log.js';

const CHUNK_BYTES = 2 ** 20;
/** So many times the ballast has to be free before it is laid. */
const LEAVE_FREE = 3;

/** Makes the ballast where it is missing. A disk that has no room for it is named in the log; the room serves all the same. */
export async function layBallast(file: string, megabytes: number, log: Log): Promise<void> {
  const present = await stat(file).catch(() => null);
  if (megabytes === 0 || (present?.size ?? 0) >= megabytes * CHUNK_BYTES) return;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const { bavail, bsize } = await statfs(dirname(file));
    // What was given up a moment ago is not taken back while the room needs it.
    if (bavail * bsize < LEAVE_FREE * megabytes * CHUNK_BYTES) throw new Error('the disk is nearly full');
    const handle = await open(`${file}.partial`, 'w', 0o600);
    try {
      // Random bytes: a file system that compresses would give nothing back for zeros.
      const chunk = randomBytes(CHUNK_BYTES);
      for (let i = 0; i < megabytes; i++) await handle.write(chunk);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.partial`, file);
  } catch (error) {
    await rm(`${file}.partial`, { force: true }).catch(() => undefined);
    log.error({ err: error, megabytes }, '磁盘空间不足，未能预留空间 / The disk has no room for the ballast');
  }
}
