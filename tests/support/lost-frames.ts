// Which pictures of a test camera are in a recording: told by decoding the files and reading the number in every picture, never
// by asking who recorded them.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readCounter, SMALL } from './counter-clip.js';

export interface DecodedFile {
  /** Numbers in the order of the pictures; null = a picture whose number cannot be read. */
  counters: (number | null)[];
  /** What ffmpeg complained about. */
  complaints: string;
}

/** Decodes a file, every picture once. */
export async function decodeFile(file: string): Promise<DecodedFile> {
  const child = spawn(
    'ffmpeg',
    [
      ...['-hide_banner', '-loglevel', 'error', '-threads', '1', '-i', file, '-map', '0:v:0'],
      ...['-vf', `scale=${SMALL.width}:${SMALL.height}:flags=area,format=gray`],
      ...['-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const pieces: Buffer[] = [];
  let complaints = '';
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  child.stderr.on('data', (piece: Buffer) => (complaints += piece.toString('utf8')));
  await once(child, 'close');
  const bytes = Buffer.concat(pieces);
  const counters: (number | null)[] = [];
  const size = SMALL.width * SMALL.height;
  for (let at = 0; at + size <= bytes.length; at += size)
    counters.push(readCounter(bytes.subarray(at, at + size)));
  return { counters, complaints: complaints.replace(OF_OUR_OUTPUT, '') };
}

/** About the raw pictures that we let it write, not about the file that it reads. */
const OF_OUR_OUTPUT = /^.*non monotonically increasing dts to muxer.*\n( *Last message repeated.*\n)*/gm;

export interface LostStretch {
  /** The first and the last picture that are missing, counted from the camera's start. */
  first: number;
  last: number;
  /** Wall clock, ms. */
  from: number;
  to: number;
}

export interface Recorded {
  /** Pictures counted from the camera's start, each once, in order. */
  pictures: number[];
  /** Missing between the first and the last. */
  lost: LostStretch[];
  unreadable: number;
  complaints: string;
  /** Files of which ffmpeg complained. */
  faulty: Set<string>;
  /** When the first picture of each file was due, wall clock, ms. */
  beginsAt: Map<string, number>;
}

/**
 * Decodes files (in the order of their time) and lists what is missing in between. Numbers that begin again are told apart by
 * the time at which the camera sent them: what is missing at once must be shorter than the clip.
 */
export async function recordedPictures(
  files: readonly string[],
  camera: { startedAt: number; fps: number; frames: number },
  /** About when the first of them was taken, to half a clip; wall clock. */
  firstAt: number,
): Promise<Recorded> {
  const seen = new Set<number>();
  let unreadable = 0;
  let complaints = '';
  const faulty = new Set<string>();
  const beginsAt = new Map<string, number>();
  const at = (k: number) => camera.startedAt + (k * 1_000) / camera.fps;
  let last = Math.round(((firstAt - camera.startedAt) / 1_000) * camera.fps);
  for (const file of files) {
    const decoded = await decodeFile(file);
    complaints += decoded.complaints;
    if (decoded.complaints !== '') faulty.add(file);
    for (const counter of decoded.counters) {
      if (counter === null) {
        unreadable += 1;
        continue;
      }
      // The nearest picture with this number: a new file may begin a little before the last one ended.
      const turn = Math.round((last - counter) / camera.frames);
      last = turn * camera.frames + counter;
      seen.add(last);
      if (!beginsAt.has(file)) beginsAt.set(file, at(last));
    }
  }
  const pictures = [...seen].sort((a, b) => a - b);
  const lost: LostStretch[] = [];
  for (const [n, k] of pictures.entries()) {
    const before = pictures[n - 1];
    if (before !== undefined && k > before + 1)
      lost.push({ first: before + 1, last: k - 1, from: at(before + 1), to: at(k) });
  }
  return { pictures, lost, unreadable, complaints, faulty, beginsAt };
}
