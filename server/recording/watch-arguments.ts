// The arguments of ffmpeg for whoever watches: nothing of it is evidence, nothing of it touches a disk. Pure.

import type { FfmpegFlavour } from './ffmpeg-arguments.js';

type Flavour = Pick<FfmpegFlavour, 'libavformat'>;

/** How long a silent camera is waited for; who watches is told sooner. A process that nobody ends any more ends then. */
const SILENCE_MICROSECONDS = 30_000_000;
const QUIET = ['-hide_banner', '-loglevel', 'error', '-nostdin'];
/** Cameras stamp their frames as they like; the room's clock says when they came. */
const FROM_CAMERA = [
  ...['-rtsp_transport', 'tcp'],
  ...['-use_wallclock_as_timestamps', '1', '-fflags', '+genpts+discardcorrupt'],
];
const ONE_PICTURE = ['-frames:v', '1', '-f', 'image2pipe', '-c:v', 'mjpeg', 'pipe:1'];
const atMostWide = (pixels: number) => `scale='min(${pixels},iw)':-2`;

const from = (url: string, { libavformat }: Flavour) => [
  ...[libavformat >= 59 ? '-timeout' : '-stimeout', String(SILENCE_MICROSECONDS)],
  ...[...FROM_CAMERA, '-i', url],
];

/** The stream as it is, in fragments that begin with a key frame. */
export const filmArguments = (url: string, flavour: Flavour): string[] => [
  ...QUIET,
  ...from(url, flavour),
  ...['-map', '0:v:0', '-an', '-c:v', 'copy', '-f', 'mp4'],
  ...['-movflags', '+frag_keyframe+empty_moov+default_base_moof', '-flush_packets', '1', 'pipe:1'],
];

/** A picture every two seconds, of key frames alone: for a stream that a browser cannot play. */
export const picturesArguments = (url: string, flavour: Flavour): string[] => [
  ...QUIET,
  ...['-threads', '1', '-skip_frame', 'nokey'],
  ...from(url, flavour),
  ...['-map', '0:v:0', '-an', '-vf', `fps=1/2,${atMostWide(960)}`],
  ...['-q:v', '6', '-f', 'image2pipe', '-c:v', 'mjpeg', '-flush_packets', '1', 'pipe:1'],
];

/**
 * One picture of what the camera sends now, from a key frame, so that nothing of it is grey.
 * @param width at most; null = as large as it is: the text in it has to be read
 */
export const stillArguments = (url: string, width: number | null = null): string[] => [
  ...QUIET,
  ...['-threads', '1', '-skip_frame', 'nokey', ...(/^rtsps?:/i.test(url) ? ['-rtsp_transport', 'tcp'] : [])],
  // Sound is not waited for.
  ...['-analyzeduration', '1000000', '-i', url, '-map', '0:v:0', '-an'],
  ...(width === null ? [] : ['-vf', atMostWide(width)]),
  ...['-q:v', '3', ...ONE_PICTURE],
];

/** The key frame at or before a moment of a recorded file. @param offsetMs since the file began */
export const recordedPictureArguments = (file: string, offsetMs: number): string[] => [
  ...QUIET,
  ...['-threads', '1', '-noaccurate_seek', '-ss', (Math.max(0, offsetMs) / 1_000).toFixed(3)],
  ...['-i', `file:${file}`, '-map', '0:v:0', '-an'],
  ...['-vf', atMostWide(1280), '-q:v', '4', ...ONE_PICTURE],
];
