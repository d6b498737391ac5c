// Live pictures of the cameras on demand: a process for a camera begins with the first who watches it and ends soon after the
// last. So many at once and no more; whatever goes wrong here never reaches a recording.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { videoPaths, type Wanted, type WantedCamera } from './contract.js';
import { readFlavour, type FfmpegFlavour } from './ffmpeg-arguments.js';
import { LiveStream, type LiveEnd, type LiveKind } from './live-stream.js';
import { OnePicture } from './one-picture.js';
import { readStatus } from './status-file.js';
import { parseWanted, textOf } from './wanted.js';
import { stillArguments } from './watch-arguments.js';

/** Why there is nothing to watch. */
export type LiveRefusal = LiveEnd | 'unknown-camera' | 'too-many' | 'starting';

/** One ffmpeg holds 50 MB: what a room's server has to spare. */
export const MAX_LIVE = { film: 4, pictures: 8 } as const;
const IDLE_MS = 30_000;
/** Who is refused asks again; the camera is not called each time. */
const REST_AFTER_END_MS = 4_000;
/** A refused login counts at the camera, whoever asks: until it changes, or the recorder is let in, it is left alone so long. */
const REFUSED_STANDS_MS = 30 * 60_000;
const READY_WITHIN_MS = 8_000;
const LOOK_EVERY_MS = 2_000;
const WANTED_FRESH_MS = 2_000;

interface Watched {
  stream: LiveStream;
  askedAtMs: number;
  endedAtMs: number | null;
  waiting: Set<() => void>;
}

/** One that does not say which it is, is taken as new. */
const NEW_FLAVOUR: FfmpegFlavour = { libavformat: 61, version: 0 };
const SAYS_WITHIN_MS = 10_000;

export interface LiveOptions {
  /** The video folder. */
  folder: string;
  /** A clock that never goes back. */
  nowMs?: () => number;
  idleMs?: number;
}

export class LiveStreams {
  readonly #watched = new Map<string, Watched>();
  readonly #stills = new OnePicture();
  readonly #timer: NodeJS.Timeout;
  readonly #nowMs: () => number;
  readonly #idleMs: number;
  readonly #flavours = new Map<string, Promise<FfmpegFlavour>>();
  /** The addresses whose logins were refused, and when. */
  readonly #refused = new Map<string, { url: string; atMs: number }>();
  #wanted: { value: Wanted | null; atMs: number } | null = null;

  constructor(private readonly options: LiveOptions) {
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#idleMs = options.idleMs ?? IDLE_MS;
    this.#timer = setInterval(() => this.#look(), Math.min(LOOK_EVERY_MS, this.#idleMs / 2));
    this.#timer.unref();
  }

  /** Processes that run now. */
  get running(): number {
    return [...this.#watched.values()].filter(({ stream }) => stream.ended === null).length;
  }

  /** A stream with something to show; waits some seconds for the first of it. */
  async watch(cameraId: string, kind: LiveKind): Promise<LiveStream | LiveRefusal> {
    const wanted = await this.#read();
    const camera = wanted?.cameras.find((one) => one.cameraId === cameraId);
    if (wanted === null || camera === undefined) return 'unknown-camera';
    const flavour = await this.#flavourOf(wanted.ffmpeg);
    if (await this.#isRefused(camera)) return 'camera-refused';
    const key = `${kind}/${cameraId}`;
    const before = this.#watched.get(key);
    const watched =
      before !== undefined && !this.#isOver(before)
        ? before
        : this.#begin(key, kind, wanted, camera, flavour);
    if (watched === null) return 'too-many';
    watched.askedAtMs = this.#nowMs();
    if (!watched.stream.isReady && watched.stream.ended === null) await this.#untilReady(watched);
    if (watched.stream.ended !== null) return watched.stream.ended;
    return watched.stream.isReady ? watched.stream : 'starting';
  }

  /** A stream that somebody watches already; asking keeps it. */
  watching(cameraId: string, run: string): LiveStream | null {
    const watched = this.#watched.get(`film/${cameraId}`);
    if (watched?.stream.run !== run || watched.stream.ended !== null) return null;
    watched.askedAtMs = this.#nowMs();
    return watched.stream;
  }

  /** One picture of the camera's large stream as it is now. */
  async still(cameraId: string): Promise<Buffer | LiveRefusal> {
    const wanted = await this.#read();
    const camera = wanted?.cameras.find((one) => one.cameraId === cameraId);
    if (wanted === null || camera === undefined) return 'unknown-camera';
    const picture = await this.#stills.make(wanted.ffmpeg, stillArguments(camera.url));
    if (picture === 'busy') return 'too-many';
    return picture ?? 'camera-silent';
  }

  /** The program that the recorder uses; null before the room said so. */
  async ffmpeg(): Promise<string | null> {
    return (await this.#read())?.ffmpeg ?? null;
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const { stream } of this.#watched.values()) stream.stop();
    this.#watched.clear();
  }

  #begin(
    key: string,
    kind: LiveKind,
    { ffmpeg }: Wanted,
    camera: WantedCamera,
    flavour: FfmpegFlavour,
  ): Watched | null {
    const running = [...this.#watched].filter(
      ([, one]) => one.stream.kind === kind && one.stream.ended === null,
    );
    if (running.length >= MAX_LIVE[kind]) return null;
    const watched: Watched = {
      stream: new LiveStream({
        ...{ kind, ffmpeg, flavour, url: camera.subUrl ?? camera.url },
        changed: () => {
          if (watched.stream.ended === 'camera-refused')
            this.#refused.set(camera.cameraId, { url: camera.url, atMs: this.#nowMs() });
          if (watched.stream.ended !== null) watched.endedAtMs ??= this.#nowMs();
          for (const resume of watched.waiting) resume();
          watched.waiting.clear();
        },
      }),
      askedAtMs: this.#nowMs(),
      endedAtMs: null,
      waiting: new Set(),
    };
    this.#watched.set(key, watched);
    return watched;
  }

  async #isRefused({ cameraId, url }: WantedCamera): Promise<boolean> {
    const refused = this.#refused.get(cameraId);
    if (refused === undefined) return false;
    const isOld = this.#nowMs() - refused.atMs >= REFUSED_STANDS_MS;
    const said = isOld ? null : await readStatus(this.options.folder);
    const isLetIn = said?.cameras.some((one) => one.cameraId === cameraId && one.state === 'recording');
    if (url === refused.url && !isOld) {
      if (isLetIn !== true) return true;
      // It may be let in by a login that is newer than what was read here: who asks next has that.
      this.#wanted = null;
      this.#refused.delete(cameraId);
      return true;
    }
    this.#refused.delete(cameraId);
    return false;
  }

  #flavourOf(ffmpeg: string): Promise<FfmpegFlavour> {
    const known = this.#flavours.get(ffmpeg);
    if (known !== undefined) return known;
    const asked = promisify(execFile)(ffmpeg, ['-version'], {
      timeout: SAYS_WITHIN_MS,
      windowsHide: true,
    }).then(
      ({ stdout }) => readFlavour(stdout) ?? NEW_FLAVOUR,
      () => NEW_FLAVOUR,
    );
    this.#flavours.set(ffmpeg, asked);
    return asked;
  }

  #isOver({ endedAtMs }: Watched): boolean {
    return endedAtMs !== null && this.#nowMs() - endedAtMs >= REST_AFTER_END_MS;
  }

  #untilReady({ waiting }: Watched): Promise<void> {
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        waiting.delete(resume);
        resolve();
      }, READY_WITHIN_MS);
      const resume = () => {
        clearTimeout(late);
        resolve();
      };
      waiting.add(resume);
    });
  }

  /** Ends what nobody asked for of late. */
  #look(): void {
    const now = this.#nowMs();
    for (const [key, watched] of this.#watched) {
      if (watched.waiting.size > 0) watched.askedAtMs = now;
      if (now - watched.askedAtMs < this.#idleMs && !this.#isOver(watched)) continue;
      watched.stream.stop();
      this.#watched.delete(key);
    }
  }

  async #read(): Promise<Wanted | null> {
    const known = this.#wanted;
    const now = this.#nowMs();
    if (known !== null && now - known.atMs < WANTED_FRESH_MS) return known.value;
    const text = await textOf(videoPaths(this.options.folder).wanted);
    // It is replaced whole: what cannot be read now can be read next time.
    const value = text === null ? null : (parseWanted(text) ?? known?.value ?? null);
    this.#wanted = { value, atMs: now };
    return value;
  }
}
