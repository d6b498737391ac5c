// Live pictures and recordings over HTTP under /api/v1/video, for signed-in staff whose role may see them and for nobody
// else. Every request carries the pass of a sign-in in its `Authorization` header, so no address of a picture can be handed
// on. What is read for it is bounded: answers of candidates never wait for it.

import { Readable } from 'node:stream';
import type { FileHandle } from 'node:fs/promises';
import type { Context, Middleware } from 'koa';
import type { SegmentLine, VideoLine } from '../core/video-types.js';
import type { Log } from '../log.js';
import type { HttpProblem } from '../protocol/http.js';
import { VIDEO_PATH } from '../protocol/video.js';
import { readByteRange } from './byte-range.js';
import type { LiveRefusal, LiveStreams } from './live.js';
import { livePlaylist } from './live-playlist.js';
import { OnePicture } from './one-picture.js';
import type { RecordedFiles } from './recorded-files.js';
import { isCameraId, type RecordedLines } from './recorded-lines.js';
import {
  inRoomTime,
  playable,
  recordedIndex,
  reviewPlaylist,
  type Span,
  type WallAhead,
} from './review-playlist.js';
import { livePlaylistType, VIDEO_PROBLEMS, type VideoProblem } from './video-problems.js';
import { recordedPictureArguments } from './watch-arguments.js';

export type Watching = 'live' | 'recorded';

/** What the routes ask of the rest of the room. */
export interface VideoHost {
  /** True when the pass is of a sign-in whose person may see this. */
  mayWatch(pass: string, what: Watching): boolean;
  /** Wall clock minus room time, ms, for each line of a camera: recordings are stamped with the wall clock. */
  wallAhead(cameraId: string): WallAhead;
  /** Resolves when so many bytes may be read: one rate for all who watch. @throws AbortError */
  take(bytes: number, signal: AbortSignal): Promise<void>;
  lines: Pick<RecordedLines, 'of'>;
  files: Pick<RecordedFiles, 'pathOf' | 'open' | 'partsOf'>;
  live: Pick<LiveStreams, 'watch' | 'still' | 'watching' | 'ffmpeg'>;
  log: Log;
}

/** Every address below /api/v1/video, as http.openapi.yaml names them: what is not here is answered by nobody. */
export const VIDEO_ROUTES = [
  'live/{camera}/index.m3u8',
  'live/{camera}/picture.jpg',
  'live/{camera}/still.jpg',
  'live/{camera}/{run}/opening.mp4',
  'live/{camera}/{run}/{fragment}.m4s',
  'recorded/{camera}/index.json',
  'recorded/{camera}/index.m3u8',
  'recorded/{camera}/picture.jpg',
  'recorded/{camera}/{sha256}/opening.mp4',
  'recorded/{camera}/{sha256}/film.m4s',
] as const;
type VideoRoute = (typeof VIDEO_ROUTES)[number];

const PARTS = {
  camera: '[^/]+',
  run: '(\\d{1,9})',
  fragment: '(\\d{1,9})',
  sha256: '([0-9a-f]{64})',
};
type Part = keyof typeof PARTS;

/** A day's session and more. */
const LONGEST_SPAN_MS = 24 * 3_600_000;
const PIECE_BYTES = 64 * 1024;
/** Requests for recorded bytes under way at once; players ask again. */
const MAX_READING = 12;
/** A segment never changes; whoever has it keeps it as long as the day lasts, and nobody in between does. */
const KEPT_BY_HASH = 'private, max-age=43200, immutable';

class Refused extends Error {
  constructor(readonly problem: VideoProblem) {
    super(problem);
  }
}

export class VideoRoutes {
  readonly #pictures = new OnePicture();
  #reading = 0;

  constructor(private readonly host: VideoHost) {}

  /** Takes requests below /api/v1/video; leaves the others alone. */
  get middleware(): Middleware {
    return async (ctx, next) => {
      if (!ctx.path.startsWith(`${VIDEO_PATH}/`)) return next();
      try {
        await this.#answer(ctx as Context);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        const { status, zh, en } = VIDEO_PROBLEMS[error.problem];
        const body: HttpProblem = { code: error.problem, zh, en };
        ctx.remove('ETag');
        ctx.status = status;
        ctx.set('Cache-Control', 'no-store');
        ctx.body = body;
      }
    };
  }

  async #answer(ctx: Context): Promise<void> {
    if (ctx.method !== 'GET') throw new Refused('method-not-allowed');
    const below = ctx.path.slice(VIDEO_PATH.length + 1);
    const [what = '', cameraId = ''] = below.split('/');
    if (what !== 'live' && what !== 'recorded') throw new Refused('not-found');
    const pass = /^Bearer ([A-Za-z0-9_-]{20,100})$/.exec(ctx.get('Authorization'))?.[1] ?? '';
    if (pass === '' || !this.host.mayWatch(pass, what)) throw new Refused('not-allowed');
    if (!isCameraId(cameraId)) throw new Refused('not-found');
    const found = routeOf(below);
    if (found === null) throw new Refused('not-found');
    if (what === 'live') ctx.set('Cache-Control', 'private, no-store');
    await this.#routes[found.route](ctx, cameraId, found.parts);
  }

  /** One for each address of the table: the compiler finds what has none. */
  readonly #routes: Record<VideoRoute, (ctx: Context, cameraId: string, parts: string[]) => Promise<void>> = {
    'live/{camera}/index.m3u8': async (ctx, cameraId) => {
      const stream = watched(await this.host.live.watch(cameraId, 'film'));
      ctx.type = livePlaylistType;
      ctx.body = livePlaylist(stream);
    },
    'live/{camera}/picture.jpg': async (ctx, cameraId) => {
      const { picture } = watched(await this.host.live.watch(cameraId, 'pictures'));
      if (picture === null) throw new Refused('starting');
      jpeg(ctx, picture.bytes);
    },
    'live/{camera}/still.jpg': async (ctx, cameraId) => {
      const picture = await this.host.live.still(cameraId);
      if (typeof picture === 'string') throw new Refused(picture);
      jpeg(ctx, picture);
    },
    'live/{camera}/{run}/opening.mp4': async (ctx, cameraId, [run = '']) =>
      film(ctx, this.host.live.watching(cameraId, run)?.opening),
    'live/{camera}/{run}/{fragment}.m4s': async (ctx, cameraId, [run = '', fragment = '']) =>
      film(ctx, this.host.live.watching(cameraId, run)?.fragment(parseInt(fragment, 10))),
    'recorded/{camera}/index.json': async (ctx, cameraId) => {
      const all = await this.host.lines.of(cameraId);
      const body = recordedIndex(cameraId, all, spanOf(ctx), this.host.wallAhead(cameraId));
      ctx.set('Cache-Control', 'private, no-store');
      ctx.body = body;
    },
    'recorded/{camera}/index.m3u8': async (ctx, cameraId) => {
      const all = await this.host.lines.of(cameraId);
      const body = reviewPlaylist(all, spanOf(ctx), this.host.wallAhead(cameraId));
      ctx.set('Cache-Control', 'private, no-store');
      ctx.type = livePlaylistType;
      ctx.body = body;
    },
    'recorded/{camera}/picture.jpg': async (ctx, cameraId) =>
      this.#pictureAt(ctx, inRoomTime(await this.host.lines.of(cameraId), this.host.wallAhead(cameraId))),
    'recorded/{camera}/{sha256}/opening.mp4': (ctx, cameraId, [hash = '']) =>
      this.#segment(ctx, cameraId, hash, false),
    'recorded/{camera}/{sha256}/film.m4s': (ctx, cameraId, [hash = '']) =>
      this.#segment(ctx, cameraId, hash, true),
  };

  async #segment(ctx: Context, cameraId: string, hash: string, isFilm: boolean): Promise<void> {
    const all = await this.host.lines.of(cameraId);
    const segment = all.find((line): line is SegmentLine => line.kind === 'segment' && line.sha256 === hash);
    if (segment === undefined) throw new Refused('not-found');
    return this.#part(ctx, segment, isFilm);
  }

  /** @param all in room time */
  async #pictureAt(ctx: Context, all: readonly VideoLine[]): Promise<void> {
    const at = readTime(ctx.query['at']);
    if (at === null) throw new Refused('bad-request');
    const [segment] = playable(all, { from: at, to: at + 1 });
    const path = segment === undefined ? null : await this.host.files.pathOf(segment);
    const ffmpeg = await this.host.live.ffmpeg();
    if (segment === undefined || path === null || ffmpeg === null) throw new Refused('not-found');
    const picture = await this.#pictures.make(ffmpeg, recordedPictureArguments(path, at - segment.startAt));
    if (picture === 'busy') throw new Refused('video-busy');
    if (picture === null) throw new Refused('not-found');
    ctx.set('Cache-Control', 'private, no-store');
    return jpeg(ctx, picture);
  }

  async #part(ctx: Context, segment: SegmentLine, isFilm: boolean): Promise<void> {
    ctx.set('ETag', `"${segment.sha256}${isFilm ? '' : '-opening'}"`);
    ctx.set('Cache-Control', KEPT_BY_HASH);
    ctx.set('Vary', 'Authorization');
    ctx.status = 200;
    if (ctx.fresh) {
      ctx.status = 304;
      return;
    }
    if (this.#reading >= MAX_READING) throw new Refused('video-busy');
    // Before the file is opened: those who ask in the same moment count too.
    this.#reading += 1;
    try {
      await this.#opened(ctx, segment, isFilm);
    } catch (error) {
      this.#reading -= 1;
      throw error;
    }
  }

  /** Answers with a stream; with its end the request is over. */
  async #opened(ctx: Context, segment: SegmentLine, isFilm: boolean): Promise<void> {
    const { files } = this.host;
    const handle = await files.open(segment);
    if (handle === null) throw new Refused('recording-changed');
    try {
      const parts = await files.partsOf(handle, segment);
      if (parts === null) throw new Refused('recording-changed');
      const first = isFilm ? parts.opening : 0;
      const size = (isFilm ? parts.end : parts.opening) - first;
      const range = readByteRange(ctx.get('Range'), size);
      ctx.set('Accept-Ranges', 'bytes');
      if (range === 'unsatisfiable') {
        ctx.set('Content-Range', `bytes */${size}`);
        throw new Refused('bad-range');
      }
      const { start, end } = range ?? { start: 0, end: size };
      if (range !== null) {
        ctx.status = 206;
        ctx.set('Content-Range', `bytes ${start}-${end - 1}/${size}`);
      }
      ctx.type = 'video/mp4';
      ctx.length = end - start;
      ctx.body = this.#stream(handle, first + start, first + end);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Piece by piece, at the rate of all who watch; the file is closed with it. */
  #stream(handle: FileHandle, from: number, to: number): Readable {
    const gaveUp = new AbortController();
    const host = this.host;
    async function* pieces() {
      for (let at = from; at < to;) {
        const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, to - at));
        await host.take(piece.length, gaveUp.signal);
        const { bytesRead } = await handle.read(piece, 0, piece.length, at);
        if (bytesRead === 0) throw new Error('A recording became shorter while it was read');
        at += bytesRead;
        yield piece.subarray(0, bytesRead);
      }
    }
    const stream = Readable.from(pieces(), { objectMode: false, highWaterMark: PIECE_BYTES });
    stream.once('close', () => {
      this.#reading -= 1;
      gaveUp.abort();
      handle.close().catch((error: unknown) => host.log.warn({ err: error }, 'A recording was not closed'));
    });
    return stream;
  }
}

const PATTERNS = VIDEO_ROUTES.map((route) => ({
  route,
  pattern: new RegExp(
    `^${route.replace(/\./g, '\\.').replace(/\{(\w+)\}/g, (_, name) => PARTS[name as Part])}$`,
  ),
}));

/** The parts of an address behind its camera. */
function routeOf(below: string): { route: VideoRoute; parts: string[] } | null {
  for (const { route, pattern } of PATTERNS) {
    const match = pattern.exec(below);
    if (match !== null) return { route, parts: match.slice(1) };
  }
  return null;
}

function film(ctx: Context, bytes: Buffer | null | undefined): void {
  if (bytes === null || bytes === undefined) throw new Refused('not-found');
  ctx.type = 'video/mp4';
  ctx.body = bytes;
}

function watched<T extends object>(stream: T | LiveRefusal): T {
  if (typeof stream === 'string') throw new Refused(stream);
  return stream;
}

function jpeg(ctx: Context, bytes: Buffer): void {
  ctx.type = 'image/jpeg';
  ctx.body = bytes;
}

/** From the address, in room time. @throws Refused */
function spanOf(ctx: Context): Span {
  const from = readTime(ctx.query['from']);
  const to = readTime(ctx.query['to']);
  if (from === null || to === null || to <= from || to - from > LONGEST_SPAN_MS)
    throw new Refused('bad-request');
  return { from, to };
}

function readTime(value: unknown): number | null {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : null;
}
