// When the pictures of a file were taken, by the wall clock: by ffmpeg's list, by the file's own producer times, by its last
// change, in this order. Pure.

import type { ClosedFile } from './run.js';
import type { ExaminedFile } from './segment-file.js';

export interface SegmentTimes {
  startAt: number;
  endAt: number;
  /** It does not hold what it should. */
  damaged: boolean;
}

/** A whole file may end so much earlier than listed. */
const WHOLE_WITHIN_MS = 1_000;

/** @param file as its run told of it; @param examined what is in it */
export function timesOf(file: ClosedFile, { facts, changedAt }: ExaminedFile): SegmentTimes {
  const durationMs = Math.round(facts?.durationMs ?? 0);
  // The first file of a run is listed without its beginning.
  const byEnd = file.endAt !== null && durationMs > 0 ? file.endAt - durationMs : null;
  const startAt = Math.max(0, file.startAt ?? byEnd ?? facts?.wallStartAt ?? changedAt - durationMs);
  if (facts === null || facts.frames === 0)
    return { startAt, endAt: Math.max(startAt + 1, file.endAt ?? changedAt), damaged: true };
  const endAt = startAt + Math.max(1, durationMs);
  const isShort = file.endAt !== null && file.endAt - endAt > WHOLE_WITHIN_MS;
  return { startAt, endAt, damaged: isShort || (file.listed && facts.tornBytes > 0) };
}
