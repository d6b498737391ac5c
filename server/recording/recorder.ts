// The recorder of one video folder: follows what the server wants, keeps a recording a camera, watches space, volume and clock,
// and says each second what it does. It deletes nothing.

import { spawnSync } from 'node:child_process';
import { statSync, type Stats } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import type { GapCause } from '../core/video-types.js';
import { CameraRecording, type Surroundings } from './camera-recording.js';
import { videoPaths, type RecorderStatus, type Wanted } from './contract.js';
import { readFlavour, type FfmpegFlavour } from './ffmpeg-arguments.js';
import { Manifest } from './manifest.js';
import { CLOCK_STEP_MS, setWhileAway, type BothClocks } from './set-clock.js';
import { freeBytesNow, nextSpace, type Space } from './space.js';
import { readStatus, StatusFile } from './status-file.js';
import { volumeState } from './volume.js';
import { parseWanted, textOf } from './wanted.js';

export const TICK_MS = 1_000;
const LOOK_AT_DISK_MS = 5_000;
const STOP_WITHIN_MS = 10_000;
/** A new ffmpeg is assumed where it does not say which it is. */
const NEW_FLAVOUR: FfmpegFlavour = { libavformat: 61, version: 0 };

export interface RecorderClocks {
  bootId: string;
  wallAt(): number;
  /** Since the boot, where the system says that. */
  monoMs(): number;
}

export class Recorder {
  readonly #paths: ReturnType<typeof videoPaths>;
  readonly #statusFile: StatusFile;
  readonly #cameras = new Map<string, CameraRecording>();
  readonly #flavours = new Map<string, FfmpegFlavour>();
  readonly #startedAt: number;
  #wanted: Wanted | null = null;
  /** Until when by the clock that never jumps: an hour that never was ends no recording. */
  #untilMono = -Infinity;
  #wantedSeen: Stats | undefined;
  #before: RecorderStatus | null = null;
  /** By how much the wall clock was set since then. */
  #setAwayMs = 0;
  #space: Space = 'enough';
  #volume: RecorderStatus['volume'] = 'intended';
  #freeBytes = 0;
  #diskAtMono = -Infinity;
  #clockOffset: number;
  #queue: Promise<unknown> = Promise.resolve();
  #ticking: Promise<void> = Promise.resolve();
  #ends = false;

  constructor(
    private readonly folder: string,
    private readonly clocks: RecorderClocks,
    private readonly log: (text: string) => void,
    /** Asks for a look before the next second. */
    private readonly wake: () => void,
  ) {
    this.#paths = videoPaths(folder);
    this.#statusFile = new StatusFile(folder);
    this.#startedAt = clocks.wallAt();
    this.#clockOffset = clocks.wallAt() - clocks.monoMs();
  }

  /** Reads what was before, and takes over what is left of it. */
  async start(): Promise<void> {
    await mkdir(this.#paths.own, { recursive: true, mode: 0o700 });
    this.#before = await readStatus(this.folder);
    if (this.#before !== null)
      this.#setAwayMs = setWhileAway(this.#before.clock, this.#before.at, this.#bothClocks());
    if (this.#setAwayMs !== 0) this.log(`the clock was set by ${this.#setAwayMs} ms while no recorder lived`);
    await this.#readWanted();
    await this.#lookAtDisk(this.clocks.monoMs());
    const left = await readdir(this.#paths.open('.')).catch((): string[] => []);
    for (const cameraId of left)
      if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(cameraId)) await this.#camera(cameraId);
  }

  /** True when nobody wants anything any more. */
  get isDone(): boolean {
    const isPast = this.clocks.monoMs() >= this.#untilMono;
    return isPast && this.#isIdle;
  }

  /** One look at everything. Never two at once. */
  tick(): Promise<void> {
    this.#ticking = this.#ticking.then(() => this.#tick());
    return this.#ticking;
  }

  /** Ends all recordings in order and takes their files in. */
  async stop(): Promise<void> {
    this.#ends = true;
    const startedMono = this.clocks.monoMs();
    for (;;) {
      await this.tick();
      for (const camera of this.#cameras.values()) await camera.settled();
      if (this.#isIdle || this.clocks.monoMs() - startedMono > STOP_WITHIN_MS) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    this.#writeStatus();
  }

  get #isIdle(): boolean {
    return [...this.#cameras.values()].every((camera) => camera.isIdle);
  }

  async #tick(): Promise<void> {
    const [wallAt, monoMs] = [this.clocks.wallAt(), this.clocks.monoMs()];
    this.#lookAtClock(wallAt, monoMs);
    await this.#readWanted();
    if (monoMs - this.#diskAtMono >= LOOK_AT_DISK_MS) await this.#lookAtDisk(monoMs);
    const wanted = this.#wanted;
    const cameras = wanted !== null && monoMs < this.#untilMono ? wanted.cameras : [];
    for (const { cameraId } of cameras) await this.#camera(cameraId);
    for (const camera of this.#cameras.values())
      camera.want(cameras.find(({ cameraId }) => cameraId === camera.cameraId) ?? null);
    if (wanted !== null) {
      const around = this.#around(wanted, wallAt, monoMs);
      for (const camera of this.#cameras.values()) await camera.tick(around);
    }
    this.#writeStatus();
  }

  #around({ ffmpeg, segmentSeconds }: Wanted, wallAt: number, monoMs: number): Surroundings {
    const isOut: GapCause | null = this.#space === 'out' ? 'disk-full' : null;
    const blocked = this.#volume === 'intended' ? isOut : 'volume-missing';
    const [flavour, small, ends] = [this.#flavour(ffmpeg), this.#space === 'low', this.#ends];
    return { ffmpeg, segmentSeconds, flavour, small, blocked, ends, wallAt, monoMs };
  }

  /** A camera that is heard of for the first time. Nothing is made on a volume that is not the intended one. */
  async #camera(cameraId: string): Promise<void> {
    if (this.#cameras.has(cameraId) || this.#volume !== 'intended') return;
    const manifest = await Manifest.open(this.folder, cameraId).catch((error: unknown) => {
      this.log(`${cameraId}: ${(error as Error).message}`);
      return null;
    });
    if (manifest === null) return;
    const queue = <T>(job: () => Promise<T>): Promise<T> => {
      const done = this.#queue.then(job, job);
      this.#queue = done.catch(() => undefined);
      return done;
    };
    const { folder, log, wake } = this;
    const camera = new CameraRecording(cameraId, { folder, manifest, queue, log, wake });
    await camera.takeOver(this.clocks.monoMs(), this.#wanted?.segmentSeconds ?? 10);
    if (this.#setAwayMs !== 0) camera.clockStepped(this.clocks.wallAt(), this.#setAwayMs);
    this.#cameras.set(cameraId, camera);
    this.#oweFromBefore(camera);
  }

  /** Who else began anew since the last sign of life tells what went: the recorder alone, or the server with it. */
  #oweFromBefore(camera: CameraRecording): void {
    const before = this.#before?.cameras.find(({ cameraId }) => cameraId === camera.cameraId);
    const wanted = this.#wanted;
    const isWanted = wanted?.cameras.some(
      (one) => one.cameraId === camera.cameraId && (one.record || one.stopped === true),
    );
    if (wanted === null || isWanted !== true || typeof before?.owedFrom !== 'number') return;
    const byMs = this.#setAwayMs;
    const isServerNew = wanted.serverStartedAt > (this.#before?.at ?? 0) + byMs;
    const cause = before.gap?.cause ?? (isServerNew ? 'server-restarted' : 'recorder-restarted');
    const noticed = Array.isArray(before.troubles) ? before.troubles : [];
    const troubles = noticed.map(({ from, to, cause }) => ({ from: from + byMs, to: to + byMs, cause }));
    camera.oweSince(before.owedFrom + byMs, cause, troubles, this.clocks.wallAt());
  }

  #lookAtClock(wallAt: number, monoMs: number): void {
    const stepMs = wallAt - monoMs - this.#clockOffset;
    this.#clockOffset += stepMs;
    if (Math.abs(stepMs) <= CLOCK_STEP_MS) return;
    this.log(`the clock was set by ${Math.round(stepMs)} ms`);
    for (const camera of this.#cameras.values()) camera.clockStepped(wallAt, Math.round(stepMs));
  }

  #bothClocks(): BothClocks {
    const { bootId } = this.clocks;
    return { bootId, wallAt: Math.round(this.clocks.wallAt()), monoMs: Math.round(this.clocks.monoMs()) };
  }

  async #lookAtDisk(monoMs: number): Promise<void> {
    this.#diskAtMono = monoMs;
    this.#freeBytes = freeBytesNow(this.folder);
    const wanted = this.#wanted;
    if (wanted === null) return;
    const [space, volume] = [this.#space, this.#volume];
    this.#space = nextSpace(space, this.#freeBytes, wanted);
    this.#volume = await volumeState(this.folder, wanted.volumeId);
    if (space !== this.#space) this.log(`space: ${this.#space}, ${this.#freeBytes} bytes free`);
    if (volume !== this.#volume) this.log(`volume: ${this.#volume}`);
  }

  async #readWanted(): Promise<void> {
    const file = statSync(this.#paths.wanted, { throwIfNoEntry: false });
    const seen = this.#wantedSeen;
    if (file?.mtimeMs === seen?.mtimeMs && file?.ino === seen?.ino && file?.size === seen?.size) return;
    const text = await textOf(this.#paths.wanted);
    if (text === null) return;
    this.#wantedSeen = file;
    const wanted = parseWanted(text);
    if (wanted === null) this.log('wanted.json cannot be read; what was wanted before goes on');
    else {
      this.#wanted = wanted;
      this.#untilMono = this.clocks.monoMs() + wanted.until - this.clocks.wallAt();
      this.#diskAtMono = -Infinity;
    }
  }

  #flavour(ffmpeg: string): FfmpegFlavour {
    const known = this.#flavours.get(ffmpeg);
    if (known !== undefined) return known;
    const { stdout } = spawnSync(ffmpeg, ['-version'], {
      encoding: 'utf8',
      timeout: 10_000,
      windowsHide: true,
    });
    const flavour = typeof stdout === 'string' ? readFlavour(stdout) : null;
    // One that cannot be asked cannot record either; it is asked again when it is replaced.
    this.#flavours.set(ffmpeg, flavour ?? NEW_FLAVOUR);
    return flavour ?? NEW_FLAVOUR;
  }

  #writeStatus(): void {
    const [wallAt, monoMs] = [this.clocks.wallAt(), this.clocks.monoMs()];
    // Nothing is spread here, nor in what a camera says: it is done each second, and slow without an optimising compiler.
    const status: RecorderStatus = {
      format: 1,
      pid: process.pid,
      startedAt: this.#startedAt,
      at: wallAt,
      revision: this.#wanted?.revision ?? 0,
      freeBytes: this.#freeBytes,
      space: this.#space,
      volume: this.#volume,
      cameras: [...this.#cameras.values()].map((camera) => camera.status(monoMs)),
      clock: this.#bothClocks(),
    };
    this.#statusFile.tell(status);
  }
}
