// The list of what a camera recorded: one chained line for each segment and each gap, appended and flushed before anybody
// relies on it. A torn end (the power went) is set aside, never a line in the middle: what is wrong there is for whoever
// verifies.

import { closeSync, constants, existsSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { mkdir, open, writeFile, type FileHandle } from 'node:fs/promises';
import type { VideoLine } from '../core/video-types.js';
import { videoPaths } from './contract.js';
import { flushData, flushFolder } from './flushed.js';
import { chainLine, MAX_LINE_BYTES, NO_LINE, parseLine, type LineBody } from './video-line.js';

const CHUNK_BYTES = 256 * 1024;
const SET_BACK_MS = 30_000;

/** One whole line of the file. */
export interface ReadLine {
  /** null: not a line of ours. */
  line: VideoLine | null;
  /** Byte behind its line feed. */
  endsAt: number;
}

/** Reads whole lines from a byte on; what has no line feed yet is not there. @param fromByte a line's beginning */
export async function* readManifest(file: string, fromByte = 0): AsyncGenerator<ReadLine> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let held = Buffer.alloc(0);
    let at = fromByte;
    let readAt = fromByte;
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, readAt);
      if (bytesRead === 0) return;
      readAt += bytesRead;
      held = Buffer.concat([held, chunk.subarray(0, bytesRead)]);
      let start = 0;
      for (let feed = held.indexOf(10); feed >= 0; feed = held.indexOf(10, start)) {
        const text = feed - start > MAX_LINE_BYTES ? '' : held.toString('utf8', start, feed);
        at += feed + 1 - start;
        start = feed + 1;
        yield { line: parseLine(text), endsAt: at };
      }
      held = held.subarray(start);
    }
  } finally {
    await handle.close();
  }
}

/** The end of a camera's manifest, for the one process that appends to it. */
export class Manifest {
  readonly #own: string;
  readonly #path: string;
  #lines = 0;
  #headHash = NO_LINE;
  #bytes = 0;
  /** The newest end of a segment, wall clock as it was then; null = none yet. */
  #lastEndAt: number | null = null;
  #codec: string | null = null;
  readonly #files = new Set<string>();

  private constructor(
    folder: string,
    private readonly cameraId: string,
  ) {
    const paths = videoPaths(folder);
    this.#own = paths.camera(cameraId);
    this.#path = paths.manifest(cameraId);
  }

  /** Reads what is there and sets a torn end aside. */
  static async open(folder: string, cameraId: string): Promise<Manifest> {
    const manifest = new Manifest(folder, cameraId);
    await mkdir(videoPaths(folder).camera(cameraId), { recursive: true });
    await manifest.#load();
    return manifest;
  }

  get lines(): number {
    return this.#lines;
  }
  get headHash(): string {
    return this.#headHash;
  }
  get lastEndAt(): number | null {
    return this.#lastEndAt;
  }
  /** Codec of the newest segment. */
  get codec(): string | null {
    return this.#codec;
  }

  /** True when a segment line names this file. */
  names(file: string): boolean {
    return this.#files.has(file);
  }

  /** Appends lines and flushes them. @throws Error when the disk does not take them; then none of them counts */
  async append(bodies: readonly LineBody[]): Promise<VideoLine[]> {
    if (bodies.length === 0) return [];
    if (!existsSync(this.#own)) await mkdir(this.#own, { recursive: true });
    // Somebody else may have appended since: an import, or a hand.
    if (sizeOf(this.#path) !== this.#bytes) await this.#load();
    const lines: VideoLine[] = [];
    let prev = this.#headHash;
    for (const body of bodies) {
      const line = chainLine(this.cameraId, this.#lines + lines.length, prev, body);
      prev = line.hash;
      lines.push(line);
    }
    const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''), 'utf8');
    const isNew = this.#bytes === 0;
    const fd = openSync(this.#path, constants.O_WRONLY | constants.O_CREAT, 0o600);
    try {
      let done = 0;
      while (done < bytes.length) done += writeSync(fd, bytes, done, bytes.length - done, this.#bytes + done);
      await flushData(fd);
    } catch (error) {
      try {
        ftruncateSync(fd, this.#bytes);
      } catch {
        // The torn end is set aside when the list is read again.
      }
      throw error;
    } finally {
      closeSync(fd);
    }
    if (isNew) await flushFolder(this.#own);
    for (const line of lines) this.#take(line);
    this.#bytes += bytes.length;
    return lines;
  }

  #take(line: VideoLine): void {
    this.#lines = line.line + 1;
    this.#headHash = line.hash;
    if (line.kind !== 'segment') return;
    this.#files.add(line.file);
    if (line.frames > 0) this.#codec = line.codec;
    const before = this.#lastEndAt ?? 0;
    // What overlaps is older by seconds; what is older by more came after the clock was set back.
    if (line.endAt > before || before - line.endAt > SET_BACK_MS) this.#lastEndAt = line.endAt;
  }

  async #load(): Promise<void> {
    this.#lines = 0;
    this.#headHash = NO_LINE;
    this.#bytes = 0;
    this.#lastEndAt = null;
    this.#files.clear();
    for await (const { line, endsAt } of readManifest(this.#path)) {
      if (line === null) continue;
      this.#take(line);
      this.#bytes = endsAt;
    }
    await this.#setTornEndAside();
  }

  async #setTornEndAside(): Promise<void> {
    const size = sizeOf(this.#path);
    if (size <= this.#bytes) return;
    const handle = await open(this.#path, 'r+');
    try {
      const torn = Buffer.alloc(Math.min(size - this.#bytes, 2 ** 20));
      await handle.read(torn, 0, torn.length, this.#bytes);
      await writeFile(`${this.#path}.torn-${this.#lines}`, torn, { flag: 'a', mode: 0o600 }).catch(
        () => undefined,
      );
      await handle.truncate(this.#bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/** Appends lines for a camera that the recorder does not write for (files of a camcorder). @returns them with their chain */
export async function appendLines(
  folder: string,
  cameraId: string,
  bodies: readonly LineBody[],
): Promise<VideoLine[]> {
  return (await Manifest.open(folder, cameraId)).append(bodies);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
