// A network camera of the demo: shows a prepared film over and over to whoever listens, by RTSP as real cameras do, a main stream
// and a smaller one. It codes nothing, so that it costs next to nothing.

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type { CodedFilm } from './coded-pictures.js';
import { FilmPace } from './film-pace.js';
import { payloadsOf } from './rtp-packets.js';
import { describeFilm, RtspListener, type RtspHost } from './rtsp-listener.js';

interface Stream {
  film: CodedFilm;
  /** The packets' payloads of each picture. */
  payloads: Buffer[][];
}

const TICKS_PER_SECOND = 90_000;
/** Who reads so little gets nothing more before he has read, then from a key frame on. */
const MOST_UNREAD_BYTES = 4 * 2 ** 20;

export class SimulatedCamera {
  readonly #listeners = new Set<RtspListener<Stream>>();
  readonly #main: Stream;
  readonly #sub: Stream;
  readonly #server: Server;
  #paces: FilmPace[] = [];
  #port = 0;

  private constructor(main: CodedFilm, sub: CodedFilm) {
    this.#main = streamOf(main);
    this.#sub = streamOf(sub);
    const host: RtspHost<Stream> = {
      streamAt: (path) =>
        path.startsWith('/main') ? this.#main : path.startsWith('/sub') ? this.#sub : null,
      describe: ({ film }) => describeFilm(film, { parameters: film.parameterSets, audio: false }),
      challenge: () => null,
      isDeaf: () => false,
    };
    this.#server = createServer((socket) => {
      const listener = new RtspListener(socket, host);
      this.#listeners.add(listener);
      socket.on('close', () => this.#listeners.delete(listener));
    });
  }

  /** Starts a camera on 127.0.0.1, at a free port. */
  static async start(main: CodedFilm, sub: CodedFilm): Promise<SimulatedCamera> {
    const camera = new SimulatedCamera(main, sub);
    camera.#server.listen(0, '127.0.0.1');
    await once(camera.#server, 'listening');
    camera.#port = (camera.#server.address() as AddressInfo).port;
    const startedMono = performance.now();
    camera.#paces = [camera.#main, camera.#sub].map(
      (stream) => new FilmPace(stream.film.fps, startedMono, (number) => camera.#show(stream, number)),
    );
    return camera;
  }

  get url(): string {
    return `rtsp://127.0.0.1:${this.#port}/main`;
  }

  get subUrl(): string {
    return `rtsp://127.0.0.1:${this.#port}/sub`;
  }

  async close(): Promise<void> {
    for (const pace of this.#paces) pace.stop();
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const { socket } of this.#listeners) socket.destroy();
    await closed;
  }

  #show(stream: Stream, number: number): void {
    const { film, payloads } = stream;
    const place = number % film.units.length;
    const [unit, packets] = [film.units[place], payloads[place]];
    if (unit === undefined || packets === undefined) return;
    const timestamp = Math.round((number / film.fps) * TICKS_PER_SECOND);
    for (const listener of this.#listeners) {
      if (listener.stream !== stream || !listener.playing || listener.video === null) continue;
      if (listener.socket.writableLength > MOST_UNREAD_BYTES) listener.waitsForKey = true;
      if (listener.waitsForKey && (!unit.key || listener.socket.writableLength > 0)) continue;
      listener.waitsForKey = false;
      listener.socket.write(listener.video.packets(packets, timestamp));
    }
  }
}

function streamOf(film: CodedFilm): Stream {
  return { film, payloads: film.units.map((unit) => payloadsOf(unit, film.codec)) };
}
