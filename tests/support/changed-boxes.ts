// MP4 files that lie: bytes changed and sizes made up where lengths and counts stand, cut off anywhere.

import fc from 'fast-check';

const TYPES =
  /ftyp|moov|mvex|trex|trak|tkhd|mdhd|hdlr|stsd|avcC|hvcC|elst|moof|traf|tfhd|tfdt|trun|prft|mdat|mfra/g;
const EDGES = [0, 1, 7, 8, 15, 16, 0x7fffffff, 0x80000000, 0xffffffff];

/** Draws variants of a good file. */
export function changedBoxes(good: Buffer): fc.Arbitrary<Buffer> {
  const heads = [...good.toString('latin1').matchAll(TYPES)].map(({ index }) => index);
  const change = fc.record({
    // From a box's size to the fields behind its head.
    at: fc.tuple(fc.constantFrom(...heads), fc.integer({ min: -4, max: 40 })).map(([head, by]) => head + by),
    word: fc.oneof(fc.constantFrom(...EDGES), fc.nat({ max: 0xffffffff })),
    bytes: fc.integer({ min: 1, max: 4 }),
  });
  const size = fc.oneof({ weight: 3, arbitrary: fc.constant(good.length) }, fc.nat({ max: good.length }));
  return fc.tuple(fc.array(change, { maxLength: 12 }), size).map(([changes, length]) => {
    const changed = Buffer.from(good);
    for (const { at, word, bytes } of changes)
      if (at >= 0 && at + bytes <= changed.length) changed.writeUIntBE(word % 2 ** (8 * bytes), at, bytes);
    return changed.subarray(0, length);
  });
}
