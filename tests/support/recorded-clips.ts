// Recordings for tests, made by the real ffmpeg: segments of one colour each with their manifest, so that a look at a pixel
// says which segment is shown. H.264 as cameras send it, or VP9 for a browser that was built without it.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GapCause, SegmentFlag, VideoLine } from '../../server/core/video-types.js';
import { appendLines } from '../../server/recording/manifest.js';
import type { LineBody } from '../../server/recording/video-line.js';
import { videoPaths, type Wanted, type WantedCamera } from '../../server/recording/contract.js';

export type ClipCodec = 'h264' | 'vp9';

/** Pure colours far from each other, by number of the segment. */
export const CLIP_COLOURS = [
  ...(['#d00000', '#00b000', '#0000d0', '#c0c000'] as const),
  ...(['#b000b0', '#00b0b0', '#f0f0f0', '#202020'] as const),
];

const ENCODERS: Record<ClipCodec, string[]> = {
  h264: ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p'],
  vp9: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-pix_fmt', 'yuv420p'],
};
const FRAGMENTS = '+empty_moov+default_base_moof';

/** Makes one clip of one colour, in fragments of half a second as the recorder cuts them. @returns its path */
export function makeClip(file: string, colour: string, seconds: number, codec: ClipCodec): void {
  mkdirSync(dirname(file), { recursive: true });
  execFileSync('ffmpeg', [
    ...['-hide_banner', '-loglevel', 'error', '-y', '-f', 'lavfi'],
    ...['-i', `color=c=${colour.replace('#', '0x')}:s=320x180:r=10:d=${seconds}`],
    ...ENCODERS[codec],
    ...['-g', '10', '-f', 'mp4', '-movflags', FRAGMENTS, '-frag_duration', '500000', file],
  ]);
}

/** What was recorded, in order: a colour by number for so many seconds, or a gap with its cause. */
export type Recorded =
  { colour: number; seconds: number; flags?: SegmentFlag[] } | { gap: GapCause; seconds: number };

export interface ClipsOptions {
  folder: string;
  cameraId: string;
  /** Wall clock of the first. */
  startAt: number;
  recorded: readonly Recorded[];
  codec?: ClipCodec;
}

/** Writes segments and manifest as the recorder does. @returns the lines */
export async function makeRecordings({
  folder,
  cameraId,
  startAt,
  recorded,
  codec = 'h264',
}: ClipsOptions): Promise<VideoLine[]> {
  const bodies: LineBody[] = [];
  let at = startAt;
  for (const one of recorded) {
    const from = at;
    at += one.seconds * 1_000;
    if ('gap' in one) {
      bodies.push({ kind: 'gap', from, to: at, cause: one.gap });
      continue;
    }
    const file = `${cameraId}/${nameOf(from)}`;
    const path = join(folder, file);
    makeClip(path, CLIP_COLOURS[one.colour] ?? '#808080', one.seconds, codec);
    bodies.push({
      ...{ kind: 'segment', file, startAt: from, endAt: at, bytes: statSync(path).size },
      ...{ sha256: createHash('sha256').update(readFileSync(path)).digest('hex'), frames: one.seconds * 10 },
      ...{ width: 320, height: 180, codec, flags: one.flags ?? [] },
    });
  }
  return appendLines(folder, cameraId, bodies);
}

/** Tells the watchers which cameras there are, as the server does for the recorder. */
export function writeWanted(
  folder: string,
  cameras: Pick<WantedCamera, 'cameraId' | 'url' | 'subUrl'>[],
  ffmpeg = 'ffmpeg',
): void {
  const { own, wanted } = videoPaths(folder);
  mkdirSync(own, { recursive: true });
  const value: Wanted = {
    ...{ format: 1, revision: 1, until: Date.now() + 3_600_000, serverStartedAt: Date.now() },
    ...{ segmentSeconds: 10, ffmpeg, lowBytes: 0, stopBytes: 0, volumeId: null },
    cameras: cameras.map((camera) => ({ ...camera, record: true, audio: false })),
  };
  writeFileSync(wanted, JSON.stringify(value));
}

const nameOf = (at: number) => {
  const [day = '', time = ''] = new Date(at).toISOString().replace(/[-:]/g, '').split('T');
  return `${day}/${day}T${time.slice(0, 6)}Z.mp4`;
};

/** A program that stands where ffmpeg would call a camera, and shows `lavfi` instead. @returns its path */
export function standInCamera(folder: string, source: string, codec: ClipCodec | 'hevc' = 'h264'): string {
  const file = join(folder, `camera-${codec}.sh`);
  const encoder =
    codec === 'hevc' ? ['-c:v', 'libx265', '-preset', 'ultrafast', '-tag:v', 'hvc1'] : ENCODERS[codec];
  // What stands before `-i` is for cameras, the address is replaced, and a copy needs something to be copied from.
  writeFileSync(
    file,
    `#!/bin/bash
after=() seen=
for one in "$@"; do
  if [ -n "$seen" ] && [ "$one" != "$url" ]; then after+=("$one"); fi
  if [ "$last" = -i ]; then seen=1 url="$one"; fi
  last="$one"
done
args=("\${after[@]:-}")
for n in "\${!args[@]}"; do
  if [ "\${args[$n]}" = copy ]; then
    unset "args[$n]" "args[$((n - 1))]"
    args=(${encoder.join(' ')} -g 10 "\${args[@]}")
    break
  fi
done
exec ffmpeg -hide_banner -loglevel error -nostdin -re -f lavfi -i ${JSON.stringify(source)} "\${args[@]}"
`,
    { mode: 0o755 },
  );
  return file;
}
