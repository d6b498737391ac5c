// Bytes that can be read at any place without being in memory: a file, a sealed file, or a buffer. Reads only; who opened a file
// closes it.

import { open } from 'node:fs/promises';

export interface ReadableBytes {
  readonly size: number;
  /** Exactly these bytes. @throws Error beyond the end, or where they were changed */
  read(position: number, length: number): Promise<Buffer>;
}

const CHUNK_BYTES = 2 ** 20;

/** Bytes that are in memory. */
export function bytesOfBuffer(buffer: Buffer): ReadableBytes {
  return {
    size: buffer.length,
    read: (position, length) => {
      if (position < 0 || position + length > buffer.length)
        return Promise.reject(new RangeError('cut short'));
      return Promise.resolve(buffer.subarray(position, position + length));
    },
  };
}

/** The bytes of a file as long as it is now. @throws Error where it cannot be opened */
export async function bytesOfFile(path: string): Promise<ReadableBytes & { close(): Promise<void> }> {
  const handle = await open(path, 'r');
  const { size } = await handle.stat();
  return {
    size,
    read: async (position, length) => {
      const buffer = Buffer.allocUnsafe(length);
      for (let at = 0; at < length;) {
        const { bytesRead } = await handle.read(buffer, at, length - at, position + at);
        if (bytesRead === 0) throw new RangeError('cut short');
        at += bytesRead;
      }
      return buffer;
    },
    close: () => handle.close(),
  };
}

/** One range after the other, in pieces of at most a megabyte. */
export async function* streamOf(
  bytes: ReadableBytes,
  from = 0,
  length = bytes.size - from,
): AsyncGenerator<Buffer> {
  for (let at = 0; at < length; at += CHUNK_BYTES)
    yield await bytes.read(from + at, Math.min(CHUNK_BYTES, length - at));
}
