// The playlist of what a camera shows now, for a player that asks again and again. Pure.

import type { LiveStream } from './live-stream.js';

/** The last fragments, none of which is ever taken back. */
export function livePlaylist({
  run,
  fragments,
  firstNumber,
}: Pick<LiveStream, 'run' | 'fragments' | 'firstNumber'>): string {
  const longestMs = Math.max(1_000, ...fragments.map(({ durationMs }) => durationMs));
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${Math.ceil(longestMs / 1_000)}`,
    `#EXT-X-MEDIA-SEQUENCE:${firstNumber}`,
    '#EXT-X-INDEPENDENT-SEGMENTS',
    `#EXT-X-MAP:URI="${run}/opening.mp4"`,
    ...fragments.flatMap(({ durationMs }, index) => [
      `#EXTINF:${(durationMs / 1_000).toFixed(3)},`,
      `${run}/${firstNumber + index}.m4s`,
    ]),
    '',
  ].join('\n');
}
