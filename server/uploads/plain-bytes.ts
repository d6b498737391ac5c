// The plain bytes of one file of a candidate, from its place on the disk. It knows neither folders nor sessions: whoever asks
// gives the path and the keys.

import { open } from 'node:fs/promises';
import { cipherFrom, readHead, type FilePlace } from './sealed-file.js';

/** A data key of a session. */
export interface SessionKey {
  keyId: string;
  key: Uint8Array;
}

const READ_BYTES = 128 * 1024;

/** Reads a file from its beginning. @throws Error where the file or its key is gone, or the file is cut short */
export async function* plainBytes(
  path: string,
  place: FilePlace,
  keys: readonly SessionKey[],
): AsyncGenerator<Buffer> {
  const file = await open(path, 'r');
  let isOpen = true;
  try {
    const found = await readHead(file);
    const key = keys.find(({ keyId }) => keyId === found?.head.keyId)?.key;
    if (found === null || key === undefined) throw new Error(`The file ${place.fileHash} cannot be opened`);
    const { head, startsAt } = found;
    const cipher = cipherFrom(Buffer.from(key), place, head, 0);
    // One for the whole file: what is read into it is opened into bytes of their own before the next.
    const sealed = Buffer.alloc(Math.min(READ_BYTES, head.size));
    for (let at = 0; at < head.size;) {
      const wanted = Math.min(sealed.length, head.size - at);
      const { bytesRead } = await file.read(sealed, 0, wanted, startsAt + at);
      if (bytesRead === 0) throw new Error(`The file ${place.fileHash} is cut short`);
      at += bytesRead;
      // Who knows the length goes with the last byte: nothing is left to wait for behind it.
      if (at === head.size) await file.close().then(() => (isOpen = false));
      yield cipher.update(sealed.subarray(0, bytesRead));
    }
  } finally {
    if (isOpen) await file.close();
  }
}
