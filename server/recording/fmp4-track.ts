// The head of a fragmented MP4 file and the lists in its fragments: which samples, how long, how large, where. It takes any bytes.

import { boxAt, boxesIn, fourcc, u16, u32, u64, type Box, type Place } from './mp4-boxes.js';

/** More than these are no fragment of a recording. */
const MAX_FRAGMENT_SAMPLES = 100_000;
const NOT_A_KEY = 0x10000;

export interface SampleDefaults {
  duration: number;
  size: number;
  flags: number;
}

/** A track of pictures or sound. */
export interface Track {
  id: number;
  kind: 'video' | 'audio';
  /** Ticks a second. */
  timescale: number;
  /** Sample entry of the codec with its head, whose size is not checked; a part of the bytes that were read. */
  entry: Buffer;
  /** As it is to be shown. */
  width: number;
  height: number;
  /** Edit list: this moment of the media is the file's zero. */
  mediaTime: number;
  /** null = the file has no fragments of it. */
  defaults: SampleDefaults | null;
  /** Where the next sample is decoded if its fragment does not say so, ticks. */
  nextTicks: number;
}

export interface Sample {
  track: Track;
  /** First byte in the file. */
  at: number;
  size: number;
  /** When it is decoded, and how long it lasts. */
  ticks: number;
  duration: number;
  /** Presentation minus decoding. */
  shift: number;
  isKey: boolean;
}

/** The tracks of a file. @param movie its moov */
export function readTracks(bytes: Buffer, movie: Place): Track[] {
  const found: Track[] = [];
  const extended = boxAt(bytes, movie, 'mvex');
  const presets = extended === null ? [] : boxesIn(bytes, extended);
  for (const box of boxesIn(bytes, movie)) {
    const track = box.type === 'trak' ? readTrack(bytes, box) : null;
    if (track === null) continue;
    const preset = presets.find(
      ({ type, from, to }) => type === 'trex' && to - from >= 24 && u32(bytes, from + 4) === track.id,
    );
    if (preset !== undefined) track.defaults = presetOf(bytes, preset);
    found.push(track);
  }
  return found;
}

const presetOf = (bytes: Buffer, { from }: Place): SampleDefaults => ({
  duration: u32(bytes, from + 12),
  size: u32(bytes, from + 16),
  flags: u32(bytes, from + 20),
});

function readTrack(bytes: Buffer, trak: Box): Track | null {
  const header = boxAt(bytes, trak, 'tkhd');
  const media = boxAt(bytes, trak, 'mdia');
  const time = media && boxAt(bytes, media, 'mdhd');
  const handler = media && boxAt(bytes, media, 'hdlr');
  const entries = media && boxAt(bytes, media, 'minf', 'stbl', 'stsd');
  if (header === null || time === null || handler === null || entries === null) return null;
  const isLong = bytes[header.from] === 1;
  const scaleAt = time.from + (bytes[time.from] === 1 ? 20 : 12);
  if (header.to - header.from < (isLong ? 96 : 84) || scaleAt + 4 > time.to) return null;
  if (handler.to - handler.from < 12) return null;
  const kind = { vide: 'video', soun: 'audio' }[fourcc(bytes, handler.from + 8)];
  const rest = { from: entries.from + 8, to: entries.to };
  const entry = bytes.subarray(rest.from, boxesIn(bytes, rest)[0]?.to ?? rest.to);
  const timescale = u32(bytes, scaleAt);
  if ((kind !== 'video' && kind !== 'audio') || timescale === 0) return null;
  return {
    id: u32(bytes, header.from + (isLong ? 20 : 12)),
    ...{ kind, timescale, entry },
    ...{ width: u16(bytes, header.to - 8), height: u16(bytes, header.to - 4) },
    ...{ mediaTime: mediaTimeOf(bytes, trak), defaults: null, nextTicks: 0 },
  };
}

/** With pictures that are shown in another order than they are decoded, the zero lies later in the media. */
function mediaTimeOf(bytes: Buffer, trak: Box): number {
  const list = boxAt(bytes, trak, 'edts', 'elst');
  if (list === null || list.to - list.from < 8) return 0;
  const isLong = bytes[list.from] === 1;
  const stride = isLong ? 20 : 12;
  const count = u32(bytes, list.from + 4);
  for (let index = 0, at = list.from + 8; index < count && at + stride <= list.to; index++, at += stride) {
    // An empty edit has a time of -1, which is larger than any time here when it is read without its sign.
    const time = isLong ? u64(bytes, at + 8) : u32(bytes, at + 4) | 0;
    if (time >= 0 && time < 2 ** 40) return time;
  }
  return 0;
}

/** Gives the numbers of a place one behind the other; behind its end zeros. */
function wordsOf(bytes: Buffer, { from, to }: Place): { next: () => number; left: () => number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset + from, to - from);
  let at = 0;
  return {
    next: () => ((at += 4) <= view.byteLength ? view.getUint32(at - 4) : 0),
    left: () => view.byteLength - at,
  };
}

/** The samples of a fragment, in their order. @param moof its index @param fragmentAt its first byte in the file */
export function readFragment(
  bytes: Buffer,
  moof: Place,
  fragmentAt: number,
  tracks: readonly Track[],
): Sample[] {
  const samples: Sample[] = [];
  for (const traf of boxesIn(bytes, moof)) {
    if (traf.type !== 'traf') continue;
    const boxes = boxesIn(bytes, traf);
    const header = boxes.find(({ type }) => type === 'tfhd');
    if (header === undefined || header.to - header.from < 8) continue;
    const id = u32(bytes, header.from + 4);
    const track = tracks.find((known) => known.id === id);
    if (track === undefined) continue;
    const flags = u32(bytes, header.from) & 0xffffff;
    const { next } = wordsOf(bytes, { from: header.from + 8, to: header.to });
    const base = flags & 1 ? next() * 2 ** 32 + next() : fragmentAt;
    if (flags & 2) next();
    const preset = track.defaults ?? { duration: 0, size: 0, flags: 0 };
    const duration = flags & 8 ? next() : preset.duration;
    const size = flags & 16 ? next() : preset.size;
    const defaults = { duration, size, flags: flags & 32 ? next() : preset.flags };
    const time = boxes.find(({ type }) => type === 'tfdt');
    if (time !== undefined && time.to - time.from >= 8) {
      const isLong = bytes[time.from] === 1 && time.to - time.from >= 12;
      track.nextTicks = isLong ? u64(bytes, time.from + 4) : u32(bytes, time.from + 4);
    }
    let at = base;
    for (const run of boxes)
      if (run.type === 'trun') at = readRun(bytes, run, { base, at }, track, defaults, samples);
  }
  return samples;
}

/** @returns where the bytes of the next run begin if it does not say so */
function readRun(
  bytes: Buffer,
  run: Box,
  place: { base: number; at: number },
  track: Track,
  defaults: SampleDefaults,
  samples: Sample[],
): number {
  if (run.to - run.from < 8) return place.at;
  const flags = u32(bytes, run.from) & 0xffffff;
  const isSigned = bytes[run.from] === 1;
  const count = u32(bytes, run.from + 4);
  const { next, left } = wordsOf(bytes, { from: run.from + 8, to: run.to });
  let at = flags & 1 ? place.base + (next() | 0) : place.at;
  let preset = flags & 4 ? next() : defaults.flags;
  let stride = 0;
  for (let bit = 0x100; bit <= 0x800; bit *= 2) if (flags & bit) stride += 4;
  const most = Math.min(count, MAX_FRAGMENT_SAMPLES - samples.length);
  for (let n = 0; n < most && left() >= stride; n++) {
    const duration = flags & 0x100 ? next() : defaults.duration;
    const size = flags & 0x200 ? next() : defaults.size;
    const isKey = ((flags & 0x400 ? next() : preset) & NOT_A_KEY) === 0;
    const own = flags & 0x800 ? next() : 0;
    const shift = isSigned ? own | 0 : own;
    samples.push({ track, at, size, ticks: track.nextTicks, duration, shift, isKey });
    preset = defaults.flags;
    track.nextTicks += duration;
    at += size;
  }
  return at;
}
