// Large files on their way to the disk: written beside under another name, flushed bit by bit so that the journal's own flush
// never waits for gigabytes, read back, and renamed when all is there. A file that was left half done never counts.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../durable-file.js';
import { bytesOfFile, streamOf } from '../keys/readable-bytes.js';

/** What is here so far. */
export const PARTIAL_SUFFIX = '.partial';

/** The disk has no room for it; what is there keeps its own. */
export class NoSpaceError extends Error {
  constructor(
    readonly needBytes: number,
    readonly freeBytes: number,
  ) {
    const [need, free] = [gigabytes(needBytes), gigabytes(freeBytes)];
    super(
      `成绩包需要约 ${need} GB，磁盘可用 ${free} GB：请清理数据盘，或导出到另一块盘 / The bundle needs about ${need} GB, the disk has ${free} GB to spare: make room on it, or export to another disk`,
    );
    this.name = 'NoSpaceError';
  }

  /** Needed and free, as people read it. */
  get gigabytes(): [need: string, free: string] {
    return [gigabytes(this.needBytes), gigabytes(this.freeBytes)];
  }
}

export interface WritingOptions {
  /** Disk space that this file may not take, bytes. */
  keepFreeBytes: number;
  /** About how many bytes the whole of it takes: what is said when the disk fills up meanwhile. */
  wholeBytes: number;
  /** Told of bytes written, then of bytes read back. */
  advance?: (bytes: number) => void;
  signal?: AbortSignal | undefined;
}

export type ProgressListener = (doneBytes: number, ofBytes: number) => void;

const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];
const FLUSH_BYTES = 4 * 2 ** 20;

/** @throws NoSpaceError where a file of so many bytes would not fit */
export async function assertSpace(file: string, bytes: number, keepFreeBytes: number): Promise<void> {
  const freeBytes = await spareBytes(file, keepFreeBytes);
  if (freeBytes < bytes) throw new NoSpaceError(bytes, freeBytes);
}

async function spareBytes(file: string, keepFreeBytes: number): Promise<number> {
  const { bavail, bsize } = await statfs(dirname(file));
  return Math.max(0, bavail * bsize - keepFreeBytes);
}

/**
 * Writes `<file>.partial` and reads it back; durable when it resolves, nothing is left of it when it throws.
 * @throws NoSpaceError; Error when the copy differs; whatever the source throws; the signal's reason
 */
export async function writePartial(
  file: string,
  source: AsyncIterable<Buffer>,
  options: WritingOptions,
): Promise<{ sha256: string; bytes: number }> {
  const partial = file + PARTIAL_SUFFIX;
  try {
    const written = await write(partial, source, options);
    if ((await hashOfFile(partial, options)) !== written.sha256)
      throw new Error(`写入后读回不一致 / What was read back differs: ${file}`);
    return written;
  } catch (error) {
    await rm(partial, { force: true });
    const isFull = FULL.includes((error as NodeJS.ErrnoException).code ?? '');
    if (!isFull && !(error instanceof NoSpaceError)) throw error;
    throw new NoSpaceError(options.wholeBytes, await spareBytes(file, options.keepFreeBytes));
  }
}

/**
 * Copies files of any size to another disk, each read back, all in place or none.
 * @throws as `writePartial`; Error where a file changed while it was copied
 */
export async function copyDurably(
  sources: readonly string[],
  targets: readonly string[],
  {
    onProgress,
    ...options
  }: Omit<WritingOptions, 'advance' | 'wholeBytes'> & { onProgress?: ProgressListener },
): Promise<void> {
  const sizes = await Promise.all(sources.map(async (source) => (await stat(source)).size));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let doneBytes = 0;
  const advance = (bytes: number) => onProgress?.((doneBytes += bytes), 2 * total);
  for (const target of targets) await rm(target + PARTIAL_SUFFIX, { force: true });
  if (targets[0] !== undefined) await assertSpace(targets[0], total, options.keepFreeBytes);
  try {
    for (const [index, source] of sources.entries()) {
      const bytes = await bytesOfFile(source);
      await writePartial(targets[index] ?? '', streamOf(bytes), {
        ...options,
        wholeBytes: total,
        advance,
      }).finally(() => bytes.close());
    }
  } catch (error) {
    for (const target of targets) await rm(target + PARTIAL_SUFFIX, { force: true });
    throw error;
  }
  await commitPartials(...targets);
}

/** Puts partial files in place, in this order, and makes the names durable. */
export async function commitPartials(...files: string[]): Promise<void> {
  for (const file of files) await rename(file + PARTIAL_SUFFIX, file);
  for (const folder of new Set(files.map((file) => dirname(file)))) await syncFolder(folder);
}

/**
 * After a crash: where the first of two files was already in place, so is the second, which was whole before; else what was begun is
 * removed, and what was there before stays.
 */
export async function settlePartials(first: string, second: string): Promise<void> {
  const isPlaced = !existsSync(first + PARTIAL_SUFFIX) && existsSync(second + PARTIAL_SUFFIX);
  if (isPlaced) return commitPartials(second);
  for (const file of [first, second]) await rm(file + PARTIAL_SUFFIX, { force: true });
}

/** SHA-256 of a file of any size, hex. */
export async function hashOfFile(
  file: string,
  { advance, signal }: Pick<WritingOptions, 'advance' | 'signal'> = {},
): Promise<string> {
  const bytes = await bytesOfFile(file);
  try {
    const hash = createHash('sha256');
    for await (const chunk of streamOf(bytes)) {
      signal?.throwIfAborted();
      hash.update(chunk);
      advance?.(chunk.length);
    }
    return hash.digest('hex');
  } finally {
    await bytes.close();
  }
}

async function write(
  partial: string,
  source: AsyncIterable<Buffer>,
  { keepFreeBytes, advance, signal }: WritingOptions,
): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  const handle = await open(partial, 'w', 0o600);
  try {
    let bytes = 0;
    let flushedAt = 0;
    for await (const chunk of source) {
      signal?.throwIfAborted();
      hash.update(chunk);
      await handle.writeFile(chunk);
      bytes += chunk.length;
      advance?.(chunk.length);
      if (bytes - flushedAt < FLUSH_BYTES) continue;
      await handle.datasync();
      flushedAt = bytes;
      await assertSpace(partial, FLUSH_BYTES, keepFreeBytes);
    }
    await handle.sync();
    return { sha256: hash.digest('hex'), bytes };
  } finally {
    await handle.close();
  }
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(bytes < 1e8 ? 3 : 1);
}
