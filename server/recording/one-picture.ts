// Makes single pictures with ffmpeg, one after the other: bounded in time, size and number, behind everything else that the
// machine has to do.

import { constants, setPriority } from 'node:os';
import { failureOf, ProbeFailure, run } from './probe-stream.js';
import { stillArguments } from './watch-arguments.js';

const WITHIN_MS = 12_000;
const BOUNDS = { mostBytes: 8 * 2 ** 20, begun: standBack };
const MAX_WAITING = 8;
const JPEG_START = Buffer.from([0xff, 0xd8, 0xff]);

/** Lets a process wait for all others. One that has ended meanwhile needs no rank. */
export function standBack(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It is over.
  }
}

export class OnePicture {
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param withinMs after which a picture is given up */
  constructor(private readonly withinMs = 10_000) {}

  /** @returns the picture, null where ffmpeg made none in time, `busy` where too many wait for one */
  async make(ffmpeg: string, args: readonly string[]): Promise<Buffer | null | 'busy'> {
    if (this.#waiting >= MAX_WAITING) return 'busy';
    this.#waiting += 1;
    const made = this.#last.then(() => this.#run(ffmpeg, args));
    this.#last = made;
    try {
      return await made;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #run(ffmpeg: string, args: readonly string[]): Promise<Buffer | null> {
    const { stdout, error } = await run(ffmpeg, args, { ...BOUNDS, timeoutMs: this.withinMs });
    return error === null && stdout.length > 0 ? stdout : null;
  }
}

/**
 * A picture of this moment as JPEG, for a person to look at: the view, the clock and the room's name in it. Not evidence. REQ-A06
 * @param width at most so many pixels; null = as the camera sends it @throws ProbeFailure
 */
export async function takeSnapshot(
  { ffmpeg, url, width = null }: { ffmpeg: string; url: string; width?: number | null },
  signal: AbortSignal,
): Promise<Buffer> {
  const args = stillArguments(url, width);
  const { stdout, stderr, error } = await run(ffmpeg, args, { ...BOUNDS, signal, timeoutMs: WITHIN_MS });
  if (stdout.subarray(0, 3).equals(JPEG_START)) return stdout;
  if (error === null && stderr.trim() === '') throw new ProbeFailure('no-video', 'no picture came');
  throw failureOf(error, stderr);
}
