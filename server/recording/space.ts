// How much room the video folder has, and what follows for the recording: the smaller stream when it gets low, nothing when it
// runs out. Answers always win; nothing is ever deleted.

import { statfsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';

export type Space = 'enough' | 'low' | 'out';

/** So much more must be free before a step is taken back. */
const BACK_DIVISOR = 10;

/** The next step of the ladder. Each is taken back only when a tenth more than its threshold is free, so that nothing flaps. */
export function nextSpace(
  now: Space,
  freeBytes: number,
  limits: { lowBytes: number; stopBytes: number },
): Space {
  const { lowBytes, stopBytes } = limits;
  const above = (bytes: number) => freeBytes >= bytes + bytes / BACK_DIVISOR;
  if (freeBytes < stopBytes || (now === 'out' && !above(stopBytes))) return 'out';
  if (freeBytes < lowBytes || (now !== 'enough' && !above(lowBytes))) return 'low';
  return 'enough';
}

/** As `freeBytesOf`, on the spot: for who looks every few seconds and has nobody that waits. */
export function freeBytesNow(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

/** Bytes that this process may still write into a folder; 0 where that cannot be told. */
export async function freeBytesOf(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}
