// Lists of recordings as a recorder writes them: lines in a chain with their real hashes.

import {
  FIRST_PREV,
  type GapCause,
  type SegmentFlag,
  type VideoLine,
} from '../../server/core/video-types.js';
import { hashOfLine } from '../../server/keys/video-line.js';

type Without<T> = T extends unknown ? Omit<T, 'hash'> : never;
type UnhashedLine = Without<VideoLine>;

/** One line to be: a segment, or a gap with its cause. Wall clock, ms. */
export type Planned = { from: number; to: number; cause?: GapCause; flags?: SegmentFlag[]; bytes?: number };

/** Lines that go on after `after`, or begin a list. */
export function chained(cameraId: string, planned: readonly Planned[], after?: VideoLine): VideoLine[] {
  const lines: VideoLine[] = [];
  let last = after;
  for (const { from, to, cause, flags = [], bytes = 1_000 } of planned) {
    const head = { cameraId, line: last === undefined ? 0 : last.line + 1, prev: last?.hash ?? FIRST_PREV };
    const unhashed: UnhashedLine =
      cause === undefined
        ? {
            ...{ ...head, kind: 'segment', file: `${cameraId}/${from}.mp4`, startAt: from, endAt: to, bytes },
            ...{ sha256: 'a'.repeat(64), frames: 250, width: 1_280, height: 720, codec: 'h264', flags },
          }
        : { ...head, kind: 'gap', from, to, cause };
    last = { ...unhashed, hash: hashOfLine(unhashed) } as VideoLine;
    lines.push(last);
  }
  return lines;
}

/** Segments without a break. @param everyMs of one segment */
export function stretch(from: number, to: number, everyMs = 10_000): Planned[] {
  const planned: Planned[] = [];
  for (let at = from; at < to; at += everyMs) planned.push({ from: at, to: Math.min(to, at + everyMs) });
  return planned;
}
