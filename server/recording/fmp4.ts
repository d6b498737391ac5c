// Reads the boxes of a recorded file (fragmented MP4, ISO/IEC 14496-12): what plays, from when, and where pictures are missing in
// between. It decodes nothing, reads only heads, and takes any bytes without failing: files may be cut off anywhere.

import { GAP_MS } from '../core/video-types.js';
import { readFragment, readTracks, type Sample, type Track } from './fmp4-track.js';
import { holesOf, type Hole } from './holes.js';
import {
  BoxWalk,
  fourcc,
  readNow,
  u16,
  u32,
  type ByteSource,
  type FileBox,
  type Place,
  type Reading,
} from './mp4-boxes.js';
import { areOther, LOOK_BYTES, setsInHead, setsInPicture, type SetsSeen } from './parameter-sets.js';

export interface Fmp4Facts {
  codec: string;
  width: number;
  height: number;
  /** Pictures in whole fragments. */
  frames: number;
  durationMs: number;
  /** Where no picture came for more than GAP_MS. */
  holes: Hole[];
  /** Wall clock of the first picture by the file's own producer times; null = it has none. */
  wallStartAt: number | null;
  /** Written to its end by who began it. */
  closed: boolean;
  /** Bytes behind the last whole fragment. */
  tornBytes: number;
  /** In the middle of the file pictures come with other parameters than before: not every player follows. */
  parametersChanged: boolean;
  /** Its first pictures come with other parameters than its head names: a player may show nothing of them. */
  headIsWrong: boolean;
  /** What its head names, what its first key frame with sets brings, and the last one that brings others. */
  parameters: { head: readonly Buffer[]; first: SetsSeen | null; last: SetsSeen | null };
}

const MAX_FRAMES = 2_000_000;
const MAX_DURATION_MS = 400 * 86_400_000;
/** Seconds from 1900 (NTP) to 1970. */
const NTP_SECONDS = 2_208_988_800;
const CODECS: Record<string, string> = { avc1: 'h264', avc3: 'h264', hvc1: 'h265', hev1: 'h265' };

/** Reads a file. @returns null where it has no head or no track of pictures */
export const readFmp4 = ({ size, read }: ByteSource): Fmp4Facts | null => readNow(readFacts(size), read);

function* readFacts(fileBytes: number): Reading<Fmp4Facts | null> {
  const walk = new BoxWalk(fileBytes, ['moov', 'moof', 'prft']);
  let track: PictureTrack | null = null;
  let closed = false;
  let wholeUpTo = 0;
  let producerAt: number | null = null;
  let pending: Sample[] | null = null;
  /** Wall clock of the track's time 0. */
  let wallOfZero: number | null = null;
  let parametersChanged = false;
  let first: SetsSeen | null = null;
  let last: SetsSeen | null = null;
  const samples: Sample[] = [];
  for (let box = yield* walk.next(); box !== null; box = yield* walk.next()) {
    if (box.type === 'moov') track ??= pictureTrack(box.bytes, box);
    else if (box.type === 'prft') producerAt = readProducerTime(box);
    else if (box.type === 'moof' && track !== null) pending = readFragment(box.bytes, box, box.at, [track]);
    else if (box.type === 'mdat' && track !== null && pending !== null) {
      if (samples.length + pending.length > MAX_FRAMES) break;
      for (const sample of pending) {
        samples.push(sample);
        const { at, size, isKey } = sample;
        // Wherever its index says that it lies: nothing counts as a picture's but what is in its own fragment.
        if (!isKey || at < box.at || at + size > box.endsAt) continue;
        const sets = setsInPicture(yield { at, length: Math.min(size, LOOK_BYTES) }, track.codec);
        if (sets.length === 0 || (last !== null && !areOther(sets, last.sets))) continue;
        parametersChanged ||= last !== null;
        last = { sets, at, bytes: size };
        first ??= last;
      }
      // It is written when its fragment is whole: a little after the fragment's end, never before.
      if (producerAt !== null) {
        const zero = producerAt - (track.nextTicks / track.timescale) * 1_000;
        wallOfZero = wallOfZero === null ? zero : Math.min(wallOfZero, zero);
      }
      pending = null;
      producerAt = null;
    } else if (box.type === 'mfra') closed = true;
    if (pending === null && producerAt === null) wholeUpTo = box.endsAt;
  }
  if (track === null) return null;
  const { codec, width, height, timescale, parameterSets } = track;
  const toMs = (ticks: number) => (ticks / timescale) * 1_000;
  const zero = samples[0]?.ticks ?? 0;
  const end = samples.at(-1);
  const durationMs = end === undefined ? 0 : toMs(end.ticks + end.duration - zero);
  return {
    ...{ codec, width, height, frames: samples.length },
    durationMs: Math.min(MAX_DURATION_MS, Math.max(0, durationMs)),
    holes: holesOf(
      samples.map(({ ticks }) => toMs(ticks - zero)),
      samples.map(({ duration }) => toMs(duration)),
      GAP_MS,
    ),
    wallStartAt: wallOfZero === null ? null : Math.round(wallOfZero + toMs(zero)),
    ...{ closed, tornBytes: fileBytes - wholeUpTo, parametersChanged },
    headIsWrong: first !== null && areOther(first.sets, parameterSets),
    parameters: { head: parameterSets, first, last },
  };
}

interface PictureTrack extends Track {
  /** `h264`, `h265`, or the four letters of the file. */
  codec: string;
  /** As the head names them. */
  parameterSets: Buffer[];
}

/** The track of the pictures, with the size of what is coded. @param movie a moov @returns null where there is none */
export function pictureTrack(bytes: Buffer, movie: Place): PictureTrack | null {
  const track = readTracks(bytes, movie).find(({ kind }) => kind === 'video');
  if (track === undefined) return null;
  const { entry } = track;
  const format = fourcc(entry, 4);
  const codec = CODECS[format] ?? format.replace(/[^\x21-\x7e]/g, '?');
  const [width, height] = [u16(entry, 32), u16(entry, 34)];
  return { ...track, codec, width, height, parameterSets: setsInHead(entry) };
}

function readProducerTime({ bytes, from, to }: FileBox): number | null {
  const seconds = to - from < 16 ? 0 : u32(bytes, from + 8);
  if (seconds < NTP_SECONDS) return null;
  return (seconds - NTP_SECONDS) * 1_000 + (u32(bytes, from + 12) / 2 ** 32) * 1_000;
}
