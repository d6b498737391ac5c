// Makes of a camera's manifest what a page needs to show it: stretches and gaps, and the playlist that a player reads. Pure:
// it opens no file and knows no clock. Lines come in as the manifest has them, by the wall clock; all else is room time.

import { GAP_MS, type GapLine, type SegmentLine, type VideoLine } from '../core/video-types.js';
import type { MissingStretch, RecordedIndex, RecordedStretch } from '../protocol/video.js';

/** Half open, room time. */
export interface Span {
  from: number;
  to: number;
}

const isSegment = (line: VideoLine): line is SegmentLine => line.kind === 'segment';
const isDamaged = ({ flags, frames }: SegmentLine) => flags.includes('damaged') || frames === 0;

/** Wall clock minus room time for a line, by its number: the clock may have been set in between. */
export type WallAhead = (line: number) => number;

/** The lines as they stand in room time. */
export function inRoomTime(lines: readonly VideoLine[], aheadOf: WallAhead): VideoLine[] {
  return lines.map((line) => {
    const ahead = aheadOf(line.line);
    return line.kind === 'gap'
      ? { ...line, from: line.from - ahead, to: line.to - ahead }
      : { ...line, startAt: line.startAt - ahead, endAt: line.endAt - ahead };
  });
}

/** The segments that touch the span and can be played, in the order of time. Lines in room time. */
export function playable(lines: readonly VideoLine[], { from, to }: Span): SegmentLine[] {
  return lines
    .filter(isSegment)
    .filter((one) => one.endAt > from && one.startAt < to && one.endAt > one.startAt && !isDamaged(one))
    .sort((a, b) => a.startAt - b.startAt || a.line - b.line);
}

/** What of the span can be shown and what not. */
export function recordedIndex(
  cameraId: string,
  listed: readonly VideoLine[],
  span: Span,
  aheadOf: WallAhead,
): RecordedIndex {
  const lines = inRoomTime(listed, aheadOf);
  const segments = playable(lines, span);
  const within = ({ from, to }: Span): Span => ({
    from: Math.max(span.from, from),
    to: Math.min(span.to, to),
  });
  const gaps = lines
    .filter((line): line is GapLine => line.kind === 'gap')
    .map(({ from, to, cause }): MissingStretch => ({ from, to, cause }));
  const damaged = lines
    .filter(isSegment)
    .filter(isDamaged)
    .map(({ startAt, endAt }): MissingStretch => ({ from: startAt, to: endAt, cause: 'segment-damaged' }));
  return {
    cameraId,
    ...span,
    codec: segments[segments.length - 1]?.codec ?? null,
    segments: segments.length,
    stretches: stretchesOf(segments).map(within),
    gaps: [...gaps, ...damaged]
      .filter(({ from, to }) => to > from && to > span.from && from < span.to)
      .sort((a, b) => a.from - b.from)
      .map(({ cause, ...at }) => ({ ...within(at), cause })),
  };
}

function stretchesOf(segments: readonly SegmentLine[]): RecordedStretch[] {
  const stretches: RecordedStretch[] = [];
  for (const { startAt, endAt } of segments) {
    const last = stretches[stretches.length - 1];
    if (last !== undefined && startAt - last.to <= GAP_MS) last.to = Math.max(last.to, endAt);
    else stretches.push({ from: startAt, to: endAt });
  }
  return stretches;
}

/**
 * The playlist of what can be played in the span. Every segment is a film of its own, so each has its own opening and a new
 * start of time; `EXT-X-PROGRAM-DATE-TIME` says when it was, in room time.
 */
export function reviewPlaylist(lines: readonly VideoLine[], span: Span, aheadOf: WallAhead): string {
  const segments = playable(inRoomTime(lines, aheadOf), span);
  const longestMs = Math.max(1_000, ...segments.map(({ startAt, endAt }) => endAt - startAt));
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${Math.ceil(longestMs / 1_000)}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    ...segments.flatMap(({ sha256, startAt, endAt }, index) => [
      ...(index === 0 ? [] : ['#EXT-X-DISCONTINUITY']),
      `#EXT-X-MAP:URI="${sha256}/opening.mp4"`,
      `#EXT-X-PROGRAM-DATE-TIME:${new Date(startAt).toISOString()}`,
      `#EXTINF:${((endAt - startAt) / 1_000).toFixed(3)},`,
      `${sha256}/film.m4s`,
    ]),
    '#EXT-X-ENDLIST',
    '',
  ].join('\n');
}
