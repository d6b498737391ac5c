// Video whose every picture carries its own number, as black and white blocks that survive any coding: whoever decodes a
// recording reads which pictures are in it and which are not. Encoded once by ffmpeg and kept in the folder for temporary files.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codedFilm, type Codec, type CodedFilm } from '../../server/rehearsal/coded-pictures.js';

export interface ClipOptions {
  codec?: Codec;
  width?: number;
  height?: number;
  fps?: number;
  /** Pictures until the clip begins again; a multiple of `gop`. */
  frames?: number;
  /** Pictures from one key frame to the next. */
  gop?: number;
  /** Adds noise and aims at this rate; 0 = as small as it gets. */
  kilobits?: number;
}

/** A film in which every picture tells its number. */
export type Clip = Required<ClipOptions> & CodedFilm;

/** The picture before it is scaled up, and after it is scaled down again. */
export const SMALL = { width: 64, height: 36 };
const CELL = { width: 8, height: 4, columns: 8, rows: 4 };
const BITS = 24;
const BLACK = 16;
const WHITE = 235;

const checkOf = (n: number) => ((n >> 16) ^ (n >> 8) ^ n ^ 0x5a) & 0xff;

/** Draws picture `n` into a small grey frame: 24 bits of number, 8 of check, and something that moves. */
export function drawCounter(n: number): Buffer {
  const frame = Buffer.alloc(SMALL.width * SMALL.height);
  const word = (n % 2 ** BITS) * 256 + checkOf(n);
  for (let y = 0; y < SMALL.height; y++)
    for (let x = 0; x < SMALL.width; x++) {
      const row = Math.floor(y / CELL.height);
      const bit = row * CELL.columns + Math.floor(x / CELL.width);
      const value =
        row < CELL.rows
          ? Math.floor(word / 2 ** (31 - bit)) % 2 === 1
            ? WHITE
            : BLACK
          : 60 + ((x * 4 + y * 2 + n * 3) % 140);
      frame[y * SMALL.width + x] = value;
    }
  return frame;
}

/** Reads the number of a picture that was scaled down to `SMALL`. @returns null where the check does not hold */
export function readCounter(frame: Uint8Array): number | null {
  let word = 0;
  for (let bit = 0; bit < 32; bit++) {
    const left = (bit % CELL.columns) * CELL.width;
    const top = Math.floor(bit / CELL.columns) * CELL.height;
    let sum = 0;
    for (let y = 1; y < 3; y++)
      for (let x = 2; x < 6; x++) sum += frame[(top + y) * SMALL.width + left + x] ?? 0;
    word = word * 2 + (sum / 8 > 125 ? 1 : 0);
  }
  const n = Math.floor(word / 256);
  return checkOf(n) === word % 256 ? n : null;
}

/** Being made in this process. */
const making = new Map<string, Promise<void>>();

/** Makes a clip, or takes the one that was made before. Needs ffmpeg with libx264 or libx265. */
export async function counterClip(options: ClipOptions = {}): Promise<Clip> {
  const all: Required<ClipOptions> = {
    codec: 'h264',
    width: 320,
    height: 180,
    fps: 25,
    frames: 1_500,
    gop: 25,
    kilobits: 0,
    ...options,
  };
  if (all.frames % all.gop !== 0) throw new Error('A clip is made of whole groups of pictures');
  const folder = join(tmpdir(), 'kaochang-test-clips');
  mkdirSync(folder, { recursive: true });
  const name = createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 16);
  const file = join(folder, `${name}.${all.codec}`);
  if (!existsSync(file)) {
    const partial = `${file}.${process.pid}`;
    const made = making.get(file) ?? encode(all, partial).then(() => renameSync(partial, file));
    making.set(file, made);
    await made.finally(() => making.delete(file));
  }
  const film = codedFilm(readFileSync(file), all.codec, all.fps);
  if (film.units.length !== all.frames)
    throw new Error(`${film.units.length} pictures instead of ${all.frames}`);
  return { ...all, ...film };
}

async function encode(clip: Required<ClipOptions>, file: string): Promise<void> {
  const { width, height, fps, frames, gop, kilobits, codec } = clip;
  const noise = kilobits > 0 ? ',noise=alls=22:allf=t' : '';
  const rate = [`-b:v`, `${kilobits}k`, '-maxrate', `${kilobits}k`, '-bufsize', `${kilobits}k`];
  const keys = `keyint=${gop}:min-keyint=${gop}:scenecut=0:bframes=0`;
  const coder =
    codec === 'h264'
      ? [
          '-c:v',
          'libx264',
          '-preset',
          'superfast',
          '-x264-params',
          `${keys}:aud=1:repeat-headers=1`,
          '-f',
          'h264',
        ]
      : [
          ...['-c:v', 'libx265', '-preset', 'ultrafast', '-f', 'hevc', '-x265-params'],
          `${keys}:open-gop=0:aud=1:repeat-headers=1:log-level=error`,
        ];
  const child = spawn(
    'ffmpeg',
    [
      ...['-hide_banner', '-loglevel', 'error', '-f', 'rawvideo', '-pix_fmt', 'gray'],
      ...['-s', `${SMALL.width}x${SMALL.height}`, '-r', String(fps), '-i', 'pipe:0'],
      ...['-vf', `scale=${width}:${height}:flags=neighbor${noise},format=yuv420p`],
      ...(kilobits > 0 ? rate : []),
      ...coder,
      ...['-y', file],
    ],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  const ended = once(child, 'exit');
  child.stdin.on('error', () => undefined);
  for (let n = 0; n < frames; n++)
    if (!child.stdin.write(drawCounter(n))) await Promise.race([once(child.stdin, 'drain'), ended]);
  child.stdin.end();
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`ffmpeg does not encode the test clip: ${code}`);
}
