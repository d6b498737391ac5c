// Makes single pictures with ffmpeg, one after the other: bounded in time, size and number, behind everything else that the
// machine has to do.

import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';

const MAX_BYTES = 8 * 2 ** 20;
const MAX_WAITING = 8;

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

  #run(ffmpeg: string, args: readonly string[]): Promise<Buffer | null> {
    return new Promise((resolve) => {
      const child = spawn(ffmpeg, args, { stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
      standBack(child.pid);
      const chunks: Buffer[] = [];
      let length = 0;
      const late = setTimeout(() => child.kill('SIGKILL'), this.withinMs);
      child.stdout.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > MAX_BYTES) child.kill('SIGKILL');
        else chunks.push(chunk);
      });
      const done = (bytes: Buffer | null) => {
        clearTimeout(late);
        resolve(bytes);
      };
      child.once('error', () => done(null));
      child.once('close', () => done(length > 0 && length <= MAX_BYTES ? Buffer.concat(chunks) : null));
    });
  }
}
