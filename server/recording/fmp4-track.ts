// The head of a fragmented MP4 file and the lists in its fragments: which pictures, how long, how large. It takes any bytes.

import { child, children, fourcc, u16, u32, u64, type Box } from './mp4-boxes.js';
import { setsInHead } from './parameter-sets.js';

export const MAX_FRAMES = 2_000_000;
/** Of a run that says nothing about each picture: it could name four thousand million of them in twelve bytes. */
const MAX_SILENT_FRAMES = 100_000;

export interface Track {
  id: number;
  timescale: number;
  /** `h264`, `h265`, or the four letters of the file. */
  codec: string;
  width: number;
  height: number;
  /** As the head names them. */
  parameterSets: Buffer[];
  defaults: SampleDefaults;
}
export interface SampleDefaults {
  duration: number;
  size: number;
  flags: number;
}
export interface Sample {
  duration: number;
  size: number;
  isKey: boolean;
}
export interface Fragment {
  /** Of the first sample, in the track's units; null = goes on from the last. */
  start: number | null;
  samples: Sample[];
}

const CODECS: Record<string, string> = { avc1: 'h264', avc3: 'h264', hvc1: 'h265', hev1: 'h265' };
const printable = (text: string) => text.replace(/[^\x21-\x7e]/g, '?');

/** True for the track of the pictures. */
export function isPictures(trak: Box): boolean {
  const handler = child(child(trak, 'mdia'), 'hdlr');
  return handler !== null && fourcc(handler.bytes, 8) === 'vide';
}

/** The track of the pictures. @returns null where there is none */
export function readTrack(moov: Box): Track | null {
  for (const trak of children(moov).filter(({ type }) => type === 'trak')) {
    if (!isPictures(trak)) continue;
    const media = child(trak, 'mdia');
    const header = child(media, 'mdhd')?.bytes;
    const track = child(trak, 'tkhd')?.bytes;
    const entry = child(child(child(media, 'minf'), 'stbl'), 'stsd')?.bytes;
    if (header === undefined || track === undefined || entry === undefined) continue;
    const timescale = u32(header, header[0] === 1 ? 20 : 12);
    if (timescale === 0) continue;
    const id = u32(track, track[0] === 1 ? 20 : 12);
    const format = fourcc(entry, 12);
    const extended = children(child(moov, 'mvex')).find(
      ({ type, bytes }) => type === 'trex' && u32(bytes, 4) === id,
    )?.bytes;
    const defaults = extended ?? Buffer.alloc(24);
    return {
      ...{ id, timescale, codec: CODECS[format] ?? printable(format) },
      ...{ width: u16(entry, 40), height: u16(entry, 42) },
      parameterSets: setsInHead({ type: format, bytes: entry.subarray(94) }),
      defaults: { duration: u32(defaults, 12), size: u32(defaults, 16), flags: u32(defaults, 20) },
    };
  }
  return null;
}

/** The pictures of one fragment. */
export function readFragment(moof: Box, track: Track): Fragment {
  const fragment: Fragment = { start: null, samples: [] };
  for (const traf of children(moof).filter(({ type }) => type === 'traf')) {
    const header = child(traf, 'tfhd')?.bytes;
    if (header === undefined || u32(header, 4) !== track.id) continue;
    const flags = u32(header, 0) & 0xffffff;
    let at = 8 + (flags & 1 ? 8 : 0) + (flags & 2 ? 4 : 0);
    const next = (has: number, preset: number) => {
      if ((flags & has) === 0) return preset;
      at += 4;
      return u32(header, at - 4);
    };
    const duration = next(0x08, track.defaults.duration);
    const size = next(0x10, track.defaults.size);
    const defaults = { duration, size, flags: next(0x20, track.defaults.flags) };
    const decodeTime = child(traf, 'tfdt')?.bytes;
    if (decodeTime !== undefined)
      fragment.start = decodeTime[0] === 1 ? u64(decodeTime, 4) : u32(decodeTime, 4);
    for (const run of children(traf).filter(({ type }) => type === 'trun'))
      readRun(run.bytes, defaults, fragment.samples);
  }
  return fragment;
}

function readRun(bytes: Buffer, defaults: SampleDefaults, samples: Sample[]): void {
  const flags = u32(bytes, 0) & 0xffffff;
  const count = u32(bytes, 4);
  let at = 8 + (flags & 1 ? 4 : 0);
  let firstFlags: number | null = null;
  if (flags & 4) {
    firstFlags = u32(bytes, at);
    at += 4;
  }
  for (let n = 0; n < count && samples.length < MAX_FRAMES; n++) {
    const next = (has: number, preset: number) => {
      if ((flags & has) === 0) return preset;
      at += 4;
      return u32(bytes, at - 4);
    };
    const duration = next(0x100, defaults.duration);
    const size = next(0x200, defaults.size);
    const own = next(0x400, n === 0 && firstFlags !== null ? firstFlags : defaults.flags);
    next(0x800, 0);
    if (at > bytes.length) return;
    if ((flags & 0xf00) === 0 && n >= MAX_SILENT_FRAMES) return;
    samples.push({ duration, size, isKey: (own & 0x10000) === 0 });
  }
}
