// The server's end of the recorder: writes what is wanted, reads what is done, and starts a recorder where none lives. It holds
// no recording of its own: the server may die at any moment without a frame being lost.

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { VideoLine } from '../core/video-types.js';
import type { Log } from '../log.js';
import { videoPaths, type RecorderStatus, type Wanted } from './contract.js';
import { readManifest } from './manifest.js';
import { isRecorderProcess, watchRecorder, type RecorderWatch } from './one-recorder.js';
import { readStatus } from './status-file.js';
import { parseWanted, replaceFile, textOf } from './wanted.js';

/** Without a sign of life for longer, a recorder says nothing any more; it hangs or is gone. */
export const STALE_STATUS_MS = 5_000;
/** And so long after its last sign of life it is ended. */
const HANGS_AFTER_MS = 7_000;
const LOOK_EVERY_MS = 1_000;
/** A recorder that ends at once is not started again more often. */
const START_AGAIN_MS = 1_000;
/** From the start of a process to its being the recorder: longer than a machine with too much to do needs to load it. */
const LOADED_WITHIN_MS = 60_000;
/** From its being the recorder to its first status. */
const FIRST_STATUS_MS = 15_000;
const STOP_WITHIN_MS = 15_000;
/** A recorder looks at what is wanted each second, and then closes its files: one that has not gone by then is asked otherwise. */
const SIGNAL_AFTER_MS = 6_000;

/**
 * Most of the recorder's code runs once in ten seconds: compilers and collectors in threads of their own cost more than they
 * ever give back.
 */
const SPARING = ['--max-semi-space-size=1', '--single-threaded', '--no-opt'];

export interface RecorderClientOptions {
  /** The video folder; made when it is missing. */
  folder: string;
  /** The compiled `recorder-main.js`. */
  entry: string;
  log: Log;
  /** Tests stand for another system here; else this one. */
  platform?: NodeJS.Platform;
}

/** What the server sets; format and revision are added. */
export type WantedNow = Omit<Wanted, 'format' | 'revision'>;

export class RecorderClient {
  readonly #paths: ReturnType<typeof videoPaths>;
  #revision = 0;
  #wanted: WantedNow | null = null;
  #status: RecorderStatus | null = null;
  /** When its last sign of life was heard, by the clock that never jumps: one that is set makes nobody silent. */
  #heardMono = -Infinity;
  #watch: RecorderWatch | null = null;
  #startedAtMono = -Infinity;
  /** The process that was started last, while it is being loaded. */
  #child: ChildProcess | null = null;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;
  /** Where the lines of a camera begin that were asked for last. */
  readonly #places = new Map<string, { line: number; byte: number }>();

  private constructor(private readonly options: RecorderClientOptions) {
    this.#paths = videoPaths(options.folder);
  }

  /** Looks who records; starts nothing yet: a room without cameras has no recorder. */
  static async open(options: RecorderClientOptions): Promise<RecorderClient> {
    const client = new RecorderClient(options);
    await mkdir(client.#paths.own, { recursive: true, mode: 0o700 });
    const before = await textOf(client.#paths.wanted);
    const revision = before === null ? null : /"revision":(\d{1,15})/.exec(before)?.[1];
    client.#revision = Number(revision ?? 0);
    await client.#readStatus();
    client.#timer = setInterval(() => client.#lookSoon(), LOOK_EVERY_MS);
    client.#timer.unref();
    return client;
  }

  /** Says what is wanted from now on. A recorder that lives follows within a second, where none lives one is started. */
  async want(wanted: WantedNow): Promise<void> {
    this.#wanted = wanted;
    this.#revision += 1;
    const whole: Wanted = { format: 1, revision: this.#revision, ...wanted };
    await replaceFile(this.#paths.wanted, JSON.stringify(whole));
    this.#lookSoon();
    await this.#looking;
  }

  /** The newest status, read each second; null = no recorder speaks. */
  status(): RecorderStatus | null {
    return performance.now() - this.#heardMono <= STALE_STATUS_MS ? this.#status : null;
  }

  /**
   * Lines of a camera's manifest from one on, at most `limit`. They have the form of lines; whether the chain holds is for who
   * takes them over. Asking on from the line after the last is cheap.
   */
  async linesOf(cameraId: string, fromLine: number, limit = 1_000): Promise<VideoLine[]> {
    const place = this.#places.get(cameraId);
    const start = place !== undefined && place.line <= fromLine ? place : { line: 0, byte: 0 };
    const lines: VideoLine[] = [];
    let { byte } = start;
    for await (const { line, endsAt } of readManifest(this.#paths.manifest(cameraId), start.byte)) {
      if (line !== null && line.line >= fromLine) {
        if (lines.length >= limit) break;
        lines.push(line);
      }
      byte = endsAt;
    }
    const last = lines.at(-1);
    if (last !== undefined) this.#places.set(cameraId, { line: last.line + 1, byte });
    return lines;
  }

  /**
   * Lets go. With `keepRecording` the recorder goes on until `until`, or until another server tells it otherwise; else all
   * recordings end in order first, waited for at most 15 s. It hears of that from the file of what is wanted: a signal ends a
   * process at once on Windows, and is the second way elsewhere.
   */
  async stop({ keepRecording }: { keepRecording: boolean }): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#looking;
    const watch = this.#watch;
    if (!keepRecording && watch !== null && !(await this.#endsInOrder(watch)))
      this.options.log.warn({ pid: watch.pid }, 'The recorder does not end; it is left alone');
    watch?.close();
  }

  /** @returns whether it is gone */
  async #endsInOrder({ pid, goneWithin }: RecorderWatch): Promise<boolean> {
    const asked = await this.#wantNothing();
    if (asked && (await goneWithin(SIGNAL_AFTER_MS))) return true;
    if ((this.options.platform ?? process.platform) !== 'win32' && isRecorderProcess(pid))
      signal(pid, 'SIGTERM');
    return goneWithin(asked ? STOP_WITHIN_MS - SIGNAL_AFTER_MS : STOP_WITHIN_MS);
  }

  /** Says that nothing is wanted any more, and no time is left. @returns false where that cannot be said */
  async #wantNothing(): Promise<boolean> {
    try {
      const wanted = this.#wanted ?? parseWanted((await textOf(this.#paths.wanted)) ?? '');
      if (wanted === null) return false;
      const nothing = { ...wanted, cameras: [], until: 0 };
      const whole: Wanted = { ...nothing, format: 1, revision: this.#revision + 1 };
      await replaceFile(this.#paths.wanted, JSON.stringify(whole));
      return true;
    } catch {
      return false;
    }
  }

  #lookSoon(): void {
    this.#looking = this.#looking
      .then(() => (this.#closed ? undefined : this.#look()))
      .catch((error: unknown) =>
        this.options.log.warn({ err: error }, 'The recorder could not be looked after'),
      );
  }

  async #look(): Promise<void> {
    await this.#readStatus();
    if (this.#watch !== null) {
      this.#endWhenItHangs(this.#watch);
      return;
    }
    const watch = await watchRecorder(this.options.folder);
    if (watch !== null) {
      this.#watch = watch;
      this.#child = null;
      void watch.gone.then(() => {
        this.#watch = null;
        if (!this.#closed) this.#lookSoon();
      });
      return;
    }
    if (this.#wanted === null || this.#wanted.cameras.length === 0) return;
    const sinceStartMs = performance.now() - this.#startedAtMono;
    if (this.#child !== null) {
      // Another one beside it would only take from it what it needs to become the recorder.
      if (sinceStartMs > LOADED_WITHIN_MS) this.#child.kill('SIGKILL');
      return;
    }
    if (sinceStartMs < START_AGAIN_MS) return;
    this.#start();
  }

  #start(): void {
    this.#startedAtMono = performance.now();
    const { folder, entry, log } = this.options;
    mkdirSync(this.#paths.own, { recursive: true, mode: 0o700 });
    const child = spawn(process.execPath, [...SPARING, entry, '--folder', folder], {
      detached: true,
      windowsHide: true,
      stdio: 'ignore',
      env: { ...process.env, TZ: process.platform === 'win32' ? 'UTC0' : 'UTC' },
    });
    const over = () => {
      if (this.#child === child) this.#child = null;
    };
    child.once('error', (error) => {
      log.error({ err: error }, 'The recorder does not start');
      over();
    });
    child.once('exit', () => {
      over();
      if (!this.#closed) this.#lookSoon();
    });
    child.unref();
    this.#child = child;
    log.info({ pid: child.pid }, 'A recorder is started');
  }

  #endWhenItHangs(watch: RecorderWatch): void {
    const hasSpoken = this.#status?.pid === watch.pid;
    const silentMs = performance.now() - Math.max(watch.sinceMono, hasSpoken ? this.#heardMono : 0);
    if (silentMs <= (hasSpoken ? HANGS_AFTER_MS : FIRST_STATUS_MS) || !isRecorderProcess(watch.pid)) return;
    this.options.log.error({ pid: watch.pid, silentMs }, 'The recorder hangs and is ended');
    signal(watch.pid, 'SIGKILL');
  }

  async #readStatus(): Promise<void> {
    const status = await readStatus(this.options.folder);
    if (status === null) return;
    const before = this.#status;
    // How old the first one is, the wall clock alone can tell.
    if (before === null) this.#heardMono = performance.now() - Math.max(0, Date.now() - status.at);
    else if (status.at !== before.at || status.pid !== before.pid) this.#heardMono = performance.now();
    this.#status = status;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already.
  }
}
