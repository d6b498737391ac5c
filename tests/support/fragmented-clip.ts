// Coded pictures as ffmpeg records them: an MP4 in fragments of 0.3 s.

import { spawnSync } from 'node:child_process';
import type { Clip } from './counter-clip.js';

const START_CODE = Buffer.from([0, 0, 0, 1]);

/**
 * Writes clips of one codec, one after the other, at 25 pictures a second.
 * @param more further arguments of ffmpeg, before the file
 * @throws Error with ffmpeg's complaint
 */
export function writeFragmented(
  file: string,
  clips: readonly [Clip, ...Clip[]],
  more: readonly string[] = [],
): void {
  const units = clips.flatMap((clip) => clip.units);
  const input = Buffer.concat(units.flatMap(({ nals }) => nals.flatMap((nal) => [START_CODE, nal])));
  const format = clips[0].codec === 'h264' ? 'h264' : 'hevc';
  const { status, stderr } = spawnSync(
    'ffmpeg',
    [
      ...['-hide_banner', '-loglevel', 'error', '-y', '-f', format, '-r', '25', '-i', 'pipe:0', '-c', 'copy'],
      ...['-movflags', 'empty_moov+default_base_moof', '-frag_duration', '300000', ...more, file],
    ],
    { input },
  );
  if (status !== 0) throw new Error(stderr.toString());
}
