// The parameter sets of H.264 and H.265, without which no picture is decoded: as the head of a file names them (ISO/IEC 14496-15),
// and as key frames bring them. It takes any bytes.

import { boxAt, u16, u32 } from './mp4-boxes.js';

/** The sets that came with a key frame, and where that lies in its file. */
export interface SetsSeen {
  sets: Buffer[];
  at: number;
  bytes: number;
}

/** Of a sample entry of pictures, in front of its boxes. */
const ENTRY_BYTES = 86;
/** The head of a key frame is looked at, no more. */
export const LOOK_BYTES = 1_024;

const isSet = (head: number, codec: string): boolean =>
  codec === 'h264'
    ? (head & 0x1f) === 7 || (head & 0x1f) === 8
    : codec === 'h265' && (head & 0x7e) >> 1 >= 32 && (head & 0x7e) >> 1 <= 34;

/** Zeros at its end belong to no set. */
function copyOf(bytes: Buffer, from: number, to: number): Buffer {
  let end = to;
  while (end > from && bytes[end - 1] === 0) end -= 1;
  return Buffer.from(bytes.subarray(from, end));
}

/** The sets that a sample entry of a file's head holds. */
export function setsInHead(entry: Buffer): Buffer[] {
  const contentOf = (type: string): Buffer | null => {
    const found = boxAt(entry, { from: ENTRY_BYTES, to: entry.length }, type);
    return found && entry.subarray(found.from, found.to);
  };
  const [avc, hevc] = [contentOf('avcC'), contentOf('hvcC')];
  const sets: Buffer[] = [];
  const take = (bytes: Buffer, from: number, count: number): number => {
    let at = from;
    for (let n = 0; n < count && at + 2 <= bytes.length; n++) {
      const end = at + 2 + u16(bytes, at);
      if (end <= bytes.length) sets.push(copyOf(bytes, at + 2, end));
      at = end;
    }
    return at;
  };
  if (avc !== null) {
    const at = take(avc, 6, (avc[5] ?? 0) & 0x1f);
    take(avc, at + 1, avc[at] ?? 0);
  } else if (hevc !== null) {
    let at = 23;
    for (let n = 0; n < (hevc[22] ?? 0) && at + 3 <= hevc.length; n++)
      at = take(hevc, at + 3, u16(hevc, at + 1));
  }
  return sets;
}

/** The sets in front of a key frame. @param bytes its first ones: units, each behind its length of four bytes */
export function setsInPicture(bytes: Buffer, codec: string): Buffer[] {
  const sets: Buffer[] = [];
  for (let at = 0; at + 5 <= bytes.length;) {
    const end = at + 4 + u32(bytes, at);
    if (end <= bytes.length && isSet(bytes[at + 4] ?? 0, codec)) sets.push(copyOf(bytes, at + 4, end));
    at = end;
  }
  return sets;
}

/** True when a decoder that has the known sets is told something else by the new ones. */
export const areOther = (sets: readonly Buffer[], known: readonly Buffer[]): boolean =>
  sets.some((set) => !known.some((one) => one.equals(set)));
