// One exported file on its way to the other volume: written beside under another name, flushed, read back, renamed. What an
// interrupted run left there is checked piece by piece against the manifest's hashes and gone on from.

import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../durable-file.js';
import { VideoExportError } from './export-error.js';
import type { Piece } from './export-plan.js';
import { readBack, type ReadBack } from './read-back.js';

export const PARTIAL_SUFFIX = '.partial';

export interface WriteOptions {
  signal?: AbortSignal | undefined;
  /** Told of bytes that are in place, then of bytes read back. */
  advance?: ((bytes: number) => void) | undefined;
}

export interface WrittenFile {
  sha256: string;
  /** Lines of the manifest whose file is no longer what the line says. */
  changed: number[];
  readFrom: ReadBack['from'];
}

/** What was written did not come back: the medium or its socket is bad. */
export class ReadBackError extends VideoExportError {
  constructor(readonly file: string) {
    super(
      'read-back',
      `${file}：写入后读回不一致，请换一个 U 盘或接口重新导出`,
      `${file}: what was read back differs; export again to another drive or socket`,
    );
    this.name = 'ReadBackError';
  }
}

/** A link that somebody laid on the drive leads out of it, and what is written through it would be a file of the server. */
const OWN_FILE = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
const CHUNK_BYTES = 2 ** 20;
/** The medium keeps up: what is said of progress is true, and no gigabytes wait in the server's memory. */
const FLUSH_BYTES = 16 * 2 ** 20;

/**
 * Writes the pieces to `target`, or finds them there.
 * @throws ReadBackError; Error of the disk; the signal's reason, with what was written kept for the next run
 */
export async function writePieces(
  target: string,
  pieces: readonly Piece[],
  options: WriteOptions,
): Promise<WrittenFile> {
  const partial = target + PARTIAL_SUFFIX;
  const isThere = (await sizeOf(target)) !== null;
  const file = isThere ? target : partial;
  const handle = await open(file, OWN_FILE, 0o644);
  const writer = new PieceWriter(handle, options);
  let kept: number;
  try {
    kept = await writer.findWritten(pieces);
    const isWhole = kept === pieces.length && (await handle.stat()).size === writer.at;
    if (!(isThere && isWhole)) {
      // From here on it is not the finished file any more.
      if (isThere) await rename(target, partial);
      await writer.write(pieces.slice(kept));
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  const sha256 = writer.hash.digest('hex');
  const read = await readBack((await sizeOf(target)) === null ? partial : target, options);
  if (read.sha256 !== sha256) {
    await rm(partial, { force: true });
    throw new ReadBackError(target);
  }
  if ((await sizeOf(partial)) !== null) await rename(partial, target);
  await syncFolder(dirname(target));
  return { sha256, changed: writer.changed, readFrom: read.from };
}

async function sizeOf(file: string): Promise<number | null> {
  return stat(file).then(
    ({ size }) => size,
    () => null,
  );
}

class PieceWriter {
  readonly #handle: FileHandle;
  readonly #options: WriteOptions;
  readonly changed: number[] = [];
  hash: Hash = createHash('sha256');
  at = 0;
  #flushedAt = 0;

  constructor(handle: FileHandle, options: WriteOptions) {
    this.#handle = handle;
    this.#options = options;
  }

  /** How many pieces, from the first one on, lie there already as they should. */
  async findWritten(pieces: readonly Piece[]): Promise<number> {
    const { size } = await this.#handle.stat();
    for (const [index, piece] of pieces.entries()) {
      const length = lengthOf(piece);
      if (this.at + length > size) return index;
      const whole = this.hash.copy();
      const own = createHash('sha256');
      for (let done = 0; done < length;) {
        this.#options.signal?.throwIfAborted();
        const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, length - done));
        const { bytesRead } = await this.#handle.read(chunk, 0, chunk.length, this.at + done);
        if (bytesRead === 0) return index;
        whole.update(chunk.subarray(0, bytesRead));
        own.update(chunk.subarray(0, bytesRead));
        done += bytesRead;
      }
      const expected =
        'bytes' in piece ? createHash('sha256').update(piece.bytes).digest('hex') : piece.sha256;
      if (own.digest('hex') !== expected) return index;
      this.hash = whole;
      this.at += length;
      this.#options.advance?.(length);
    }
    return pieces.length;
  }

  async write(pieces: readonly Piece[]): Promise<void> {
    await this.#handle.truncate(this.at);
    for (const piece of pieces) {
      if ('bytes' in piece) await this.#put(piece.bytes);
      else await this.#copy(piece);
    }
  }

  async #copy({ source, size, line, sha256 }: Extract<Piece, { source: string }>): Promise<void> {
    const own = createHash('sha256');
    const from = await ofSource(source, open(source, 'r'));
    try {
      for (let done = 0; done < size;) {
        const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size - done));
        const { bytesRead } = await ofSource(source, from.read(chunk, 0, chunk.length, done));
        if (bytesRead === 0) throw sourceFault(source, '导出时文件变短', 'it became shorter meanwhile');
        const bytes = chunk.subarray(0, bytesRead);
        own.update(bytes);
        await this.#put(bytes);
        done += bytesRead;
      }
    } finally {
      await from.close();
    }
    if (own.digest('hex') !== sha256) this.changed.push(line);
  }

  async #put(bytes: Buffer): Promise<void> {
    this.#options.signal?.throwIfAborted();
    for (let done = 0; done < bytes.length;)
      done += (await this.#handle.write(bytes, done, bytes.length - done, this.at + done)).bytesWritten;
    this.hash.update(bytes);
    this.at += bytes.length;
    this.#options.advance?.(bytes.length);
    if (this.at - this.#flushedAt < FLUSH_BYTES) return;
    await this.#handle.datasync();
    this.#flushedAt = this.at;
  }
}

/** Whose disk it was that failed: nobody shall change the drive where the room's own disk is bad. */
async function ofSource<T>(source: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { message } = error as Error;
    throw sourceFault(source, message, message);
  }
}

function sourceFault(source: string, zh: string, en: string): VideoExportError {
  return new VideoExportError(
    'source-fault',
    `录像盘上的 ${source} 读取出错（${zh}）：请勿关机或拔盘，先运行 kaochang video verify 查看录像盘，再重新导出`,
    `${source} on the video disk could not be read (${en}): leave the machine on, look at the disk with kaochang video verify, then export again`,
  );
}

function lengthOf(piece: Piece): number {
  return 'bytes' in piece ? piece.bytes.length : piece.size;
}
