// What the recording is measured against: bare ffmpegs that copy the same stream, and the camera that sends it, each a process.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { FRAGMENT_MS } from '../../server/recording/ffmpeg-arguments.js';

const CAMERA = join(process.cwd(), 'build', 'tests', 'support', 'test-camera-main.js');
/** 1080p25 at 4 Mbit/s. */
const SHAPE = {
  ...{ width: 1920, height: 1080, fps: 25, gop: 50, frames: 500, kilobits: 4_000 },
  ...{ sub: null, otherSize: { width: 320, height: 180 } },
};

/** A camera of 1080p25 at 4 Mbit/s. The caller ends it. */
export async function cameraProcess(): Promise<{ url: string; subUrl: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [CAMERA, JSON.stringify(SHAPE)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { ...(JSON.parse(line) as { url: string; subUrl: string }), child };
}

/** Processor time of a process so far, s: of all its threads, to the nanosecond. */
export function cpuOf(pid: number): number {
  const threads = `/proc/${pid}/task`;
  const ns = readdirSync(threads).map((thread) => {
    const [ran = '0'] = readFileSync(join(threads, thread, 'schedstat'), 'utf8').split(' ');
    return Number(ran);
  });
  return ns.reduce((sum, one) => sum + one, 0) / 1e9;
}

/** What any ffmpeg is told that copies a stream in files of ten seconds. */
function copying(url: string, folder: string, before: string[], fragments: string): string[] {
  return [
    ...['-hide_banner', '-loglevel', 'error', '-nostdin', '-rtsp_transport', 'tcp'],
    ...[...before, '-i', url, '-map', '0:v:0', '-c', 'copy'],
    ...['-f', 'segment', '-segment_time', '10', '-segment_format', 'mp4', '-segment_format_options'],
    ...[`movflags=+empty_moov+default_base_moof${fragments}`, join(folder, '%06d.mp4')],
  ];
}

/**
 * Two raw limits. The cheapest ffmpeg that leaves MP4 behind loses up to a group of pictures when it is killed; the cheapest one
 * that loses as little as the recorder's, and writes the times at which pictures came, flushes a fragment every 0.3 s.
 */
export const BESIDE = {
  bare: (url: string, folder: string) => copying(url, folder, [], '+frag_keyframe'),
  safe: (url: string, folder: string) =>
    copying(
      url,
      folder,
      ['-use_wallclock_as_timestamps', '1', '-copyts'],
      `:frag_duration=${FRAGMENT_MS * 1_000}:flush_packets=1:write_prft=wallclock`,
    ),
};
