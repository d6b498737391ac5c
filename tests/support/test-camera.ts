// A network camera for tests: RTSP over TCP as real ones speak it, with a number in every picture, and with the vices of real
// ones on request. One line starts it: `const camera = await startTestCamera({})`; then `camera.url`. Picture k is due at
// `camera.startedAt + k * 1000 / fps` by the wall clock, whether anybody looks or not.

import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { counterClip, type Clip, type ClipOptions } from './counter-clip.js';
import { FilmPace } from '../../server/rehearsal/film-pace.js';
import { payloadsOf } from '../../server/rehearsal/rtp-packets.js';
import { describeFilm, RtspListener, type RtspHost } from '../../server/rehearsal/rtsp-listener.js';

export interface TestCameraOptions extends ClipOptions {
  /** The smaller stream; null = none. Default 160x90 at 5 pictures a second. */
  sub?: ClipOptions | null;
  /** What `changeSize` switches to. Default twice the size. */
  otherSize?: { width: number; height: number };
  /**
   * What it says of its parameter sets when asked: `none`, they come with the pictures alone; `stale`, those of the other size,
   * as cameras do whose profile was changed. Default: the right ones.
   */
  named?: 'right' | 'none' | 'stale';
  /** Sends its parameter sets with the first key frame of a listener only. */
  setsOnce?: boolean;
  /** Offers a G.711 track of silence. */
  audio?: boolean;
  /** Asks for these by digest. */
  login?: { user: string; password: string };
  port?: number;
}

export interface TestCamera {
  url: string;
  subUrl: string;
  port: number;
  /** When picture 0 was due; wall clock, ms. */
  startedAt: number;
  fps: number;
  /** After so many pictures the numbers begin again. */
  frames: number;
  /** Listeners that play just now. */
  playing(): number;
  /** So often somebody came with a wrong name or password. */
  refusals(): number;
  /** Goes silent with its connections open. */
  stall(): void;
  resume(): void;
  /** Cuts all connections. */
  drop(): void;
  /** Takes no connections any more (or again). */
  refuse(on: boolean): void;
  /** Takes connections and never answers (or again). */
  deaf(on: boolean): void;
  /** Goes on in another size, in the same connection. */
  changeSize(): void;
  /** Lets the time stamps jump. */
  jump(seconds: number): void;
  /** Leaves out so many pictures from the next on. */
  lose(pictures: number): void;
  /** Holds pictures back, as a line does that stands still; `release` sends all of them at once. */
  hold(): void;
  release(): void;
  close(): Promise<void>;
}

type Listener = RtspListener<Stream>;

interface Stream {
  clip: Clip;
  other: Clip | null;
}

/** Starts a camera on 127.0.0.1. Needs ffmpeg the first time (the clips are kept). */
export async function startTestCamera(options: TestCameraOptions = {}): Promise<TestCamera> {
  const {
    sub,
    otherSize,
    audio = false,
    login,
    port = 0,
    named = 'right',
    setsOnce = false,
    ...clipOptions
  } = options;
  const clip = await counterClip(clipOptions);
  const larger = otherSize ?? { width: clip.width * 2, height: clip.height * 2 };
  const other = await counterClip({ ...clipOptions, ...larger });
  const small = { width: 160, height: 90, fps: 5, gop: 5, frames: 300, codec: clip.codec };
  const subClip = sub === null ? null : await counterClip(sub ?? small);
  const camera = new Camera(clip, other, subClip, audio, login ?? null, named, setsOnce);
  await camera.listen(port);
  return camera;
}

class Camera implements TestCamera {
  readonly startedAt = Date.now();
  readonly fps: number;
  readonly frames: number;
  readonly #startedMono = performance.now();
  readonly #server = createServer((socket) => this.#take(socket));
  readonly #sockets = new Set<Socket>();
  readonly #listeners = new Set<Listener>();
  readonly #main: Stream;
  readonly #sub: Stream | null;
  readonly #nonce = randomBytes(8).toString('hex');
  readonly #payloads = new Map<Clip, Buffer[][]>();
  readonly #host: RtspHost<Stream> = {
    streamAt: (path) => (path.startsWith('/sub') ? this.#sub : path.startsWith('/main') ? this.#main : null),
    describe: (stream) =>
      describeFilm(this.#clipOf(stream), { parameters: this.#namedSets(stream), audio: this.audio }),
    challenge: (method, target, authorization) => {
      if (this.#isAllowed(method, target, authorization)) return null;
      if (authorization !== '') this.#refusals += 1;
      return `Digest realm="test camera", nonce="${this.#nonce}"`;
    },
    isDeaf: () => this.#deaf,
  };
  #paces: FilmPace[] = [];
  #port = 0;
  #refusals = 0;
  #silent = false;
  #deaf = false;
  #refuses = false;
  #held: (() => void)[] | null = null;
  #other = false;
  #jumpMs = 0;
  #toLose = 0;

  constructor(
    clip: Clip,
    other: Clip,
    sub: Clip | null,
    private readonly audio: boolean,
    private readonly login: { user: string; password: string } | null,
    private readonly named: 'right' | 'none' | 'stale',
    private readonly setsOnce: boolean,
  ) {
    this.fps = clip.fps;
    this.frames = clip.frames;
    this.#main = { clip, other };
    this.#sub = sub === null ? null : { clip: sub, other: null };
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
    const streams = this.#sub === null ? [this.#main] : [this.#main, this.#sub];
    this.#paces = streams.map(
      (stream) => new FilmPace(stream.clip.fps, this.#startedMono, (k) => this.#picture(stream, k)),
    );
  }

  get port(): number {
    return this.#port;
  }
  get url(): string {
    return `rtsp://${this.#credentials()}127.0.0.1:${this.#port}/main`;
  }
  get subUrl(): string {
    return `rtsp://${this.#credentials()}127.0.0.1:${this.#port}/sub`;
  }
  playing(): number {
    return [...this.#listeners].filter((listener) => listener.playing).length;
  }
  refusals(): number {
    return this.#refusals;
  }
  stall(): void {
    this.#silent = true;
  }
  resume(): void {
    this.#silent = false;
    for (const listener of this.#listeners) listener.waitsForKey = true;
  }
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
  refuse(on: boolean): void {
    this.#refuses = on;
    if (on) this.drop();
  }
  deaf(on: boolean): void {
    this.#deaf = on;
  }
  changeSize(): void {
    this.#other = !this.#other;
    for (const listener of this.#listeners) listener.waitsForKey = true;
  }
  jump(seconds: number): void {
    this.#jumpMs += seconds * 1_000;
  }
  lose(pictures: number): void {
    this.#toLose = pictures;
  }
  hold(): void {
    this.#held ??= [];
  }
  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const send of held) send();
  }
  async close(): Promise<void> {
    for (const pace of this.#paces) pace.stop();
    this.#server.close();
    this.drop();
    await once(this.#server, 'close');
  }

  #credentials(): string {
    if (this.login === null) return '';
    return `${encodeURIComponent(this.login.user)}:${encodeURIComponent(this.login.password)}@`;
  }

  #picture(stream: Stream, k: number): void {
    if (this.#silent) return;
    if (stream === this.#main && this.#toLose > 0) {
      this.#toLose -= 1;
      return;
    }
    const clip = this.#clipOf(stream);
    const unit = clip.units[k % clip.frames];
    const payloads = this.#payloadsOf(clip)[k % clip.frames];
    if (unit === undefined || payloads === undefined) throw new Error('No such picture');
    const seconds = k / clip.fps + this.#jumpMs / 1_000 + 1_000;
    const silence = Array.from({ length: Math.round(50 / clip.fps) }, () => Buffer.alloc(160, 0xd5));
    for (const listener of this.#listeners) {
      if (listener.stream !== stream || !listener.playing) continue;
      if (listener.waitsForKey && !unit.key) continue;
      const isFirst = listener.waitsForKey;
      listener.waitsForKey = false;
      const parts: Buffer[] = [];
      const shown =
        this.setsOnce && !isFirst
          ? payloads.filter((nal) => !clip.parameterSets.some((set) => set.equals(nal)))
          : payloads;
      if (listener.video !== null) parts.push(listener.video.packets(shown, Math.round(seconds * 90_000)));
      for (const [n, packet] of silence.entries())
        if (listener.audio !== null)
          parts.push(listener.audio.packets([packet], Math.round(seconds * 8_000) + n * 160));
      const send = () => void listener.socket.write(Buffer.concat(parts));
      if (this.#held === null) send();
      else this.#held.push(send);
    }
  }

  #namedSets({ clip, other }: Stream): readonly Buffer[] | null {
    if (this.named === 'none') return null;
    const stale = this.#other ? clip : (other ?? clip);
    return this.named === 'stale' ? stale.parameterSets : this.#clipOf({ clip, other }).parameterSets;
  }

  #clipOf({ clip, other }: Stream): Clip {
    return this.#other && other !== null ? other : clip;
  }

  #payloadsOf(clip: Clip): Buffer[][] {
    let known = this.#payloads.get(clip);
    if (known === undefined) {
      known = clip.units.map((unit) => payloadsOf(unit, clip.codec));
      this.#payloads.set(clip, known);
    }
    return known;
  }

  #take(socket: Socket): void {
    if (this.#refuses) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    const listener: Listener = new RtspListener(socket, this.#host);
    this.#listeners.add(listener);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#listeners.delete(listener);
    });
  }

  #isAllowed(method: string, target: string, authorization: string): boolean {
    if (this.login === null) return true;
    const md5 = (text: string) => createHash('md5').update(text).digest('hex');
    const field = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(authorization)?.[1] ?? '';
    const { user, password } = this.login;
    const uri = field('uri') || target;
    const expected = md5(
      `${md5(`${user}:test camera:${password}`)}:${this.#nonce}:${md5(`${method}:${uri}`)}`,
    );
    return field('username') === user && field('nonce') === this.#nonce && field('response') === expected;
  }
}
