// Reads the header `Range` as far as a player needs it: one stretch of bytes. Whatever else it holds is not followed.

export interface ByteRange {
  /** First byte, and the one after the last. */
  start: number;
  end: number;
}

const FORM = /^bytes=(\d{0,15})-(\d{0,15})$/;

/**
 * What a request for a part of `size` bytes asks for.
 * @returns null for the whole (no header, several stretches, another unit), `unsatisfiable` where nothing lies there
 */
export function readByteRange(header: string, size: number): ByteRange | 'unsatisfiable' | null {
  const [, first = '', last = ''] = FORM.exec(header.trim()) ?? [];
  if (first === '' && last === '') return null;
  if (first === '') {
    const start = Math.max(0, size - Number(last));
    return start < size ? { start, end: size } : 'unsatisfiable';
  }
  const start = Number(first);
  const end = last === '' ? size : Math.min(size, Number(last) + 1);
  if (last !== '' && Number(last) < start) return null;
  return start < size ? { start, end } : 'unsatisfiable';
}
