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
import { playable, recordedIndex, reviewPlaylist, type Span } from './review-playlist.js';
import { livePlaylistType, VIDEO_PROBLEMS, type VideoProblem } from './video-problems.js';
import { recordedPictureArguments } from './watch-arguments.js';

export type Watching = 'live' | 'recorded';

/** What the routes ask of the rest of the room. */
export interface VideoHost {
  /** True when the pass is of a sign-in whose person may see this. */
  mayWatch(pass: string, what: Watching): boolean;
  /** Wall clock minus room time, ms: recordings are stamped with the wall clock. */
  wallAheadMs(): number;
  /** Resolves when so many bytes may be read: one rate for all who watch. @throws AbortError */
  take(bytes: number, signal: AbortSignal): Promise<void>;
  lines: RecordedLines;
  files: RecordedFiles;
  live: LiveStreams;
  log: Log;
}

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
    const [what = '', cameraId = '', ...rest] = ctx.path.slice(VIDEO_PATH.length + 1).split('/');
    if (what !== 'live' && what !== 'recorded') throw new Refused('not-found');
    const pass = /^Bearer ([A-Za-z0-9_-]{20,100})$/.exec(ctx.get('Authorization'))?.[1] ?? '';
    if (pass === '' || !this.host.mayWatch(pass, what)) throw new Refused('not-allowed');
    if (!isCameraId(cameraId)) throw new Refused('not-found');
    if (what === 'live') return this.#live(ctx, cameraId, rest.join('/'));
    return this.#recorded(ctx, cameraId, rest);
  }

  async #live(ctx: Context, cameraId: string, name: string): Promise<void> {
    const { live } = this.host;
    ctx.set('Cache-Control', 'private, no-store');
    if (name === 'index.m3u8') {
      const stream = watched(await live.watch(cameraId, 'film'));
      ctx.type = livePlaylistType;
      ctx.body = livePlaylist(stream);
      return;
    }
    if (name === 'picture.jpg') {
      const { picture } = watched(await live.watch(cameraId, 'pictures'));
      if (picture === null) throw new Refused('starting');
      return jpeg(ctx, picture.bytes);
    }
    if (name === 'still.jpg') {
      const picture = await live.still(cameraId);
      if (typeof picture === 'string') throw new Refused(picture);
      return jpeg(ctx, picture);
    }
    const [, run = '', part = ''] = /^(\d{1,9})\/(opening\.mp4|\d{1,9}\.m4s)$/.exec(name) ?? [];
    const stream = run === '' ? null : live.watching(cameraId, run);
    const bytes = part === 'opening.mp4' ? stream?.opening : stream?.fragment(parseInt(part, 10));
    if (bytes === null || bytes === undefined) throw new Refused('not-found');
    ctx.type = 'video/mp4';
    ctx.body = bytes;
  }

  async #recorded(ctx: Context, cameraId: string, rest: readonly string[]): Promise<void> {
    const { lines, wallAheadMs } = this.host;
    const [name = '', part = ''] = rest;
    const all = await lines.of(cameraId);
    if (rest.length === 1 && (name === 'index.json' || name === 'index.m3u8')) {
      const span = this.#span(ctx);
      ctx.set('Cache-Control', 'private, no-store');
      if (name === 'index.json') {
        ctx.body = recordedIndex(cameraId, all, span, wallAheadMs());
        return;
      }
      ctx.type = livePlaylistType;
      ctx.body = reviewPlaylist(all, span, wallAheadMs());
      return;
    }
    if (rest.length === 1 && name === 'picture.jpg') return this.#pictureAt(ctx, all);
    if (rest.length !== 2 || (part !== 'opening.mp4' && part !== 'film.m4s')) throw new Refused('not-found');
    const segment = all.find((line): line is SegmentLine => line.kind === 'segment' && line.sha256 === name);
    if (segment === undefined) throw new Refused('not-found');
    return this.#part(ctx, segment, part === 'film.m4s');
  }

  /** From the address, in room time; given back in wall clock. */
  #span(ctx: Context): Span {
    const from = readTime(ctx.query['from']);
    const to = readTime(ctx.query['to']);
    if (from === null || to === null || to <= from || to - from > LONGEST_SPAN_MS)
      throw new Refused('bad-request');
    const ahead = this.host.wallAheadMs();
    return { from: from + ahead, to: to + ahead };
  }

  async #pictureAt(ctx: Context, all: readonly VideoLine[]): Promise<void> {
    const asked = readTime(ctx.query['at']);
    if (asked === null) throw new Refused('bad-request');
    const at = asked + this.host.wallAheadMs();
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
    this.#reading += 1;
    const stream = Readable.from(pieces(), { objectMode: false, highWaterMark: PIECE_BYTES });
    stream.once('close', () => {
      this.#reading -= 1;
      gaveUp.abort();
      handle.close().catch((error: unknown) => host.log.warn({ err: error }, 'A recording was not closed'));
    });
    return stream;
  }
}

function watched<T extends object>(stream: T | LiveRefusal): T {
  if (typeof stream === 'string') throw new Refused(stream);
  return stream;
}

function jpeg(ctx: Context, bytes: Buffer): void {
  ctx.type = 'image/jpeg';
  ctx.body = bytes;
}

function readTime(value: unknown): number | null {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : null;
}
