// What becomes of a file that ffmpeg has finished or left: looked through, flushed, hashed, moved to its camera's folder under
// the time of its first picture. Nothing is deleted and nothing overwritten.

import { createHash } from 'node:crypto';
import { constants, readSync } from 'node:fs';
import { access, mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../durable-file.js';
import { videoPaths } from './contract.js';
import { readFmp4, type Fmp4Facts } from './fmp4.js';

export interface ExaminedFile {
  facts: Fmp4Facts | null;
  bytes: number;
  sha256: string;
  /** Last change of the file, wall clock; the best there is where the file itself tells nothing. */
  changedAt: number;
}

const CHUNK_BYTES = 2 ** 20;
// One file at a time is looked through: the recorder has one queue.
const chunk = Buffer.allocUnsafe(CHUNK_BYTES);

/** Flushes a file to the disk, reads its boxes and hashes all of it. Not for two files at once. @returns null where there is none */
export async function examineFile(file: string): Promise<ExaminedFile | null> {
  const handle = await open(file, 'r+').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (handle === null) return null;
  try {
    await handle.datasync();
    const { size, mtimeMs } = await handle.stat();
    const hash = createHash('sha256');
    for (let at = 0; at < size;) {
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, at);
      if (bytesRead === 0) break;
      hash.update(chunk.subarray(0, bytesRead));
      at += bytesRead;
    }
    const facts = readFmp4({
      size,
      // A few hundred bytes at a time, from memory: the file has just been written.
      read: (at, length) => {
        const into = Buffer.allocUnsafe(length);
        return into.subarray(0, readSync(handle.fd, into, 0, length, at));
      },
    });
    return { facts, bytes: size, sha256: hash.digest('hex'), changedAt: Math.round(mtimeMs) };
  } finally {
    await handle.close();
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
  await mkdir(join(folder, day), { recursive: true });
  for (let n = 0; ; n++) {
    const name = `${day}/${stamp}${n === 0 ? '' : `-${n}`}.mp4`;
    if (await exists(join(folder, name))) continue;
    await rename(file, join(folder, name));
    await syncFolder(join(folder, day));
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

async function exists(file: string): Promise<boolean> {
  return access(file, constants.F_OK).then(
    () => true,
    () => false,
  );
}
