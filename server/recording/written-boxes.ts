// Boxes of the MP4 format, written: lengths, versions and the few numbers that every film needs. No meaning of its own.

/** A box around its content. @param type four letters */
export function box(type: string, ...content: Uint8Array[]): Buffer {
  const size = content.reduce((sum, part) => sum + part.length, 8);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(size);
  head.write(type, 4, 4, 'latin1');
  return Buffer.concat([head, ...content], size);
}

/** A box with version and flags. */
export function fullBox(type: string, version: number, flags: number, ...content: Uint8Array[]): Buffer {
  return box(type, words((version << 24) | flags), ...content);
}

/** Numbers of four bytes; negative ones as two's complement. */
export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value >>> 0, index * 4));
  return bytes;
}

/** As `words`, for tables of a whole film. */
export function wordTable(values: ArrayLike<number>): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (let index = 0; index < values.length; index++)
    bytes.writeUInt32BE((values[index] ?? 0) >>> 0, index * 4);
  return bytes;
}

/** Numbers of eight bytes. */
export function longs(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8);
  values.forEach((value, index) => bytes.writeBigUInt64BE(BigInt(value), index * 8));
  return bytes;
}

/** Numbers of two bytes. */
export function shorts(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16BE(value & 0xffff, index * 2));
  return bytes;
}

/** Latin letters as they are. */
export function letters(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
