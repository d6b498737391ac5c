// Reads a file back from the medium itself where the system lets one: what a stick took into its cache and what it kept are
// two things. Linux gives a way past the cache (O_DIRECT); elsewhere the cache may answer, and who asked is told so.

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

const CHUNK_BYTES = 4 * 2 ** 20;
/** Direct reads want memory that begins at a page; Node does not say where its memory lies, so the place is found by trying. */
const PAGE_BYTES = 4096;
const STEP_BYTES = 8;

export interface ReadBack {
  sha256: string;
  /** `medium`: past the cache; `cache`: the system may have answered from memory. */
  from: 'medium' | 'cache';
}

export interface ReadBackOptions {
  signal?: AbortSignal | undefined;
  /** Told of bytes read. */
  advance?: ((bytes: number) => void) | undefined;
}

/** SHA-256 of a file that was flushed before. @throws Error where it cannot be read; the signal's reason */
export async function readBack(file: string, options: ReadBackOptions = {}): Promise<ReadBack> {
  const direct = await openDirect(file);
  if (direct !== null)
    try {
      return { sha256: await hashOf(direct.handle, direct.buffer, options), from: 'medium' };
    } catch (error) {
      // A file system that begins such reads and does not end them: the ordinary way is left.
      if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
    } finally {
      await direct.handle.close();
    }
  const handle = await open(file, 'r');
  try {
    return { sha256: await hashOf(handle, Buffer.allocUnsafe(CHUNK_BYTES), options), from: 'cache' };
  } finally {
    await handle.close();
  }
}

/** null where the system or the file system has no way past the cache. */
async function openDirect(file: string): Promise<{ handle: FileHandle; buffer: Buffer } | null> {
  const flag = (constants as Partial<typeof constants>).O_DIRECT;
  if (flag === undefined) return null;
  let handle: FileHandle;
  try {
    handle = await open(file, constants.O_RDONLY | flag);
  } catch {
    return null;
  }
  try {
    const memory = Buffer.allocUnsafeSlow(CHUNK_BYTES + PAGE_BYTES);
    for (let from = 0; from < PAGE_BYTES; from += STEP_BYTES) {
      const buffer = memory.subarray(from, from + CHUNK_BYTES);
      if (await takes(handle, buffer)) return { handle, buffer };
    }
  } catch {
    // Whatever it is, the ordinary way meets it too and says so.
  }
  await handle.close();
  return null;
}

async function takes(handle: FileHandle, buffer: Buffer): Promise<boolean> {
  try {
    await handle.read(buffer, 0, PAGE_BYTES, 0);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EINVAL') return false;
    throw error;
  }
}

async function hashOf(
  handle: FileHandle,
  buffer: Buffer,
  { signal, advance }: ReadBackOptions,
): Promise<string> {
  const hash = createHash('sha256');
  for (let at = 0; ;) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
    advance?.(bytesRead);
    at += bytesRead;
    // A direct read that is no whole page was the last one: the next would begin at a place that such reads refuse.
    if (bytesRead % PAGE_BYTES !== 0) return hash.digest('hex');
  }
}
