// What adds up from a camera's lines: stretches that are recorded, named gaps, counts. Pure: a record comes in, a new one goes out.

import { entryOf } from './state-access.js';
import type { State } from './types.js';
import {
  FIRST_PREV,
  GAP_MS,
  MOST_CLOCKS,
  MOST_GAPS,
  MOST_STRETCHES,
  type CameraId,
  type CameraRecord,
  type EarlierClock,
  type NamedGap,
  type Stretch,
  type VideoLine,
} from './video-types.js';

/** Of a camera that nobody has heard of. */
export function emptyRecord(): CameraRecord {
  return {
    ...{ lines: 0, headHash: FIRST_PREV, segments: 0, damaged: 0, bytes: 0, firstAt: null, lastEndAt: null },
    ...{ stretches: [], gaps: [], gapCount: 0, breaks: 0, wallAheadMs: 0 },
  };
}

/** What the journal knows of a camera's recordings. */
export function recordOf({ video }: State, cameraId: CameraId): CameraRecord {
  return entryOf(video.cameras, cameraId) ?? emptyRecord();
}

/** Whether the lines go on where the record ends: numbers without a hole, each naming the hash of the one before. [VI2] */
export function goesOn(
  { lines, headHash }: Pick<CameraRecord, 'lines' | 'headHash'>,
  next: readonly VideoLine[],
) {
  let [number, prev] = [lines, headHash];
  for (const line of next) {
    if (line.line !== number || line.prev !== prev) return false;
    number += 1;
    prev = line.hash;
  }
  return true;
}

/**
 * The record with these lines in it. [VI3]
 * @param wallAheadMs wall clock minus room time: lines have the wall clock, the record has room time
 * @param anew the list began anew: the numbers begin at 0, what was recorded before stays
 */
export function withLines(
  record: CameraRecord,
  { lines, wallAheadMs, anew = false }: { lines: readonly VideoLine[]; wallAheadMs: number; anew?: boolean },
): CameraRecord {
  const next: CameraRecord = {
    ...record,
    wallAheadMs,
    stretches: [...record.stretches],
    gaps: [...record.gaps],
  };
  if (anew) {
    Object.assign(next, { lines: 0, headHash: FIRST_PREV, breaks: record.breaks + 1 });
    delete next.clocks;
  } else if (record.lines > 0 && Math.abs(wallAheadMs - record.wallAheadMs) > GAP_MS) {
    const untilAt = record.lastEndAt ?? 0;
    const clock: EarlierClock = { untilLine: record.lines, untilAt, wallAheadMs: record.wallAheadMs };
    next.clocks = [...(record.clocks ?? []), clock].slice(-MOST_CLOCKS);
  }
  for (const line of lines) {
    next.lines += 1;
    next.headHash = line.hash;
    if (line.kind === 'gap') {
      const gap = { from: line.from - wallAheadMs, to: line.to - wallAheadMs, cause: line.cause };
      next.gaps.push(gap);
      next.gapCount += 1;
      uncover(next.stretches, gap);
      continue;
    }
    const stretch = { from: line.startAt - wallAheadMs, to: line.endAt - wallAheadMs };
    next.segments += 1;
    next.bytes += line.bytes;
    if (line.flags.includes('damaged')) next.damaged += 1;
    else {
      cover(next.stretches, stretch);
      // A gap may lie inside a segment: the camera stood still, the file went on.
      for (const gap of next.gaps)
        if (gap.from < stretch.to && gap.to > stretch.from) uncover(next.stretches, gap);
    }
    next.firstAt = Math.min(next.firstAt ?? stretch.from, stretch.from);
    next.lastEndAt = Math.max(next.lastEndAt ?? stretch.to, stretch.to);
  }
  next.gaps = next.gaps.slice(-MOST_GAPS);
  next.stretches = next.stretches.slice(-MOST_STRETCHES);
  return next;
}

/** How far the wall clock was ahead of room time for a line, ms. [VI3] */
export function wallAheadOf({ clocks = [], wallAheadMs }: CameraRecord, line: number): number {
  return clocks.find(({ untilLine }) => line < untilLine)?.wallAheadMs ?? wallAheadMs;
}

/**
 * A stretch of room time by the wall clock: from the first reading to the last that the clock had in it, whichever way it was set
 * meanwhile. [VI3]
 */
export function wallSpanOf(record: CameraRecord, { from, to }: Stretch): Stretch {
  const span = { from: Infinity, to: -Infinity };
  let since = -Infinity;
  const clocks = [...(record.clocks ?? []), { untilAt: Infinity, wallAheadMs: record.wallAheadMs }];
  for (const { untilAt, wallAheadMs } of clocks) {
    const [begins, ends] = [Math.max(from, since), Math.min(to, untilAt)];
    since = Math.max(since, untilAt);
    if (begins > ends) continue;
    span.from = Math.min(span.from, begins + wallAheadMs);
    span.to = Math.max(span.to, ends + wallAheadMs);
  }
  return span;
}

/** Adds a stretch in its place; those that meet, or nearly, become one. */
function cover(stretches: Stretch[], { from, to }: Stretch): void {
  if (to <= from) return;
  let at = stretches.length;
  // Nearly always the newest; imported files come later than they were made.
  while (at > 0 && (stretches[at - 1] as Stretch).to + GAP_MS >= from) at -= 1;
  let [begins, ends, met] = [from, to, 0];
  for (const one of stretches.slice(at)) {
    if (one.from > to + GAP_MS) break;
    begins = Math.min(begins, one.from);
    ends = Math.max(ends, one.to);
    met += 1;
  }
  stretches.splice(at, met, { from: begins, to: ends });
}

/** Takes a gap out of the stretches; holes up to GAP_MS are none. */
function uncover(stretches: Stretch[], { from, to }: Stretch): void {
  if (to - from <= GAP_MS) return;
  let at = stretches.length;
  while (at > 0 && (stretches[at - 1] as Stretch).to > from) at -= 1;
  const rest: Stretch[] = [];
  let met = 0;
  for (const one of stretches.slice(at)) {
    if (one.from >= to) break;
    met += 1;
    if (one.from < from) rest.push({ from: one.from, to: from });
    if (one.to > to) rest.push({ from: to, to: one.to });
  }
  stretches.splice(at, met, ...rest);
}

/** What of a time is recorded. */
export interface Coverage extends Stretch {
  plannedMs: number;
  coveredMs: number;
  /** What is not, beyond GAP_MS each. */
  missing: Stretch[];
  /** Those of the named gaps that reach into it. */
  gaps: NamedGap[];
}

/** What of [from, to) is recorded, and what is not. [VI7] */
export function coverageOf({ stretches, gaps }: CameraRecord, from: number, to: number): Coverage {
  const missing: Stretch[] = [];
  let coveredMs = 0;
  let reached = from;
  const miss = (until: number) => {
    if (until - reached > GAP_MS) missing.push({ from: reached, to: until });
  };
  for (const one of stretches) {
    const [begins, ends] = [Math.max(one.from, from), Math.min(one.to, to)];
    if (ends <= begins) continue;
    miss(begins);
    coveredMs += ends - begins;
    reached = ends;
  }
  miss(to);
  const plannedMs = Math.max(0, to - from);
  const inside = gaps.filter((gap) => gap.from < to && gap.to > from);
  return { from, to, plannedMs, coveredMs, missing, gaps: inside };
}
