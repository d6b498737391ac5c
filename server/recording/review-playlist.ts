// Makes of a camera's manifest what a page needs to show it: stretches and gaps, and the playlist that a player reads. Pure:
// it opens no file and knows no clock. Times come in as the manifest has them, wall clock, and leave as room time.

import { GAP_MS, type GapLine, type SegmentLine, type VideoLine } from '../core/video-types.js';
import type { MissingStretch, RecordedIndex, RecordedStretch } from '../protocol/video.js';

/** Half open, wall clock. */
export interface Span {
  from: number;
  to: number;
}

const isSegment = (line: VideoLine): line is SegmentLine => line.kind === 'segment';
const isDamaged = ({ flags, frames }: SegmentLine) => flags.includes('damaged') || frames === 0;

/** The segments that touch the span and can be played, in the order of time. */
export function playable(lines: readonly VideoLine[], { from, to }: Span): SegmentLine[] {
  return lines
    .filter(isSegment)
    .filter((one) => one.endAt > from && one.startAt < to && one.endAt > one.startAt && !isDamaged(one))
    .sort((a, b) => a.startAt - b.startAt || a.line - b.line);
}

/** What of the span can be shown and what not. @param wallAheadMs wall clock minus room time */
export function recordedIndex(
  cameraId: string,
  lines: readonly VideoLine[],
  span: Span,
  wallAheadMs: number,
): RecordedIndex {
  const segments = playable(lines, span);
  const within = ({ from, to }: Span): Span => ({
    from: Math.max(span.from, from) - wallAheadMs,
    to: Math.min(span.to, to) - wallAheadMs,
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
    from: span.from - wallAheadMs,
    to: span.to - wallAheadMs,
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
export function reviewPlaylist(lines: readonly VideoLine[], span: Span, wallAheadMs: number): string {
  const segments = playable(lines, span);
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
      `#EXT-X-PROGRAM-DATE-TIME:${new Date(startAt - wallAheadMs).toISOString()}`,
      `#EXTINF:${((endAt - startAt) / 1_000).toFixed(3)},`,
      `${sha256}/film.m4s`,
    ]),
    '#EXT-X-ENDLIST',
    '',
  ].join('\n');
}
