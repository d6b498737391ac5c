// One picture of a camera's stream as JPEG, for a person to look at: the view, the clock and the room's name in it. Not evidence.

import { failureOf, ProbeFailure, run } from './probe-stream.js';

const WITHIN_MS = 12_000;
const MOST_BYTES = 6_000_000;
const JPEG_START = Buffer.from([0xff, 0xd8, 0xff]);

/** Arguments of ffmpeg for one picture: from a key frame, so that nothing of it is grey. Pure. */
export function snapshotArguments(url: string, width: number | null): string[] {
  return [
    ...['-v', 'error', '-hide_banner', '-nostdin'],
    ...(/^rtsps?:/i.test(url) ? ['-rtsp_transport', 'tcp'] : []),
    // Sound is not waited for.
    ...['-analyzeduration', '1000000', '-skip_frame', 'nokey', '-i', url],
    ...['-map', '0:v:0', '-an', '-frames:v', '1'],
    // Never larger than it is: the clock in the picture has to stay readable.
    ...(width === null ? [] : ['-vf', `scale='min(${width},iw)':-2`]),
    ...['-c:v', 'mjpeg', '-q:v', '3', '-f', 'image2pipe', 'pipe:1'],
  ];
}

/**
 * A picture of this moment. REQ-A06
 * @param width at most so many pixels; null = as the camera sends it @throws ProbeFailure
 */
export async function takeSnapshot(
  { ffmpeg, url, width = null }: { ffmpeg: string; url: string; width?: number | null },
  signal: AbortSignal,
): Promise<Buffer> {
  const { stdout, stderr, error } = await run(ffmpeg, snapshotArguments(url, width), {
    ...{ signal, timeoutMs: WITHIN_MS, mostBytes: MOST_BYTES },
  });
  if (stdout.subarray(0, 3).equals(JPEG_START)) return stdout;
  if (error === null && stderr.trim() === '') throw new ProbeFailure('no-video', 'no picture came');
  throw failureOf(error, stderr);
}
