// Where the pictures lie in a recorded segment (fragmented MP4): read from its boxes, without decoding. It believes nothing
// that a box says of its size: what is not whole is left out, and no content makes it throw.

import type { ReadableBytes } from '../keys/readable-bytes.js';
import { readFragment, readTracks, type Track } from './fmp4-track.js';
import { boxHead, BoxWalk, type Reading } from './mp4-boxes.js';

/** The samples of one track; the arrays run side by side. */
export interface TrackIndex {
  kind: 'video' | 'audio';
  /** Ticks a second. */
  timescale: number;
  /** Sample entry of the codec, as the segment has it. */
  entry: Buffer;
  width: number;
  height: number;
  /** First byte in the file, and bytes. */
  offsets: number[];
  sizes: number[];
  /** Decoding time in ticks, from the segment's own zero. */
  decodeTicks: number[];
  /** Presentation minus decoding, ticks. */
  shiftTicks: number[];
  /** Of the last sample, ticks. */
  lastTicks: number;
  /** Whether decoding can begin there. */
  isKey: boolean[];
}

const MAX_TRACKS = 4;
const MAX_SAMPLES = 200_000;

/**
 * The samples of a segment whose bytes are all there.
 * @returns no track where nothing can be played
 * @throws Error only where the file itself cannot be read
 */
export async function readSegmentIndex(bytes: ReadableBytes): Promise<TrackIndex[]> {
  const reading = readIndex(bytes.size);
  for (let step = reading.next(); ;) {
    if (step.done === true) return step.value;
    step = reading.next(await bytes.read(step.value.at, step.value.length));
  }
}

function* readIndex(fileBytes: number): Reading<TrackIndex[]> {
  const walk = new BoxWalk(fileBytes, ['moov', 'moof']);
  const found = new Map<Track, TrackIndex>();
  for (let box = yield* walk.next(); box !== null; box = yield* walk.next()) {
    if (box.type === 'moov' && found.size === 0)
      for (const track of readTracks(box.bytes, box).filter(hasWholeEntry).slice(0, MAX_TRACKS))
        found.set(track, indexOf(track));
    if (box.type !== 'moof') continue;
    /** Behind a sample that is not whole nothing of its fragment's track can be told. */
    const torn = new Set<TrackIndex>();
    for (const sample of readFragment(box.bytes, box, box.at, [...found.keys()])) {
      const { track, at, size, ticks, shift, duration, isKey } = sample;
      const index = found.get(track);
      if (index === undefined || torn.has(index)) continue;
      const isWhole = size > 0 && at >= 0 && at + size <= fileBytes;
      if (!isWhole || index.sizes.length >= MAX_SAMPLES || !Number.isSafeInteger(ticks)) {
        torn.add(index);
        continue;
      }
      index.offsets.push(at);
      index.sizes.push(size);
      index.decodeTicks.push(ticks);
      index.shiftTicks.push(shift - track.mediaTime);
      index.isKey.push(isKey);
      index.lastTicks = duration;
    }
  }
  return [...found.values()].filter(({ sizes }) => sizes.length > 0);
}

/** A film takes the entry as it is. */
const hasWholeEntry = ({ entry }: Track): boolean => boxHead(entry)?.size === entry.length;

const indexOf = ({ kind, timescale, entry, width, height }: Track): TrackIndex => ({
  ...{ kind, timescale, entry: Buffer.from(entry), width, height, lastTicks: 0 },
  ...{ offsets: [], sizes: [], decodeTicks: [], shiftTicks: [], isKey: [] },
});

/** What a decoder needs of a sample entry: all but the bit rates that it may name, which differ from segment to segment. */
export function codecBytes(entry: Buffer): Buffer {
  const at = entry.indexOf('btrt', 8, 'latin1') - 4;
  const size = at > 0 ? entry.readUInt32BE(at) : 0;
  if (at < 0 || size < 8 || at + size > entry.length) return entry.subarray(4);
  return Buffer.concat([entry.subarray(4, at), entry.subarray(at + size)]);
}
