// What becomes of a file that ffmpeg has finished or left: looked through, flushed, hashed, moved to its camera's folder under
// the time of its first picture. Nothing is deleted and nothing overwritten.

import { createHash } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { videoPaths } from './contract.js';
import { flushData, flushFolder } from './flushed.js';
import { readFmp4, type Fmp4Facts } from './fmp4.js';

export interface ExaminedFile {
  facts: Fmp4Facts | null;
  bytes: number;
  sha256: string;
  /** Last change of the file, wall clock; the best there is where the file itself tells nothing. */
  changedAt: number;
}

/** So much is held in memory; ten seconds of 4 Mbit/s are 5 MB. */
const MOST_HELD_BYTES = 16 * 2 ** 20;
const STEP_BYTES = 256 * 1024;
// One file at a time is looked through: the recorder has one queue.
let held = Buffer.allocUnsafeSlow(0);

/** Flushes a file to the disk, reads its boxes and hashes all of it. Not for two files at once. @returns null where there is none */
export async function examineFile(file: string): Promise<ExaminedFile | null> {
  let fd: number;
  try {
    fd = openSync(file, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    await flushData(fd);
    const { size, mtimeMs } = fstatSync(fd);
    const roomFor = Math.min(size, MOST_HELD_BYTES);
    if (held.length < roomFor) held = Buffer.allocUnsafeSlow(Math.ceil(roomFor / STEP_BYTES) * STEP_BYTES);
    const hash = createHash('sha256');
    let heldFrom = 0;
    let heldTo = 0;
    while (heldTo < size) {
      if (heldTo - heldFrom === held.length) {
        heldFrom = heldTo;
        await setImmediate();
      }
      const at = heldTo - heldFrom;
      // It was written just now and is in memory: in small steps on the spot, so that the hash takes it from the cache, reading
      // costs half of what it does through the pool of threads.
      const bytesRead = readSync(fd, held, at, Math.min(STEP_BYTES, held.length - at), heldTo);
      if (bytesRead === 0) break;
      hash.update(held.subarray(at, at + bytesRead));
      heldTo += bytesRead;
    }
    // From memory where it is there: a few hundred bytes at a time cost as much as all of them at once.
    const read = (at: number, length: number) => {
      if (at >= heldFrom && at + length <= heldTo)
        return held.subarray(at - heldFrom, at - heldFrom + length);
      const into = Buffer.allocUnsafe(length);
      return into.subarray(0, readSync(fd, into, 0, length, at));
    };
    const facts = readFmp4({ size, read });
    return { facts, bytes: size, sha256: hash.digest('hex'), changedAt: Math.round(mtimeMs) };
  } finally {
    closeSync(fd);
  }
}

/** `20261121T090010Z` */
export const stampOf = (at: number): string => new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');

/**
 * Moves a file to where its manifest will name it: `cam-1/20261121/20261121T090010Z.mp4` below the video folder, with a number
 * where that name is taken (the clock was set back). @returns the name
 */
export async function moveToCamera(
  file: string,
  folder: string,
  cameraId: string,
  startAt: number,
): Promise<string> {
  const stamp = stampOf(startAt);
  const day = `${cameraId}/${stamp.slice(0, 8)}`;
  if (!existsSync(join(folder, day))) await mkdir(join(folder, day), { recursive: true });
  for (let n = 0; ; n++) {
    const name = `${day}/${stamp}${n === 0 ? '' : `-${n}`}.mp4`;
    if (existsSync(join(folder, name))) continue;
    renameSync(file, join(folder, name));
    await flushFolder(join(folder, day));
    return name;
  }
}

/** Moves a file aside that holds no picture: it is no evidence, and still nobody's to delete. */
export async function moveAside(file: string, folder: string, cameraId: string): Promise<void> {
  const name = `${Date.now()}-${file.split(/[/\\]/).at(-1)}`;
  const target = join(videoPaths(folder).own, 'empty', cameraId, name);
  await mkdir(dirname(target), { recursive: true });
  await rename(file, target);
}
