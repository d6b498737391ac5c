// One ffmpeg that records one stream into a folder of its own. All that is known of it lies in that folder, so that a recorder
// that comes later takes over the ffmpeg of one that died without a picture being lost.

import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  LIST_NAME,
  recordingArguments,
  withoutCredentials,
  type FfmpegFlavour,
  type RecordingOptions,
} from './ffmpeg-arguments.js';
import { MENDED_NAME, RIGHT_HEAD_NAME } from './mended-head.js';
import { replaceFile, textOf } from './wanted.js';

const NOTE_NAME = 'run.json';
const MAX_STDERR = 4_000;
/** From the request to end to the end by force. */
export const END_WITHIN_MS = 5_000;
/** A run that nobody ends ends by itself: a dead machine's recording must not fill the disk for days. */
const LONGEST_RUN_MS = 12 * 3_600_000;
/** More than a file's head without pictures. */
const HEAD_BYTES = 1_500;

/** A file of the run that nothing is added to any more. */
export interface ClosedFile {
  path: string;
  /** As ffmpeg lists it, wall clock; null = it does not. */
  startAt: number | null;
  endAt: number | null;
  /** False: its ffmpeg died before it was whole. */
  listed: boolean;
}

interface RunNote {
  pid: number;
  startedAt: number;
  isSub: boolean;
  source: string;
  ffmpeg: string;
}

export interface RunStart extends Omit<RecordingOptions, 'folder' | 'endsAt'> {
  ffmpeg: string;
  flavour: FfmpegFlavour;
  /** The camera's folder of open files. */
  openFolder: string;
  isSub: boolean;
  /** Wall clock. */
  now: number;
}

/** Names a stream without telling its password. */
const sourceOf = (stream: string): string => createHash('sha256').update(stream).digest('hex').slice(0, 16);
const streamOf = (url: string, audio: boolean): string => `${audio ? 'a' : ''}${url}`;

/** The name of the stream that is wanted. It is asked for each second: a hash each time would be dearer than the look itself. */
export class SourceName {
  #stream = '';
  #name = '';

  /** @returns what the note of a run of this stream says */
  of(url: string, audio: boolean): string {
    const stream = streamOf(url, audio);
    if (this.#name === '' || stream !== this.#stream) {
      this.#stream = stream;
      this.#name = sourceOf(stream);
    }
    return this.#name;
  }
}

export class Run {
  readonly #child: ChildProcess | null;
  #stderr = '';
  #exit: { code: number | null; signal: string | null } | null = null;
  #listBytes = 0;
  #listed = 0;
  readonly #list: string;
  /** The file that grows: its number, and its bytes at the last look. */
  #open = { number: -1, path: '', bytes: 0 };
  #askedAtMono: number | null = null;
  /** By how much the wall clock was set, of all that its ledger counts, as far as its files have it. */
  clockSetMs = 0;
  /** Told at once when an ffmpeg of our own ends. */
  onExit: () => void = () => undefined;

  private constructor(
    readonly folder: string,
    readonly note: RunNote,
    child: ChildProcess | null,
  ) {
    this.#child = child;
    this.#list = join(folder, LIST_NAME);
    child?.stderr?.on('data', (piece: Buffer) => {
      this.#stderr = (this.#stderr + piece.toString('utf8')).slice(-MAX_STDERR);
    });
    child?.on('error', (error) => {
      this.#stderr += error.message;
      this.#exit ??= { code: -1, signal: null };
      this.onExit();
    });
    child?.on('exit', (code, signal) => {
      this.#exit = { code, signal };
      this.onExit();
    });
  }

  /** Starts an ffmpeg. @throws Error when its folder cannot be made */
  static async start(options: RunStart): Promise<Run> {
    const folder = join(options.openFolder, `${options.now}-${process.pid}`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const endsAt = options.now + LONGEST_RUN_MS;
    const child = spawn(options.ffmpeg, recordingArguments({ ...options, folder, endsAt }, options.flavour), {
      // Of a group of its own: a key pressed where the recorder runs is not for it, and it outlives the recorder.
      detached: true,
      windowsHide: true,
      stdio: [process.platform === 'win32' ? 'pipe' : 'ignore', 'ignore', 'pipe'],
      env: { ...process.env, TZ: process.platform === 'win32' ? 'UTC0' : 'UTC' },
    });
    child.stdin?.on('error', () => undefined);
    const source = sourceOf(streamOf(options.url, options.audio));
    const { now: startedAt, isSub, ffmpeg } = options;
    const note = { pid: child.pid ?? 0, startedAt, isSub, source, ffmpeg };
    const run = new Run(folder, note, child);
    await replaceFile(join(folder, NOTE_NAME), JSON.stringify(note));
    return run;
  }

  /** Takes over what a recorder of before began; what its note does not tell is taken as ended. */
  static async adopt(folder: string): Promise<Run> {
    let note: RunNote = { pid: 0, startedAt: 0, isSub: false, source: '', ffmpeg: 'ffmpeg' };
    try {
      const read = JSON.parse((await textOf(join(folder, NOTE_NAME))) ?? '{}') as Partial<RunNote>;
      note = {
        pid: Number.isSafeInteger(read.pid) ? Number(read.pid) : 0,
        startedAt: Number(read.startedAt) || 0,
        isSub: read.isSub === true,
        source: String(read.source),
        ffmpeg: typeof read.ffmpeg === 'string' ? read.ffmpeg : 'ffmpeg',
      };
    } catch {
      // A torn note: its files are still there to be taken in.
    }
    return new Run(folder, note, null);
  }

  get isOver(): boolean {
    if (this.#child !== null) return this.#exit !== null;
    return !isRecording(this.note.pid, this.folder);
  }

  /** The end was asked for. */
  get isEnding(): boolean {
    return this.#askedAtMono !== null;
  }

  /** Begun by a recorder of before: how it ends is not told. */
  get isAdopted(): boolean {
    return this.#child === null;
  }

  /** Killed by somebody. */
  get wasKilled(): boolean {
    return this.#exit?.signal === 'SIGKILL';
  }

  /** Why it ended, bounded and without credentials. */
  get reason(): string {
    const last = this.#stderr.trim().split('\n').at(-1) ?? '';
    const how = this.#exit === null ? 'ended' : `ended with ${this.#exit.signal ?? this.#exit.code}`;
    return withoutCredentials(last === '' ? `ffmpeg ${how}` : last, 200);
  }

  /** The end of what it complained about; may hold credentials. */
  get complaints(): string {
    return this.#stderr;
  }

  /** Asks for an orderly end, by force after 5 s. */
  end(): void {
    this.#askedAtMono ??= performance.now();
    if (process.platform === 'win32' && this.#child?.stdin?.writable === true) this.#child.stdin.write('q');
    else this.#signal('SIGTERM');
  }

  kill(): void {
    this.#askedAtMono ??= performance.now();
    this.#signal('SIGKILL');
  }

  /** To be called now and then while it ends. */
  endByForceIfLate(): void {
    if (this.#askedAtMono !== null && performance.now() - this.#askedAtMono > END_WITHIN_MS)
      this.#signal('SIGKILL');
  }

  // Looks of each second are synchronous: a look through the pool of threads costs ten times as much, and nobody waits here.

  /** True when bytes were added since the last look: pictures came. */
  hasGrown(): boolean {
    const number = this.#listed;
    if (number !== this.#open.number)
      this.#open = { number, path: join(this.folder, `${String(number).padStart(6, '0')}.mp4`), bytes: 0 };
    const before = this.#open.bytes;
    const bytes = sizeOf(this.#open.path);
    if (bytes === null) return false;
    this.#open.bytes = bytes;
    return bytes > before && (before > 0 || number > 0 || bytes > HEAD_BYTES);
  }

  /** Files that got whole since the last call, in their order. */
  newlyListed(): ClosedFile[] {
    const found: ClosedFile[] = [];
    const toWall = (seconds: string) => (Number(seconds) > 1e9 ? Math.round(Number(seconds) * 1_000) : null);
    for (const line of this.#newLines()) {
      const [name = '', start = '', end = ''] = line.split(',');
      if (!/^\d{6,9}\.mp4$/.test(name)) continue;
      this.#listed = Number.parseInt(name, 10) + 1;
      found.push({ path: join(this.folder, name), startAt: toWall(start), endAt: toWall(end), listed: true });
    }
    return found;
  }

  /** Files that its end left without an entry; the run must be over, and what is listed taken in. */
  async leftovers(): Promise<ClosedFile[]> {
    const names = await readdir(this.folder).catch((): string[] => []);
    return names
      .filter((name) => /^\d{6,9}\.mp4$/.test(name))
      .sort()
      .map((name) => ({ path: join(this.folder, name), startAt: null, endAt: null, listed: false }));
  }

  /** Removes the folder; a recording that were still inside would keep it there. */
  async removeFolder(): Promise<void> {
    const own = [LIST_NAME, `${LIST_NAME}.tmp`, NOTE_NAME, RIGHT_HEAD_NAME, MENDED_NAME];
    for (const name of [...own, `${NOTE_NAME}.partial`, `${RIGHT_HEAD_NAME}.partial`])
      await rm(join(this.folder, name), { force: true }).catch(() => undefined);
    await rmdir(this.folder).catch(() => undefined);
  }

  #newLines(): string[] {
    const size = sizeOf(this.#list) ?? 0;
    if (size <= this.#listBytes) return [];
    const bytes = Buffer.alloc(size - this.#listBytes);
    const list = openSync(this.#list, 'r');
    try {
      const bytesRead = readSync(list, bytes, 0, bytes.length, this.#listBytes);
      const whole = bytes.subarray(0, bytesRead).lastIndexOf(10) + 1;
      this.#listBytes += whole;
      return bytes
        .toString('utf8', 0, whole)
        .split('\n')
        .filter((line) => line !== '');
    } finally {
      closeSync(list);
    }
  }

  #signal(name: NodeJS.Signals): void {
    if (this.note.pid <= 0 || this.isOver) return;
    try {
      process.kill(this.note.pid, name);
    } catch {
      // It is gone already.
    }
  }
}

function sizeOf(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.size ?? null;
}

/** True when a process is the ffmpeg of this folder: its number may be somebody else's by now. */
function isRecording(pid: number, folder: string): boolean {
  if (pid <= 0) return false;
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${folder}/`);
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
