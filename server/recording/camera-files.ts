// Takes the files of one camera in: each becomes a segment line, with the gaps before and inside it. What the disk refuses is
// tried again; nothing is given up and nothing deleted.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { GapCause, SegmentFlag } from '../core/video-types.js';
import { videoPaths } from './contract.js';
import type { Fmp4Facts } from './fmp4.js';
import type { GapLedger } from './gaps.js';
import type { Manifest } from './manifest.js';
import { mendHead } from './mended-head.js';
import type { ClosedFile, Run } from './run.js';
import { examineFile, moveAside, moveToCamera } from './segment-file.js';
import { timesOf } from './segment-times.js';
import { timesOfSetClock } from './set-clock.js';
import type { LineBody } from './video-line.js';

/** A file without pictures of more bytes than this was something once. */
const EMPTY_BYTES = 4_096;

export class CameraFiles {
  /** Lines that the disk did not take yet. */
  #pending: LineBody[] = [];
  #work: Promise<void> = Promise.resolve();
  #working = 0;
  /** The run whose file was taken last, and where that ended. */
  #last: { run: string; endAt: number | null } = { run: '', endAt: null };
  readonly #again: (() => Promise<void>)[] = [];

  constructor(
    private readonly cameraId: string,
    private readonly folder: string,
    private readonly manifest: Manifest,
    private readonly ledger: GapLedger,
    /** One file at a time in the whole recorder. */
    private readonly queue: <T>(job: () => Promise<T>) => Promise<T>,
    private readonly log: (text: string) => void,
    /** Told of every file that holds pictures. */
    private readonly learn: (facts: Fmp4Facts, bytes: number) => void,
  ) {}

  get isWorking(): boolean {
    return this.#working > 0;
  }

  get isIdle(): boolean {
    return this.#working + this.#pending.length + this.#again.length === 0;
  }

  /** Resolves when all that was found so far is in the manifest, or was refused. */
  settled(): Promise<void> {
    return this.#work;
  }

  take(run: Run, file: ClosedFile): void {
    this.#enqueue(() => this.#takeFile(run, file));
  }

  /** What a run that is over left, and then its folder. */
  takeRest(run: Run): void {
    this.#enqueue(async () => {
      for (const file of await run.leftovers()) await this.#takeFile(run, file);
      await run.removeFolder();
    });
  }

  /** Files in the camera's folder that no line names: the power went between moving and writing. */
  async takeUnlisted(): Promise<void> {
    const own = videoPaths(this.folder).camera(this.cameraId);
    for (const day of await namesIn(own, /^\d{8}$/))
      for (const name of await namesIn(join(own, day), /\.mp4$/)) {
        const file = `${this.cameraId}/${day}/${name}`;
        if (this.manifest.names(file)) continue;
        const closed = { path: join(own, day, name), startAt: null, endAt: null, listed: false };
        this.#enqueue(() => this.#takeFile(null, closed, file));
      }
  }

  write(lines: LineBody[]): void {
    this.#enqueue(() => this.#append(lines));
  }

  /** Tries again what the disk refused. To be called each second. */
  tryAgain(): void {
    if (this.isWorking) return;
    for (const job of this.#again.splice(0)) this.#enqueue(job);
    if (this.#pending.length > 0) this.write([]);
  }

  #enqueue(job: () => Promise<void>): void {
    this.#working += 1;
    this.#work = this.#work
      .then(() => this.queue(job))
      .catch((error: unknown) => {
        this.log(`${this.cameraId}: ${(error as Error).message}`);
        this.#again.push(job);
      })
      .finally(() => {
        this.#working -= 1;
      });
  }

  /** @param named its place in the camera's folder, where it already has one */
  async #takeFile(run: Run | null, file: ClosedFile, named?: string): Promise<void> {
    let examined = await examineFile(file.path);
    // A recorder of before has taken it in.
    if (examined === null) return;
    const isMended = run !== null && examined.facts !== null && (await this.#mend(run, file, examined.facts));
    if (isMended) examined = (await examineFile(file.path)) ?? examined;
    const { facts, bytes, sha256 } = examined;
    const frames = facts?.frames ?? 0;
    if (frames === 0 && bytes < EMPTY_BYTES) {
      if (named === undefined) await moveAside(file.path, this.folder, this.cameraId);
      return;
    }
    const goesOn = run !== null && run.folder === this.#last.run;
    const byMs = this.ledger.clockSetMs - (run?.clockSetMs ?? 0);
    const times = timesOf(file, examined);
    const told = timesOfSetClock(times, facts, run === null ? 0 : byMs, goesOn ? this.#last.endAt : null);
    const { startAt, endAt, damaged, holes } = told;
    this.#last = { run: run?.folder ?? '', endAt };
    if (run !== null && told.isPassed) run.clockSetMs += byMs;
    // The ledger has the clock of now, the lines of a file have the clock of its time.
    const aheadMs = told.isNew ? 0 : byMs;
    const flags: SegmentFlag[] = [];
    if (!file.listed && facts?.closed !== true) flags.push('cut-short');
    if (damaged || facts?.parametersChanged === true || facts?.headIsWrong === true) flags.push('damaged');
    if (run?.note.isSub === true) flags.push('sub-stream');
    if (isMended) flags.push('head-mended');
    const name = named ?? (await moveToCamera(file.path, this.folder, this.cameraId, startAt));
    const lines: LineBody[] = [];
    const gap = (from: number, to: number, cause: GapCause) => lines.push({ kind: 'gap', from, to, cause });
    // One ffmpeg that went on all the time: nothing came from the camera.
    const otherwise = goesOn ? 'camera-stalled' : 'unknown';
    const before = this.ledger.recorded(startAt + aheadMs, endAt + aheadMs, otherwise);
    if (before !== null) gap(before.from - aheadMs, before.to - aheadMs, before.cause);
    lines.push({
      ...{ kind: 'segment', file: name, startAt, endAt, bytes, sha256, frames, flags },
      ...{ width: facts?.width ?? 0, height: facts?.height ?? 0, codec: facts?.codec ?? '' },
    });
    const inside = (from: number, to: number, cause: 'segment-damaged' | 'camera-stalled') =>
      gap(from, to, this.ledger.causeOf(from + aheadMs, to + aheadMs, cause));
    if (frames === 0) inside(startAt, endAt, 'segment-damaged');
    for (const { fromMs, toMs } of holes)
      inside(Math.round(startAt + fromMs), Math.round(startAt + toMs), 'camera-stalled');
    if (facts !== null && frames > 0) this.learn(facts, bytes);
    await this.#append(lines);
  }

  /** @returns whether the file has another head now @throws Error where the disk is full: the next second may be better */
  async #mend(run: Run, { path }: ClosedFile, facts: Fmp4Facts): Promise<boolean> {
    try {
      return await mendHead(path, { folder: run.folder, ffmpeg: run.note.ffmpeg }, facts);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOSPC') throw error;
      this.log(`${this.cameraId}: no right head for ${path}: ${message}`);
      return false;
    }
  }

  /** What the disk does not take waits for the next second. */
  async #append(lines: LineBody[]): Promise<void> {
    this.#pending.push(...lines);
    const now = [...this.#pending];
    try {
      await this.manifest.append(now);
      this.#pending = this.#pending.slice(now.length);
    } catch (error) {
      this.log(`${this.cameraId}: the manifest takes no line: ${(error as Error).message}`);
    }
  }
}

async function namesIn(folder: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.filter((name) => pattern.test(name)).sort();
}
