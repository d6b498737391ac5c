// A network camera for tests: RTSP over TCP as real ones speak it, with a number in every picture, and with the vices of real
// ones on request. One line starts it: `const camera = await startTestCamera({})`; then `camera.url`. Picture k is due at
// `camera.startedAt + k * 1000 / fps` by the wall clock, whether anybody looks or not.

import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { counterClip, type Clip, type ClipOptions } from './counter-clip.js';
import { payloadsOf, RtpTrack } from './rtp-packets.js';

export interface TestCameraOptions extends ClipOptions {
  /** The smaller stream; null = none. Default 160x90 at 5 pictures a second. */
  sub?: ClipOptions | null;
  /** What `changeSize` switches to. Default twice the size. */
  otherSize?: { width: number; height: number };
  /** Says nothing of its parameter sets when asked: they come with the pictures alone. */
  withoutParameters?: boolean;
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

interface Listener {
  socket: Socket;
  stream: Stream;
  video: RtpTrack | null;
  audio: RtpTrack | null;
  playing: boolean;
  /** Pictures before the next key frame are of no use to who comes in between. */
  waitsForKey: boolean;
}

interface Stream {
  clip: Clip;
  other: Clip | null;
  next: number;
  timer: NodeJS.Timeout | null;
}

/** Starts a camera on 127.0.0.1. Needs ffmpeg the first time (the clips are kept). */
export async function startTestCamera(options: TestCameraOptions = {}): Promise<TestCamera> {
  const {
    sub,
    otherSize,
    audio = false,
    login,
    port = 0,
    withoutParameters = false,
    ...clipOptions
  } = options;
  const clip = await counterClip(clipOptions);
  const larger = otherSize ?? { width: clip.width * 2, height: clip.height * 2 };
  const other = await counterClip({ ...clipOptions, ...larger });
  const small = { width: 160, height: 90, fps: 5, gop: 5, frames: 300, codec: clip.codec };
  const subClip = sub === null ? null : await counterClip(sub ?? small);
  const camera = new Camera(clip, other, subClip, audio, login ?? null, withoutParameters);
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
  #port = 0;
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
    private readonly withoutParameters: boolean,
  ) {
    this.fps = clip.fps;
    this.frames = clip.frames;
    this.#main = { clip, other, next: 0, timer: null };
    this.#sub = sub === null ? null : { clip: sub, other: null, next: 0, timer: null };
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
    for (const stream of this.#streams()) this.#wait(stream);
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
    for (const stream of this.#streams()) clearTimeout(stream.timer ?? undefined);
    this.#server.close();
    this.drop();
    await once(this.#server, 'close');
  }

  #credentials(): string {
    if (this.login === null) return '';
    return `${encodeURIComponent(this.login.user)}:${encodeURIComponent(this.login.password)}@`;
  }

  #streams(): Stream[] {
    return this.#sub === null ? [this.#main] : [this.#main, this.#sub];
  }

  #wait(stream: Stream): void {
    const dueMono = this.#startedMono + (stream.next * 1_000) / stream.clip.fps;
    stream.timer = setTimeout(() => this.#tick(stream), Math.max(0, dueMono - performance.now()));
  }

  #tick(stream: Stream): void {
    const passedMs = performance.now() - this.#startedMono;
    while ((stream.next * 1_000) / stream.clip.fps <= passedMs) {
      this.#picture(stream, stream.next);
      stream.next += 1;
    }
    this.#wait(stream);
  }

  #picture(stream: Stream, k: number): void {
    if (this.#silent) return;
    if (stream === this.#main && this.#toLose > 0) {
      this.#toLose -= 1;
      return;
    }
    const clip = this.#other && stream.other !== null ? stream.other : stream.clip;
    const unit = clip.units[k % clip.frames];
    const payloads = this.#payloadsOf(clip)[k % clip.frames];
    if (unit === undefined || payloads === undefined) throw new Error('No such picture');
    const seconds = k / clip.fps + this.#jumpMs / 1_000 + 1_000;
    const silence = Array.from({ length: Math.round(50 / clip.fps) }, () => Buffer.alloc(160, 0xd5));
    for (const listener of this.#listeners) {
      if (listener.stream !== stream || !listener.playing) continue;
      if (listener.waitsForKey && !unit.key) continue;
      listener.waitsForKey = false;
      const parts: Buffer[] = [];
      if (listener.video !== null) parts.push(listener.video.packets(payloads, Math.round(seconds * 90_000)));
      for (const [n, packet] of silence.entries())
        if (listener.audio !== null)
          parts.push(listener.audio.packets([packet], Math.round(seconds * 8_000) + n * 160));
      const send = () => void listener.socket.write(Buffer.concat(parts));
      if (this.#held === null) send();
      else this.#held.push(send);
    }
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
    const listener: Listener = {
      ...{ socket, stream: this.#main, video: null, audio: null },
      ...{ playing: false, waitsForKey: true },
    };
    this.#listeners.add(listener);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#listeners.delete(listener);
    });
    let held = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      for (;;) {
        if (held[0] === 0x24) {
          // A report of the listener about what it received.
          if (held.length < 4 || held.length < 4 + held.readUInt16BE(2)) return;
          held = held.subarray(4 + held.readUInt16BE(2));
          continue;
        }
        const end = held.indexOf('\r\n\r\n');
        if (end < 0) return;
        const head = held.toString('latin1', 0, end);
        const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
        if (held.length < end + 4 + length) return;
        held = held.subarray(end + 4 + length);
        if (!this.#deaf) this.#answer(listener, head);
      }
    });
  }

  #answer(listener: Listener, head: string): void {
    const [, method = '', target = ''] = /^([A-Z_]+) (\S+) RTSP/.exec(head) ?? [];
    const field = (name: string) => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
    const reply = (status: string, fields: Record<string, string> = {}, body = '') => {
      const lines = Object.entries({
        CSeq: field('cseq'),
        ...fields,
        ...(body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
      }).map(([name, value]) => `${name}: ${value}\r\n`);
      listener.socket.write(`RTSP/1.0 ${status}\r\n${lines.join('')}\r\n${body}`);
    };
    if (method !== 'OPTIONS' && !this.#isAllowed(method, target, field('authorization'))) {
      const challenge = `Digest realm="test camera", nonce="${this.#nonce}"`;
      reply('401 Unauthorized', { 'WWW-Authenticate': challenge });
      return;
    }
    const path = target.replace(/^rtsp:\/\/[^/]*/, '');
    const stream = path.startsWith('/sub') ? this.#sub : path.startsWith('/main') ? this.#main : null;
    const session = { Session: '4711;timeout=60' };
    switch (method) {
      case 'OPTIONS':
        reply('200 OK', { Public: 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN' });
        return;
      case 'DESCRIBE': {
        if (stream === null) return reply('404 Not Found');
        const base = `${target.replace(/\/$/, '')}/`;
        reply('200 OK', { 'Content-Type': 'application/sdp', 'Content-Base': base }, this.#describe(stream));
        return;
      }
      case 'SETUP': {
        const transport = field('transport');
        const channels = /interleaved=(\d+)-(\d+)/.exec(transport);
        if (stream === null) return reply('404 Not Found');
        if (!transport.includes('RTP/AVP/TCP') || channels === null)
          return reply('461 Unsupported Transport');
        listener.stream = stream;
        const channel = Number(channels[1]);
        if (path.endsWith('trackID=1')) listener.audio = new RtpTrack(channel, 8);
        else listener.video = new RtpTrack(channel, 96);
        reply('200 OK', { Transport: transport, ...session });
        return;
      }
      case 'PLAY':
        reply('200 OK', { ...session, Range: 'npt=0.000-' });
        listener.playing = true;
        return;
      case 'TEARDOWN':
        reply('200 OK', session);
        listener.socket.end();
        return;
      case 'GET_PARAMETER':
        reply('200 OK', session);
        return;
      default:
        reply('405 Method Not Allowed');
    }
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

  #describe({ clip }: Stream): string {
    const sets = clip.parameterSets.map((set) => set.toString('base64'));
    const format =
      clip.codec === 'h264'
        ? `packetization-mode=1;sprop-parameter-sets=${sets.join(',')}`
        : `sprop-vps=${sets[0]};sprop-sps=${sets[1]};sprop-pps=${sets[2]}`;
    const lines = [
      ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=test camera', 't=0 0', 'a=control:*'],
      ...['m=video 0 RTP/AVP 96', `a=rtpmap:96 ${clip.codec.toUpperCase()}/90000`],
      ...(this.withoutParameters ? [] : [`a=fmtp:96 ${format}`]),
      ...[`a=framerate:${clip.fps}`, 'a=control:trackID=0'],
      ...(this.audio ? ['m=audio 0 RTP/AVP 8', 'a=rtpmap:8 PCMA/8000', 'a=control:trackID=1'] : []),
    ];
    return lines.map((line) => `${line}\r\n`).join('');
  }
}
