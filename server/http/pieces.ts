// Hands bytes out piece by piece as the other side takes them. Given whole, a large answer would be encrypted whole into
// memory for everybody who asks, read or not.

import { Readable } from 'node:stream';

/** What a slow line takes in some seconds: so often it shows whether anybody reads. */
const PIECE_BYTES = 16 * 1024;

/** The bytes as a stream; nothing is copied. */
export function piecesOf(bytes: Buffer): Readable {
  let from = 0;
  return new Readable({
    highWaterMark: PIECE_BYTES,
    read() {
      const piece = bytes.subarray(from, (from += PIECE_BYTES));
      this.push(piece.length === 0 ? null : piece);
    },
  });
}
