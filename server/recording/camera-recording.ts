// The recording of one camera: keeps one ffmpeg running while it is wanted, replaces it when it fails, has its files taken in.
// A new stream begins before the old one ends, so that no change costs a picture.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { GapCause } from '../core/video-types.js';
import { Attempts, isRefusal } from './attempts.js';
import { CameraFiles } from './camera-files.js';
import { videoPaths, type CameraStatus, type WantedCamera } from './contract.js';
import type { FfmpegFlavour } from './ffmpeg-arguments.js';
import type { Fmp4Facts } from './fmp4.js';
import { GapLedger, type Gap } from './gaps.js';
import type { Manifest } from './manifest.js';
import { Run, SourceName } from './run.js';
import { FIRST_DATA_MS, SILENCE_MS, Watchdog } from './watchdog.js';

/** What the recorder knows beyond the camera. */
export interface Surroundings {
  ffmpeg: string;
  flavour: FfmpegFlavour;
  segmentSeconds: number;
  /** The smaller stream, because space is low. */
  small: boolean;
  /** Nothing may be written; why. */
  blocked: GapCause | null;
  /** The recorder ends, the recording is still wanted: who comes after names what is missing. */
  ends: boolean;
  wallAt: number;
  monoMs: number;
}

/** What a camera's recording needs of the recorder. */
export interface CameraHost {
  folder: string;
  manifest: Manifest;
  queue: <T>(job: () => Promise<T>) => Promise<T>;
  log: (text: string) => void;
  /** Asks for a look before the next second. */
  wake: () => void;
}

interface Watched {
  run: Run;
  watchdog: Watchdog;
  startedMono: number;
  dataSinceMono: number | null;
}

const PARAMETERS_AGAIN_MS = 60_000;
const SILENT_MS = 2_000;
/** So many failures, and an old stream gives way: some cameras serve one listener only. */
const GIVE_WAY_AFTER = 2;

export class CameraRecording {
  /** Oldest first; the last one leads, those before it end. */
  readonly #runs: Watched[] = [];
  readonly #ledger: GapLedger;
  readonly #files: CameraFiles;
  readonly #attempts = new Attempts();
  readonly #source = new SourceName();
  #wanted: WantedCamera | null = null;
  #patient = false;
  #isH265: boolean;
  /** A new run has to take over from the present one. */
  #renew = false;
  #renewedMono = -Infinity;
  #since: number | null = null;
  #lastDataAt: number | null = null;
  /** Since when it need not record. */
  #offAt: number | null = null;
  #facts: { fps: number; kbps: number; width: number; height: number; codec: string } | null = null;

  constructor(
    readonly cameraId: string,
    private readonly host: CameraHost,
  ) {
    const { folder, manifest, queue, log } = host;
    this.#ledger = new GapLedger(manifest.lastEndAt);
    this.#isH265 = manifest.codec === 'h265';
    const learn = (facts: Fmp4Facts, bytes: number) => this.#learn(facts, bytes);
    this.#files = new CameraFiles(cameraId, folder, manifest, this.#ledger, queue, log, learn);
  }

  /** Takes over what a recorder of before left: its ffmpeg if it lives, else its files. */
  async takeOver(monoMs: number, segmentSeconds: number): Promise<void> {
    await this.#files.takeUnlisted();
    const open = videoPaths(this.host.folder).open(this.cameraId);
    for (const name of (await readdir(open).catch((): string[] => [])).sort()) {
      const run = await Run.adopt(join(open, name));
      // What is over is only taken in.
      if (run.isOver) run.end();
      const watchdog = new Watchdog(monoMs, segmentSeconds * 1_000);
      this.#runs.push({ run, watchdog, startedMono: monoMs, dataSinceMono: null });
    }
  }

  /** What was owed before this recorder began, and why there may be a gap. */
  oweSince(at: number, cause: GapCause, troubles: readonly Gap[], now: number): void {
    this.#ledger.owe(at, true);
    this.#ledger.remember(troubles);
    if (this.#runs.every(({ run }) => run.isOver)) this.#ledger.note(now, cause);
  }

  want(camera: WantedCamera | null): void {
    const before = this.#wanted;
    if (camera !== null && before !== null && camera.url !== before.url) this.#attempts.anew();
    this.#wanted = camera;
  }

  /**
   * The wall clock was set: what comes from now on belongs into new files, and what was owed or seen before keeps its distance.
   * @param wallAt as it is now, ms @param byMs forward is positive
   */
  clockStepped(wallAt: number, byMs: number): void {
    this.#ledger.clockStepped(byMs);
    const moved = (at: number | null) => (at === null ? null : at + byMs);
    this.#since = moved(this.#since);
    this.#lastDataAt = moved(this.#lastDataAt);
    this.#offAt = moved(this.#offAt);
    if (this.#runs.every(({ run }) => run.isOver)) return;
    this.#ledger.note(wallAt, 'clock-stepped');
    this.#renew = true;
  }

  get isIdle(): boolean {
    return this.#runs.length === 0 && this.#files.isIdle;
  }

  /** Resolves when all that was found so far is in the manifest, or was refused. */
  settled(): Promise<void> {
    return this.#files.settled();
  }

  /** One look at everything, each second and whenever an ffmpeg ends. */
  async tick(around: Surroundings): Promise<void> {
    const { wallAt, monoMs } = around;
    const isStopped = this.#wanted?.stopped === true;
    const isOwed = this.#wanted?.record === true || isStopped;
    const record = isOwed && !isStopped && !around.ends;
    if (isOwed) this.#offAt = null;
    else this.#offAt ??= wallAt;
    if (isOwed) this.#ledger.owe(wallAt, false);
    this.#watch(around);
    if (record && around.blocked === null) await this.#keepRunning(around);
    else this.#endAll();
    if (isStopped) this.#ledger.note(wallAt, 'stopped-by-staff');
    else if (record && around.blocked !== null) this.#ledger.note(wallAt, around.blocked);
    else if (record && this.#attempts.isRefused) this.#ledger.note(wallAt, 'camera-refused');
    this.#takeIn(monoMs);
    if (this.#files.isWorking) return;
    if (this.#offAt !== null && this.#ledger.owedFrom !== null && this.#runs.length === 0) {
      const gap = this.#ledger.release(this.#offAt);
      if (gap !== null) this.#files.write([{ kind: 'gap', ...gap }]);
    }
    this.#files.tryAgain();
  }

  status(monoMs: number): CameraStatus {
    const { manifest } = this.host;
    const lead = this.#runs.at(-1);
    const record = this.#wanted?.record === true;
    const { reason, isRefused, restarts } = this.#attempts;
    const isFlowing =
      lead !== undefined && lead.dataSinceMono !== null && !lead.run.isOver && reason === null;
    const failed = isRefused ? 'refused' : 'failed';
    const state = !record ? 'off' : isFlowing ? 'recording' : reason === null ? 'starting' : failed;
    const isSilent = (lead?.watchdog.silentMs(monoMs) ?? 0) > SILENT_MS;
    const isMissing = this.#wanted?.stopped === true || (record && (!isFlowing || isSilent));
    return {
      cameraId: this.cameraId,
      state,
      reason: record ? reason : null,
      ffmpegPid: lead === undefined || lead.run.isOver ? null : lead.run.note.pid,
      since: state === 'recording' ? this.#since : null,
      restarts,
      framesPerSecond: this.#facts?.fps ?? null,
      kilobitsPerSecond: this.#facts?.kbps ?? null,
      width: this.#facts?.width ?? null,
      height: this.#facts?.height ?? null,
      codec: this.#facts?.codec ?? null,
      lastEndAt: manifest.lastEndAt,
      owedFrom: this.#ledger.owedFrom,
      gap: isMissing ? this.#ledger.open(this.#lastDataAt ?? manifest.lastEndAt ?? 0) : null,
      troubles: this.#ledger.troubles,
      lines: manifest.lines,
      headHash: manifest.headHash,
    };
  }

  #watch({ wallAt, monoMs }: Surroundings): void {
    for (const one of this.#runs) {
      one.run.endByForceIfLate();
      if (!one.run.isOver && one.run.hasGrown()) this.#sawData(one, wallAt, monoMs);
    }
    for (const one of this.#runs) {
      if (one.run.isEnding) continue;
      if (one.run.isOver) {
        this.#failed(one, one.run.reason, causeOfEnd(one.run, one.watchdog), wallAt, monoMs);
        continue;
      }
      const complaint = one.watchdog.complaint(monoMs);
      if (complaint === null) continue;
      const cause = complaint === 'no-first-picture' ? 'camera-unreachable' : 'camera-stalled';
      this.#failed(one, complaint, cause, wallAt, monoMs);
      one.run.kill();
    }
  }

  #sawData(one: Watched, wallAt: number, monoMs: number): void {
    one.watchdog.sawData(monoMs);
    this.#lastDataAt = wallAt;
    if (one !== this.#runs.at(-1) || one.run.isEnding) return;
    if (one.dataSinceMono === null) {
      one.dataSinceMono = monoMs;
      this.#since ??= wallAt;
      this.#patient = false;
    }
    this.#attempts.flows(monoMs - one.dataSinceMono);
  }

  #failed(
    { run, dataSinceMono }: Watched,
    reason: string,
    cause: GapCause,
    wallAt: number,
    monoMs: number,
  ): void {
    this.#ledger.note(wallAt, /no space left/i.test(run.complaints) ? 'disk-full' : cause);
    this.#since = null;
    // A stream that tells its size late, or of another codec than last time, is met with other arguments.
    if (dataSinceMono === null) this.#patient = !this.#patient;
    if (/\btag\b.*incompatible/i.test(run.complaints)) this.#isH265 = false;
    run.end();
    // Who was let in before is tried again as others are: a camera may have forgotten what it asked for.
    const isRefused = dataSinceMono === null && isRefusal(run.complaints);
    this.#wakeIn(this.#attempts.failed(monoMs, reason, isRefused));
    if (this.#attempts.failures > GIVE_WAY_AFTER)
      for (const other of this.#runs) if (!other.run.isEnding) other.run.end();
    this.host.log(`${this.cameraId}: ${reason}`);
  }

  #wakeIn(waitMs: number): void {
    if (waitMs < 1_000) setTimeout(this.host.wake, waitMs).unref();
  }

  async #keepRunning(around: Surroundings): Promise<void> {
    const { wallAt, monoMs } = around;
    const wanted = this.#wanted;
    if (wanted === null) return;
    const isSub = around.small && wanted.subUrl !== null;
    const url = isSub && wanted.subUrl !== null ? wanted.subUrl : wanted.url;
    const living = this.#runs.filter(({ run }) => !run.isOver && !run.isEnding);
    const lead = living.at(-1);
    if (lead !== undefined && living.length > 1) {
      const isThere = lead.dataSinceMono !== null || monoMs - lead.startedMono > FIRST_DATA_MS;
      if (isThere) for (const { run } of living.slice(0, -1)) run.end();
      return;
    }
    const note = lead?.run.note;
    const isRight =
      note !== undefined && note.source === this.#source.of(url, wanted.audio) && note.isSub === isSub;
    if ((isRight && !this.#renew) || !this.#attempts.isTime(monoMs)) return;
    this.#renew = false;
    const { ffmpeg, flavour, segmentSeconds } = around;
    const openFolder = videoPaths(this.host.folder).open(this.cameraId);
    const stream = { url, isSub, audio: wanted.audio, isH265: this.#isH265, patient: this.#patient };
    try {
      const silenceMs = SILENCE_MS / 2;
      const run = await Run.start({
        ...stream,
        ffmpeg,
        flavour,
        segmentSeconds,
        openFolder,
        silenceMs,
        now: wallAt,
      });
      run.onExit = this.host.wake;
      run.clockSetMs = this.#ledger.clockSetMs;
      const watchdog = new Watchdog(monoMs, segmentSeconds * 1_000);
      this.#runs.push({ run, watchdog, startedMono: monoMs, dataSinceMono: null });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      this.#ledger.note(wallAt, code === 'ENOSPC' ? 'disk-full' : 'unknown');
      this.#wakeIn(this.#attempts.notBegun(monoMs, message.slice(0, 200)));
    }
  }

  #endAll(): void {
    for (const { run } of this.#runs) if (!run.isOver && !run.isEnding) run.end();
    this.#attempts.rest();
    this.#since = null;
    this.#renew = false;
  }

  /** Takes the files of the oldest run in, and of the next only when that one is over: lines follow the time. */
  #takeIn(monoMs: number): void {
    for (;;) {
      const oldest = this.#runs[0];
      if (oldest === undefined) return;
      // Asked before the list is read: what is listed after its end would be missed otherwise.
      const { isOver } = oldest.run;
      const files = oldest.run.newlyListed();
      if (files.length > 0) oldest.watchdog.sawSegment(monoMs);
      for (const file of files) this.#files.take(oldest.run, file);
      if (!isOver || !oldest.run.isEnding) return;
      this.#runs.shift();
      this.#files.takeRest(oldest.run);
    }
  }

  #learn(facts: Fmp4Facts, bytes: number): void {
    const seconds = Math.max(0.001, facts.durationMs / 1_000);
    this.#facts = {
      fps: Math.round((facts.frames / seconds) * 10) / 10,
      kbps: Math.round((bytes * 8) / 1_000 / seconds),
      ...{ width: facts.width, height: facts.height, codec: facts.codec },
    };
    this.#isH265 = facts.codec === 'h265';
    if (!facts.parametersChanged || performance.now() - this.#renewedMono < PARAMETERS_AGAIN_MS) return;
    this.#renewedMono = performance.now();
    this.#renew = true;
  }
}

/** Why an ffmpeg ended that nobody asked to. */
function causeOfEnd(run: Run, watchdog: Watchdog): GapCause {
  if (run.isAdopted) return 'unknown';
  if (run.wasKilled) return 'recorder-ended';
  if (!watchdog.hasData && isRefusal(run.complaints)) return 'camera-refused';
  // Whatever its status says: a camera that closes its line makes it end with 0, as a silent one does.
  return watchdog.hasData && /timed? ?out/i.test(run.complaints) ? 'camera-stalled' : 'camera-unreachable';
}
