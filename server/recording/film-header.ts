// The head of a film whose pictures lie in recorded segments that stand in it byte for byte: it only says where each picture
// lies and when it was taken. A plain MP4 with its index in front, which every player since Windows 7 can seek in. No I/O.

import { box, fullBox, letters, longs, shorts, words, wordTable } from './written-boxes.js';

/** One sample of the film. */
export interface FilmSample {
  /** First byte, counted from the first byte behind the head. */
  at: number;
  bytes: number;
  /** Decoding time since the film's zero, ticks of the track. */
  ticks: number;
  shiftTicks: number;
  isKey: boolean;
}

/** The samples of one track, in the order of their time; ticks strictly grow. */
export interface FilmTrack {
  kind: 'video' | 'audio' | 'text';
  timescale: number;
  /** Sample entry of the codec. */
  entry: Buffer;
  width: number;
  height: number;
  samples: readonly FilmSample[];
  /** When the track ends, ticks. */
  endTicks: number;
}

const MOVIE_TIMESCALE = 1000;
/** MP4 counts from 1904. */
const EPOCH_1904_S = 2_082_844_800;
const UNITY = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];
const HANDLERS = {
  video: ['vide', 'VideoHandler'],
  audio: ['soun', 'SoundHandler'],
  text: ['sbtl', 'Room clock'],
} as const;
/** The table of a track says from which chunk on there are how many samples in one; more is split. */
const MAX_CHUNK_SAMPLES = 0xffff;

/**
 * Everything in front of the first segment, with the head of the box that holds them all.
 * @param bodyBytes length of what follows
 * @param startAt wall clock of the film's zero, ms since 1970
 */
export function filmHeader(tracks: readonly FilmTrack[], bodyBytes: number, startAt: number): Buffer {
  const type = box('ftyp', letters('isom'), words(0x200), letters('isomiso2mp41'));
  const data = Buffer.alloc(16);
  data.writeUInt32BE(1);
  data.write('mdat', 4, 'latin1');
  data.writeBigUInt64BE(BigInt(bodyBytes + 16), 8);
  // Places have the same width whatever they are, so that the length is known before they are.
  const length = type.length + movie(tracks, 0, startAt).length + data.length;
  return Buffer.concat([type, movie(tracks, length, startAt), data]);
}

function movie(tracks: readonly FilmTrack[], base: number, startAt: number): Buffer {
  const created = Math.floor(startAt / 1000) + EPOCH_1904_S;
  const endMs = Math.max(0, ...tracks.map((track) => durationMs(track)));
  const header = fullBox(
    'mvhd',
    1,
    0,
    longs([created, created]),
    words(MOVIE_TIMESCALE),
    longs([endMs]),
    words(0x10000),
    shorts(0x100, 0),
    words(0, 0, ...UNITY, 0, 0, 0, 0, 0, 0, tracks.length + 1),
  );
  return box('moov', header, ...tracks.map((track, index) => trak(track, index + 1, base, created)));
}

function durationMs({ endTicks, timescale }: FilmTrack): number {
  return Math.round((endTicks * MOVIE_TIMESCALE) / timescale);
}

function trak(track: FilmTrack, trackId: number, base: number, created: number): Buffer {
  const { kind, timescale, width, height, endTicks } = track;
  const header = fullBox(
    'tkhd',
    1,
    3,
    longs([created, created]),
    words(trackId, 0),
    longs([durationMs(track)]),
    words(0, 0),
    shorts(kind === 'text' ? 1 : 0, kind === 'text' ? 2 : 0, kind === 'audio' ? 0x100 : 0, 0),
    words(...UNITY, width * 0x10000, height * 0x10000),
  );
  const media = fullBox(
    'mdhd',
    1,
    0,
    longs([created, created]),
    words(timescale),
    longs([endTicks]),
    shorts(kind === 'text' ? CHINESE : UNDETERMINED, 0),
  );
  const [handler, name] = HANDLERS[kind];
  const spoken = fullBox('hdlr', 0, 0, words(0), letters(handler), words(0, 0, 0), letters(`${name}\0`));
  const about = {
    video: () => fullBox('vmhd', 0, 1, words(0, 0)),
    audio: () => fullBox('smhd', 0, 0, words(0)),
    text: () => fullBox('nmhd', 0, 0),
  }[kind]();
  const here = box('dinf', fullBox('dref', 0, 0, words(1), fullBox('url ', 0, 1)));
  return box('trak', header, box('mdia', media, spoken, box('minf', about, here, sampleTable(track, base))));
}

/** ISO 639-2 in five bits a letter. */
const language = (code: string) =>
  [...code].reduce((sum, letter) => sum * 32 + (letter.charCodeAt(0) - 0x60), 0);
const CHINESE = language('zho');
const UNDETERMINED = language('und');

function sampleTable(track: FilmTrack, base: number): Buffer {
  const { entry, samples } = track;
  const chunks = chunksOf(samples);
  const perChunk = runs(chunks.map(({ count }) => count));
  let chunk = 1;
  const chunkTable = perChunk.flatMap(({ value, count }) => {
    const row = [chunk, value, 1];
    chunk += count;
    return row;
  });
  const durations = runs(
    samples.map(({ ticks }, index) => (samples[index + 1]?.ticks ?? track.endTicks) - ticks),
  );
  const parts = [
    fullBox('stsd', 0, 0, words(1), entry),
    fullBox('stts', 0, 0, words(durations.length), pairs(durations)),
  ];
  if (samples.some(({ shiftTicks }) => shiftTicks !== 0)) {
    const shifts = runs(samples.map(({ shiftTicks }) => shiftTicks));
    parts.push(fullBox('ctts', 1, 0, words(shifts.length), pairs(shifts)));
  }
  const keys = samples.flatMap(({ isKey }, index) => (isKey ? [index + 1] : []));
  if (keys.length < samples.length) parts.push(fullBox('stss', 0, 0, words(keys.length), wordTable(keys)));
  parts.push(
    fullBox('stsc', 0, 0, words(perChunk.length), wordTable(chunkTable)),
    fullBox('stsz', 0, 0, words(0, samples.length), wordTable(samples.map(({ bytes }) => bytes))),
    fullBox('co64', 0, 0, words(chunks.length), longs(chunks.map(({ at }) => base + at))),
  );
  return box('stbl', ...parts);
}

/** Samples that lie one behind the other. */
function chunksOf(samples: readonly FilmSample[]): { at: number; count: number }[] {
  const chunks: { at: number; count: number }[] = [];
  let endsAt = -1;
  for (const { at, bytes } of samples) {
    const last = chunks.at(-1);
    if (last !== undefined && at === endsAt && last.count < MAX_CHUNK_SAMPLES) last.count++;
    else chunks.push({ at, count: 1 });
    endsAt = at + bytes;
  }
  return chunks;
}

/** The same number several times in a row, as a number and how often. */
function runs(values: readonly number[]): { value: number; count: number }[] {
  const found: { value: number; count: number }[] = [];
  for (const value of values) {
    const last = found.at(-1);
    if (last?.value === value) last.count++;
    else found.push({ value, count: 1 });
  }
  return found;
}

function pairs(of: readonly { value: number; count: number }[]): Buffer {
  return wordTable(of.flatMap(({ count, value }) => [count, value]));
}
