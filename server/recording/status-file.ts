// What the recorder says of itself, as a file. It is replaced when there is something new to say; in between the time of its last
// change is the sign of life. To replace it each second would be a third of the recorder's processor time, most of that the rename.

import { renameSync, utimesSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { videoPaths, type RecorderStatus } from './contract.js';
import { parseStatus, textOf } from './wanted.js';

/** What changes all the time (free space, the rate) is told no later than this, ms. */
const ANEW_MS = 10_000;

/** The recorder's end: one writer a folder. */
export class StatusFile {
  readonly #file: string;
  #told = '';
  #toldAt = -Infinity;

  constructor(folder: string) {
    this.#file = videoPaths(folder).status;
  }

  /** Says how it is, or only that it lives. To be called each second. A full disk takes no status: the next second may. */
  tell(status: RecorderStatus): void {
    const { at } = status;
    const text = JSON.stringify({ ...status, at: 0, freeBytes: 0, clock: 0 });
    try {
      // A clock that was set makes everything new.
      if (text === this.#told && Math.abs(at - this.#toldAt) < ANEW_MS) {
        utimesSync(this.#file, at / 1_000, at / 1_000);
        return;
      }
      // Nobody waits here: without the pool of threads it costs a tenth.
      writeFileSync(`${this.#file}.partial`, JSON.stringify(status), { mode: 0o600 });
      utimesSync(`${this.#file}.partial`, at / 1_000, at / 1_000);
      renameSync(`${this.#file}.partial`, this.#file);
      this.#told = text;
      this.#toldAt = at;
    } catch {
      this.#told = '';
    }
  }
}

/** Reads what the recorder of a folder said last; `at` is its last sign of life. @returns null where nothing can be read */
export async function readStatus(folder: string): Promise<RecorderStatus | null> {
  const { status: file } = videoPaths(folder);
  const [text, seen] = await Promise.all([textOf(file), stat(file).catch(() => null)]);
  const status = text === null ? null : parseStatus(text);
  return status === null || seen === null ? status : { ...status, at: Math.round(seen.mtimeMs) };
}
