// A video folder as the recorder leaves it, made in a second: segments of two seconds with a number in every picture, and the
// chained lists that name them. Times are given by the test; nothing here waits for a clock.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, link, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '../../server/keys/sha256.js';
import type { GapCause, SegmentFlag, SegmentLine, VideoLine } from '../../server/core/video-types.js';
import { chainLine, NO_LINE, type LineBody } from '../../server/recording/video-line.js';
import { drawCounter, SMALL } from './counter-clip.js';

export const FPS = 10;
export const SEGMENT_MS = 2_000;

export interface ClipChoice {
  codec?: 'libx264' | 'libx265';
  width?: number;
  height?: number;
  sound?: boolean;
  /** Pictures that are shown in another order than they are decoded. */
  reordered?: boolean;
  /** Pictures that no codec makes small, kept to the bit. */
  noisy?: boolean;
  /** Number of the first picture. */
  first?: number;
}

/** Segments of two seconds each, as ffmpeg writes them for the recorder. @returns their files in order */
export async function segmentFiles(count: number, clip: ClipChoice = {}): Promise<string[]> {
  const { codec = 'libx264', width = 320, height = 180, sound = false, reordered = false } = clip;
  const { noisy = false, first = 0 } = clip;
  const folder = await mkdtemp(join(tmpdir(), 'kaochang-segments-'));
  const pictures = (count * SEGMENT_MS * FPS) / 1_000;
  const quiet = codec === 'libx265' ? ['-x265-params', 'log-level=error'] : [];
  const child = spawn(
    'ffmpeg',
    [
      ...['-hide_banner', '-loglevel', 'error', '-threads', '1'],
      ...['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${SMALL.width}x${SMALL.height}`, '-r', String(FPS)],
      ...['-i', 'pipe:0'],
      ...(sound
        ? ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=16000', '-shortest', '-c:a', 'aac']
        : []),
      ...[
        '-vf',
        `scale=${width}:${height}:flags=neighbor${noisy ? ',noise=alls=100:allf=t' : ''},format=yuv420p`,
      ],
      ...(noisy ? ['-qp', '0'] : []),
      ...['-c:v', codec, '-preset', 'ultrafast', '-g', String(FPS), '-bf', reordered ? '2' : '0', ...quiet],
      ...(codec === 'libx265' ? ['-tag:v', 'hvc1'] : []),
      ...['-f', 'segment', '-segment_time', String(SEGMENT_MS / 1_000), '-segment_format', 'mp4'],
      '-segment_format_options',
      'movflags=+empty_moov+default_base_moof:frag_duration=500000:flush_packets=1',
      ...['-reset_timestamps', '1', join(folder, '%04d.mp4')],
    ],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  for (let n = 0; n < pictures; n++) child.stdin.write(drawCounter(first + n));
  child.stdin.end();
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}`);
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}

/** A camera's list and files, in the order in which they are added. */
export class RecordedCamera {
  readonly lines: VideoLine[] = [];

  constructor(
    readonly videoFolder: string,
    readonly cameraId: string,
  ) {}

  /** Puts a copy of a file under the name of its time and lists it. */
  async segment(
    source: string,
    startAt: number,
    {
      endAt = startAt + SEGMENT_MS,
      flags = [],
      name,
    }: { endAt?: number; flags?: SegmentFlag[]; name?: string } = {},
  ): Promise<string> {
    const stamp = new Date(startAt).toISOString().replace(/[-:]|\.\d+/g, '');
    const file = `${this.cameraId}/${name ?? `${stamp.slice(0, 8)}/${stamp}.mp4`}`;
    const path = join(this.videoFolder, file);
    await mkdir(join(path, '..'), { recursive: true });
    await copyFile(source, path);
    const bytes = await readFile(path);
    const frames = flags.includes('damaged') ? 0 : SEGMENT_MS / (1_000 / FPS);
    await this.#add({
      ...{ kind: 'segment', file, startAt, endAt, bytes: bytes.length, sha256: sha256(bytes), frames },
      ...{ width: 320, height: 180, codec: 'h264', flags },
    });
    return path;
  }

  /** The file of a segment once more, at another time: takes no space. */
  async again(
    { line: _line, prev: _prev, hash: _hash, cameraId: _id, ...first }: SegmentLine,
    startAt: number,
  ): Promise<void> {
    const file = `${this.cameraId}/${startAt}.mp4`;
    await link(join(this.videoFolder, first.file), join(this.videoFolder, file));
    await this.#add({ ...first, file, startAt, endAt: startAt + SEGMENT_MS });
  }

  async gap(from: number, to: number, cause: GapCause): Promise<void> {
    await this.#add({ kind: 'gap', from, to, cause });
  }

  async #add(body: LineBody): Promise<void> {
    this.lines.push(chainLine(this.cameraId, this.lines.length, this.lines.at(-1)?.hash ?? NO_LINE, body));
    await this.rewrite();
  }

  /** Writes the list as it is now: a test may have changed it. */
  async rewrite(): Promise<void> {
    await mkdir(join(this.videoFolder, this.cameraId), { recursive: true });
    const text = this.lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    await writeFile(join(this.videoFolder, this.cameraId, 'manifest.jsonl'), text);
  }
}
