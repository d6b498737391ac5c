// Where the pictures lie in a recorded segment (fragmented MP4): read from its boxes, without decoding. It believes nothing
// that a box says of its size: what is not whole is left out, and no content makes it throw.

import type { ReadableBytes } from '../keys/readable-bytes.js';

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

interface OpenTrack extends TrackIndex {
  trackId: number;
  /** Edit list: this moment of the media is the segment's zero. */
  mediaTime: number;
  nextTicks: number;
}

interface Box {
  type: string;
  /** First byte of its content, and the first behind it. */
  from: number;
  to: number;
}

interface Defaults {
  duration: number;
  size: number;
  flags: number;
}

/** What is read at once at each box: header, fragment index and the next header of a fragment of half a second. */
const LOOK_BYTES = 4096;
const LARGE_HEAD_BYTES = 16;
const MAX_INDEX_BYTES = 2 ** 20;
const MAX_TRACKS = 4;
const MAX_SAMPLES = 200_000;
const NOT_A_KEY = 0x10000;

/**
 * The samples of a segment whose bytes are all there.
 * @returns no track where nothing can be played
 * @throws Error only where the file itself cannot be read
 */
export async function readSegmentIndex(bytes: ReadableBytes): Promise<TrackIndex[]> {
  const tracks: OpenTrack[] = [];
  const defaults = new Map<number, Defaults>();
  let look: Buffer = Buffer.alloc(0);
  let lookAt = 0;
  for (let at = 0; at + 8 <= bytes.size;) {
    // The head of what follows a fragment's index was mostly read with it.
    if (at + Math.min(LARGE_HEAD_BYTES, bytes.size - at) > lookAt + look.length) {
      look = await bytes.read(at, Math.min(LOOK_BYTES, bytes.size - at));
      lookAt = at;
    }
    const here = look.subarray(at - lookAt);
    const head = headOf(here, 0);
    if (head === null || head.size < head.headBytes) break;
    const end = Math.min(at + head.size, bytes.size);
    const isWanted = head.type === 'moov' || head.type === 'moof';
    if (isWanted && at + head.size <= bytes.size && head.size <= MAX_INDEX_BYTES) {
      const box = head.size <= here.length ? here.subarray(0, head.size) : await bytes.read(at, head.size);
      const content = { type: head.type, from: head.headBytes, to: box.length };
      if (head.type === 'moov') readMovie(box, content, tracks, defaults);
      else readFragment(box, content, at, bytes.size, tracks, defaults);
    }
    at = end;
  }
  return tracks
    .filter(({ sizes }) => sizes.length > 0)
    .map(({ trackId: _id, mediaTime: _time, nextTicks: _next, ...track }) => track);
}

function headOf(data: Buffer, at: number): { type: string; size: number; headBytes: number } | null {
  if (at + 8 > data.length) return null;
  const size = data.readUInt32BE(at);
  const type = data.toString('latin1', at + 4, at + 8);
  if (size === 0) return { type, size: Number.MAX_SAFE_INTEGER, headBytes: 8 };
  if (size !== 1) return { type, size, headBytes: 8 };
  if (at + 16 > data.length) return null;
  return { type, size: Number(data.readBigUInt64BE(at + 8)), headBytes: 16 };
}

function boxesIn(data: Buffer, { from, to }: Pick<Box, 'from' | 'to'>): Box[] {
  const found: Box[] = [];
  for (let at = from; at + 8 <= to;) {
    const head = headOf(data, at);
    if (head === null || head.size < head.headBytes || at + head.size > to) break;
    found.push({ type: head.type, from: at + head.headBytes, to: at + head.size });
    at += head.size;
  }
  return found;
}

function boxAt(data: Buffer, inside: Pick<Box, 'from' | 'to'>, ...path: string[]): Box | null {
  let box: Box | null = { type: '', ...inside };
  for (const type of path)
    box = box === null ? null : (boxesIn(data, box).find((inner) => inner.type === type) ?? null);
  return box;
}

function readMovie(data: Buffer, movie: Box, tracks: OpenTrack[], defaults: Map<number, Defaults>): void {
  for (const trak of boxesIn(data, movie).filter(({ type }) => type === 'trak')) {
    const track = readTrack(data, trak);
    if (track !== null && tracks.length < MAX_TRACKS) tracks.push(track);
  }
  const extends_ = boxAt(data, movie, 'mvex');
  for (const { type, from, to } of extends_ === null ? [] : boxesIn(data, extends_))
    if (type === 'trex' && to - from >= 24)
      defaults.set(data.readUInt32BE(from + 4), {
        duration: data.readUInt32BE(from + 12),
        size: data.readUInt32BE(from + 16),
        flags: data.readUInt32BE(from + 20),
      });
}

function readTrack(data: Buffer, trak: Box): OpenTrack | null {
  const header = boxAt(data, trak, 'tkhd');
  const media = boxAt(data, trak, 'mdia', 'mdhd');
  const handler = boxAt(data, trak, 'mdia', 'hdlr');
  const entries = boxAt(data, trak, 'mdia', 'minf', 'stbl', 'stsd');
  if (header === null || media === null || handler === null || entries === null) return null;
  const isLong = data[header.from] === 1;
  const isLongMedia = data[media.from] === 1;
  const scaleAt = media.from + (isLongMedia ? 20 : 12);
  if (header.to - header.from < (isLong ? 96 : 84) || scaleAt + 4 > media.to) return null;
  if (handler.to - handler.from < 12) return null;
  const kind = { vide: 'video', soun: 'audio' }[data.toString('latin1', handler.from + 8, handler.from + 12)];
  const entry = boxesIn(data, { from: entries.from + 8, to: entries.to })[0];
  const timescale = data.readUInt32BE(scaleAt);
  if ((kind !== 'video' && kind !== 'audio') || entry === undefined || timescale === 0) return null;
  const size = header.to - 8;
  return {
    trackId: data.readUInt32BE(header.from + (isLong ? 20 : 12)),
    kind,
    timescale,
    entry: Buffer.from(data.subarray(entry.from - 8, entry.to)),
    width: data.readUInt16BE(size),
    height: data.readUInt16BE(size + 4),
    offsets: [],
    sizes: [],
    decodeTicks: [],
    shiftTicks: [],
    isKey: [],
    lastTicks: 0,
    nextTicks: 0,
    mediaTime: mediaTimeOf(data, trak),
  };
}

/** With pictures that are shown in another order than they are decoded, the zero lies later in the media. */
function mediaTimeOf(data: Buffer, trak: Box): number {
  const list = boxAt(data, trak, 'edts', 'elst');
  if (list === null || list.to - list.from < 8) return 0;
  const isLong = data[list.from] === 1;
  const stride = isLong ? 20 : 12;
  const count = data.readUInt32BE(list.from + 4);
  for (let index = 0, at = list.from + 8; index < count && at + stride <= list.to; index++, at += stride) {
    const time = isLong ? Number(data.readBigInt64BE(at + 8)) : data.readInt32BE(at + 4);
    if (time >= 0 && time < 2 ** 40) return time;
  }
  return 0;
}

function readFragment(
  data: Buffer,
  fragment: Box,
  fragmentAt: number,
  fileBytes: number,
  tracks: OpenTrack[],
  presets: Map<number, Defaults>,
): void {
  for (const traf of boxesIn(data, fragment).filter(({ type }) => type === 'traf')) {
    const header = boxAt(data, traf, 'tfhd');
    if (header === null || header.to - header.from < 8) continue;
    const flags = data.readUInt32BE(header.from) & 0xffffff;
    const trackId = data.readUInt32BE(header.from + 4);
    const track = tracks.find((known) => known.trackId === trackId);
    if (track === undefined) continue;
    const fields = fieldsOf(data, header.from + 8, header.to);
    const base = (flags & 1) === 0 ? fragmentAt : fields.long();
    if ((flags & 2) !== 0) fields.word();
    const preset = presets.get(trackId) ?? { duration: 0, size: 0, flags: 0 };
    const defaults: Defaults = {
      duration: (flags & 8) !== 0 ? fields.word() : preset.duration,
      size: (flags & 16) !== 0 ? fields.word() : preset.size,
      flags: (flags & 32) !== 0 ? fields.word() : preset.flags,
    };
    const time = boxAt(data, traf, 'tfdt');
    if (time !== null && time.to - time.from >= 8)
      track.nextTicks =
        data[time.from] === 1 && time.to - time.from >= 12
          ? Number(data.readBigUInt64BE(time.from + 4))
          : data.readUInt32BE(time.from + 4);
    let at = base;
    for (const run of boxesIn(data, traf).filter(({ type }) => type === 'trun'))
      at = readRun(data, run, { base, at, fileBytes }, track, defaults);
  }
}

/** Reads numbers one behind the other; behind the end it gives zeros. */
function fieldsOf(data: Buffer, from: number, to: number) {
  let at = from;
  const take = (length: number) => {
    const begin = at;
    at += length;
    return at <= to ? begin : null;
  };
  return {
    word: () => {
      const begin = take(4);
      return begin === null ? 0 : data.readUInt32BE(begin);
    },
    long: () => {
      const begin = take(8);
      return begin === null ? 0 : Number(data.readBigUInt64BE(begin));
    },
    left: () => to - at,
  };
}

/** @returns where the bytes of the next run begin if it does not say so */
function readRun(
  data: Buffer,
  run: Box,
  place: { base: number; at: number; fileBytes: number },
  track: OpenTrack,
  defaults: Defaults,
): number {
  if (run.to - run.from < 8) return place.at;
  const flags = data.readUInt32BE(run.from) & 0xffffff;
  const isSigned = data[run.from] === 1;
  const count = data.readUInt32BE(run.from + 4);
  const fields = fieldsOf(data, run.from + 8, run.to);
  let at = (flags & 1) === 0 ? place.at : place.base + (fields.word() | 0);
  const firstFlags = (flags & 4) === 0 ? null : fields.word();
  const stride = [0x100, 0x200, 0x400, 0x800].filter((bit) => (flags & bit) !== 0).length * 4;
  for (let index = 0; index < count && fields.left() >= stride; index++) {
    const duration = (flags & 0x100) === 0 ? defaults.duration : fields.word();
    const size = (flags & 0x200) === 0 ? defaults.size : fields.word();
    const own = (flags & 0x400) === 0 ? defaults.flags : fields.word();
    const shift = (flags & 0x800) === 0 ? 0 : isSigned ? fields.word() | 0 : fields.word();
    const isWhole = size > 0 && at >= 0 && at + size <= place.fileBytes;
    if (!isWhole || track.sizes.length >= MAX_SAMPLES || !Number.isSafeInteger(track.nextTicks)) break;
    track.offsets.push(at);
    track.sizes.push(size);
    track.decodeTicks.push(track.nextTicks);
    track.shiftTicks.push(shift - track.mediaTime);
    track.isKey.push(((index === 0 && firstFlags !== null ? firstFlags : own) & NOT_A_KEY) === 0);
    track.lastTicks = duration;
    track.nextTicks += duration;
    at += size;
  }
  return at;
}

/** What a decoder needs of a sample entry: all but the bit rates that it may name, which differ from segment to segment. */
export function codecBytes(entry: Buffer): Buffer {
  const at = entry.indexOf('btrt', 8, 'latin1') - 4;
  const size = at > 0 ? entry.readUInt32BE(at) : 0;
  if (at < 0 || size < 8 || at + size > entry.length) return entry.subarray(4);
  return Buffer.concat([entry.subarray(4, at), entry.subarray(at + size)]);
}
