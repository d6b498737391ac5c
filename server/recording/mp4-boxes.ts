// Boxes of an MP4 head that is in memory. Reading behind the end gives zeros and nothing: what a box says is never trusted with
// more than the bytes that are there.

export interface Box {
  type: string;
  /** Without the box's own head. */
  bytes: Buffer;
}

export const u16 = (bytes: Buffer, at: number): number =>
  at + 2 <= bytes.length ? bytes.readUInt16BE(at) : 0;
export const u32 = (bytes: Buffer, at: number): number =>
  at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0;
/** Rounded where it is beyond what a number holds exactly. */
export const u64 = (bytes: Buffer, at: number): number => u32(bytes, at) * 2 ** 32 + u32(bytes, at + 4);
export const fourcc = (bytes: Buffer, at: number): string => bytes.toString('latin1', at, at + 4);

/** The boxes inside one. */
export function children(box: Box | null): Box[] {
  if (box === null) return [];
  const { bytes } = box;
  const found: Box[] = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const size = u32(bytes, at);
    const end = size === 0 ? bytes.length : at + size;
    if (size !== 0 && size < 8) break;
    if (end > bytes.length) break;
    found.push({ type: fourcc(bytes, at + 4), bytes: bytes.subarray(at + 8, end) });
    at = end;
  }
  return found;
}

/** The first box of a type inside one. */
export function child(box: Box | null, type: string): Box | null {
  return children(box).find((inside) => inside.type === type) ?? null;
}
