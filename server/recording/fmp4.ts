// Reads the boxes of a recorded file (fragmented MP4, ISO/IEC 14496-12): what plays, from when, and where pictures are missing in
// between. It decodes nothing, reads only heads, and takes any bytes without failing: files may be cut off anywhere.

import { GAP_MS } from '../core/video-types.js';
import { MAX_FRAMES, readFragment, readTrack, type Fragment, type Track } from './fmp4-track.js';
import { holesOf, type Hole } from './holes.js';
import { fourcc, u32, u64, type Box } from './mp4-boxes.js';
import { areOther, LOOK_BYTES, setsInPicture, type SetsSeen } from './parameter-sets.js';

/** A file, or bytes that act as one. */
export interface ByteSource {
  size: number;
  /** May give fewer bytes than asked for at the end. */
  read(at: number, length: number): Buffer;
}

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

const MAX_HEAD_BYTES = 4 * 2 ** 20;
const MAX_BOXES = 200_000;
const MAX_DURATION_MS = 400 * 86_400_000;
/** Seconds from 1900 (NTP) to 1970. */
const NTP_SECONDS = 2_208_988_800;

/** Reads a file. @returns null where it has no head or no track of pictures */
export function readFmp4(source: ByteSource): Fmp4Facts | null {
  let track: Track | null = null;
  let closed = false;
  let wholeUpTo = 0;
  let producerAt: number | null = null;
  let pending: Fragment | null = null;
  /** Wall clock of the track's time 0. */
  let wallOfZero: number | null = null;
  let parametersChanged = false;
  let first: SetsSeen | null = null;
  let last: SetsSeen | null = null;
  let time = 0;
  const durations: number[] = [];
  const bases: number[] = [];
  for (const { type, bodyAt, endsAt } of topBoxes(source)) {
    const body = (): Box => ({ type, bytes: source.read(bodyAt, Math.min(endsAt - bodyAt, MAX_HEAD_BYTES)) });
    if (type === 'moov') track ??= readTrack(body());
    else if (type === 'prft') producerAt = readProducerTime(body());
    else if (type === 'moof' && track !== null) pending = readFragment(body(), track);
    else if (type === 'mdat' && track !== null && pending !== null) {
      if (durations.length + pending.samples.length > MAX_FRAMES) break;
      time = pending.start ?? time;
      for (const { duration } of pending.samples) {
        durations.push(duration);
        bases.push(time);
        time += duration;
      }
      // It is written when its fragment is whole: a little after the fragment's end, never before.
      if (producerAt !== null) {
        const zero = producerAt - (time / track.timescale) * 1_000;
        wallOfZero = wallOfZero === null ? zero : Math.min(wallOfZero, zero);
      }
      let at = bodyAt;
      for (const { size, isKey } of pending.samples) {
        const sets = isKey ? setsInPicture(source.read(at, Math.min(size, LOOK_BYTES)), track.codec) : [];
        if (sets.length > 0 && (last === null || areOther(sets, last.sets))) {
          parametersChanged ||= last !== null;
          last = { sets, at, bytes: size };
          first ??= last;
        }
        at += size;
      }
      pending = null;
      producerAt = null;
    } else if (type === 'mfra') closed = true;
    if (pending === null && producerAt === null) wholeUpTo = endsAt;
  }
  if (track === null) return null;
  const { timescale } = track;
  const toMs = (units: number) => (units / timescale) * 1_000;
  const zero = bases[0] ?? 0;
  return {
    ...{ codec: track.codec, width: track.width, height: track.height, frames: durations.length },
    durationMs: durations.length === 0 ? 0 : Math.min(MAX_DURATION_MS, Math.max(0, toMs(time - zero))),
    holes: holesOf(
      bases.map((base) => toMs(base - zero)),
      durations.map(toMs),
      GAP_MS,
    ),
    wallStartAt: wallOfZero === null ? null : Math.round(wallOfZero + toMs(zero)),
    ...{ closed, tornBytes: source.size - wholeUpTo, parametersChanged },
    headIsWrong: first !== null && areOther(first.sets, track.parameterSets),
    parameters: { head: track.parameterSets, first, last },
  };
}

/** Whole boxes of a file, up to the first that is none. */
export function* topBoxes(
  source: ByteSource,
): Generator<{ type: string; startsAt: number; bodyAt: number; endsAt: number }> {
  let at = 0;
  for (let n = 0; n < MAX_BOXES && at + 8 <= source.size; n++) {
    const head = source.read(at, 16);
    if (head.length < 8) return;
    const short = u32(head, 0);
    const size = short === 1 ? u64(head, 8) : short === 0 ? source.size - at : short;
    const headBytes = short === 1 ? 16 : 8;
    if (size < headBytes || at + size > source.size) return;
    yield { type: fourcc(head, 4), startsAt: at, bodyAt: at + headBytes, endsAt: at + size };
    at += size;
  }
}

function readProducerTime({ bytes }: Box): number | null {
  const seconds = u32(bytes, 8);
  if (seconds < NTP_SECONDS) return null;
  return (seconds - NTP_SECONDS) * 1_000 + (u32(bytes, 12) / 2 ** 32) * 1_000;
}
