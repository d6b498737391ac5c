// tus 1.0 under /uploads: candidates' PCs bring the files that their answers name, and open them again. Only the PC that holds
// the lease gets near a file; only what an answer names is taken; a file is acknowledged when hash, disk and journal agree.

import { Readable } from 'node:stream';
import type { Context, Middleware } from 'koa';
import type { Refusal } from '../core/refusals.js';
import type { Log } from '../log.js';
import type { HttpProblem } from '../protocol/http.js';
import { refusalText } from '../protocol/refusal-texts.js';
import { readByteCount, readUploadMetadata, TUS_PIECE_TYPE, TUS_VERSION } from '../protocol/tus.js';
import {
  MAX_FILE_BYTES,
  readSecret,
  readUploadPath,
  UPLOAD_EXTENSIONS,
  uploadPath,
  UPLOADS_PATH,
  type UploadName,
} from '../protocol/uploads.js';
import type { FairRate } from './fair-rate.js';
import { NoSpaceError, type FileStore } from './file-store.js';
import type { AskedFile, SeatActor, UploadHost } from './host.js';
import type { FilePlace } from './sealed-file.js';

/** A request that ends here, with its answer. */
class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: HttpProblem,
  ) {
    super(body.code);
  }
}

/** Who is busy with a file. */
interface Held {
  gaveUp: AbortController;
  done: Promise<void>;
}

/** What a request is about, once PC, lease and name are in order. */
interface Asked extends AskedFile {
  by: SeatActor;
  name: UploadName;
  place: FilePlace;
}

const no = (status: number, code: string, zh: string, en: string) => new Refused(status, { code, zh, en });
const NOT_BEGUN = () => no(404, 'not-found', '这个文件还没有开始上传', 'This upload was not begun');
const TOO_MUCH = () => no(413, 'body-too-large', '内容超过文件大小', 'More bytes than the file has');
const STATUS: Partial<Record<Refusal['code'], number>> = { 'disk-full': 507, 'after-collection': 410 };

export class UploadRoutes {
  readonly #held = new Map<string, Held>();

  constructor(
    private readonly host: UploadHost,
    private readonly store: FileStore,
    private readonly rate: FairRate,
    private readonly log: Log,
  ) {}

  /** Takes requests below /uploads; leaves the others alone. */
  get middleware(): Middleware {
    return async (ctx, next) => {
      if (ctx.path !== UPLOADS_PATH && !ctx.path.startsWith(`${UPLOADS_PATH}/`)) return next();
      // Lines that die in the middle are the daily bread of uploads, and no fault of the room.
      ctx.onerror = (error: Error | null) => this.#broke(ctx as Context, error);
      ctx.set('Tus-Resumable', TUS_VERSION);
      ctx.set('Cache-Control', 'no-store');
      try {
        await this.#answer(ctx as Context);
      } catch (error) {
        this.#refuse(ctx as Context, error);
      }
    };
  }

  async #answer(ctx: Context): Promise<void> {
    const { method } = ctx;
    if (method === 'OPTIONS') return this.#tell(ctx);
    if (method !== 'GET' && ctx.get('Tus-Resumable') !== TUS_VERSION) {
      ctx.set('Tus-Version', TUS_VERSION);
      throw no(412, 'tus-version', '上传协议版本不符', 'This is not the version of tus that the room speaks');
    }
    if (method === 'POST' && ctx.path === UPLOADS_PATH) return this.#create(ctx);
    const name = readUploadPath(ctx.path);
    if (name === null) throw no(404, 'not-found', '这里没有所要的内容', 'There is nothing here');
    if (method === 'HEAD') return this.#offset(ctx, this.#asked(ctx, name));
    if (method === 'PATCH') return this.#patch(ctx, this.#asked(ctx, name));
    if (method === 'GET') return this.#open(ctx, this.#asked(ctx, name));
    throw no(405, 'method-not-allowed', '不支持这种请求方式', 'This method is not allowed here');
  }

  #tell(ctx: Context): void {
    ctx.set('Tus-Version', TUS_VERSION);
    ctx.set('Tus-Extension', UPLOAD_EXTENSIONS);
    ctx.set('Tus-Max-Size', String(MAX_FILE_BYTES));
    ctx.status = 204;
  }

  async #create(ctx: Context): Promise<void> {
    const length = readByteCount(ctx.get('Upload-Length'));
    const pairs = readUploadMetadata(ctx.get('Upload-Metadata'));
    const name = readUploadPath(
      `${UPLOADS_PATH}/${pairs?.get('candidate')}/${pairs?.get('lease')}/${pairs?.get('sha256')}`,
    );
    if (length === null || name === null || hasBody(ctx))
      throw no(400, 'bad-request', '请求有误', 'The request is not well formed');
    if (length > MAX_FILE_BYTES) throw no(413, 'body-too-large', '文件太大', 'The file is too large');
    const asked = this.#asked(ctx, name);
    if (asked.size !== length) throw refusedBy({ code: 'file-not-declared' });
    if (!asked.received) {
      await this.#tidy(asked.place);
      await this.#holding(asked.place, async () => {
        if ((await this.store.length(asked.place, length)) === null)
          await this.store.begin(asked.place, length);
      });
    }
    ctx.status = 201;
    ctx.set('Location', uploadPath(name));
  }

  async #offset(ctx: Context, asked: Asked): Promise<void> {
    const offset = await this.#holding(asked.place, () => this.#here(asked));
    if (offset === null) throw NOT_BEGUN();
    ctx.set('Upload-Offset', String(offset));
    ctx.set('Upload-Length', String(asked.size));
    ctx.status = 200;
    ctx.body = null;
    ctx.status = 200;
  }

  async #patch(ctx: Context, asked: Asked): Promise<void> {
    if (ctx.get('Content-Type') !== TUS_PIECE_TYPE)
      throw no(415, 'piece-type', '内容类型不符', `A piece comes as ${TUS_PIECE_TYPE}`);
    const from = readByteCount(ctx.get('Upload-Offset'));
    if (from === null) throw no(400, 'bad-request', '请求有误', 'The request is not well formed');
    const length = ctx.get('Content-Length') === '' ? null : readByteCount(ctx.get('Content-Length'));
    const now = await this.#holding(asked.place, async (signal) => {
      const offset = await this.#here(asked);
      if (offset === null || asked.size === null) throw NOT_BEGUN();
      if (from !== offset || signal.aborted)
        throw no(409, 'wrong-offset', '续传位置不符', `The upload goes on at ${offset}`);
      if (offset + (length ?? 0) > asked.size) throw TOO_MUCH();
      if (offset === asked.size) return offset;
      const end = await this.#take(ctx, asked.place, offset, signal);
      if (end === asked.size) await this.#finish(asked);
      return end;
    });
    ctx.set('Upload-Offset', String(now));
    ctx.status = 204;
  }

  async #open(ctx: Context, { received, place, size }: Asked): Promise<void> {
    if (!received || size === null || (await this.store.length(place, size)) !== size)
      throw no(404, 'not-found', '考场服务器还没有这个文件', 'The room does not have this file yet');
    ctx.set('Content-Type', 'application/octet-stream');
    ctx.set('Content-Disposition', 'attachment');
    ctx.length = size;
    ctx.body = Readable.from(this.store.read(place), { objectMode: false });
  }

  /**
   * Does one thing with a file at a time. Whoever asks anew has given his old line up: what still comes on it is ended first,
   * and what came on it stays.
   */
  async #holding<T>(place: FilePlace, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const key = keyOf(place);
    const before = this.#held.get(key);
    before?.gaveUp.abort();
    const gaveUp = new AbortController();
    const result = (before?.done ?? Promise.resolve()).then(() => act(gaveUp.signal));
    const mine = {
      gaveUp,
      done: result.then(
        () => undefined,
        () => undefined,
      ),
    };
    this.#held.set(key, mine);
    try {
      return await result;
    } finally {
      if (this.#held.get(key) === mine) this.#held.delete(key);
    }
  }

  async #take(ctx: Context, place: FilePlace, offset: number, signal: AbortSignal): Promise<number> {
    const { rate } = this;
    const { req } = ctx;
    const stop = () => req.destroy();
    signal.addEventListener('abort', stop, { once: true });
    async function* paced(): AsyncGenerator<Buffer> {
      for await (const chunk of req) {
        const bytes = chunk as Buffer;
        await rate.take(bytes.length, signal);
        yield bytes;
      }
    }
    try {
      return await this.store.append(place, offset, paced());
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** How many bytes are here; a file with all of them is checked and acknowledged first. */
  async #here(asked: Asked): Promise<number | null> {
    if (asked.size === null) return null;
    if (asked.received) return asked.size;
    const length = await this.store.length(asked.place, asked.size);
    if (length !== asked.size) return length;
    await this.#finish(asked);
    return length;
  }

  /** All bytes are here: hash, disk, journal. @throws Refused, with the file removed where it is another one */
  async #finish({ by, name, place, size }: Asked): Promise<void> {
    if (!(await this.store.isWhole(place))) {
      await this.store.remove(place);
      throw no(
        460,
        'wrong-hash',
        '文件内容与登记的不一致，请重新上传',
        'The bytes are not the file that was named',
      );
    }
    const refusal = await this.host.receive(by, name, size ?? 0);
    if (refusal !== null) throw refusedBy(refusal);
  }

  /** Removes what this candidate no longer names, so that replacing a file a hundred times fills no disk. [FI5] */
  async #tidy({ sessionId, candidateId }: FilePlace): Promise<void> {
    const declared = this.host.declared(sessionId, candidateId);
    for (const fileHash of await this.store.list(sessionId, candidateId)) {
      if (declared.has(fileHash)) continue;
      const place = { sessionId, candidateId, fileHash };
      await this.#holding(place, async () => {
        if (await this.host.drop(sessionId, candidateId, fileHash)) await this.store.remove(place);
      });
    }
  }

  #asked(ctx: Context, name: UploadName): Asked {
    const secret = readSecret(ctx.get('Authorization'));
    const by = secret === null ? null : this.host.seatOf(secret);
    if (by === null) throw no(401, 'not-allowed', '本机尚未绑定考位', 'This PC has no seat');
    const asked = this.host.asked(by, name);
    if ('code' in asked) throw refusedBy(asked);
    const { candidateId, fileHash } = name;
    return { ...asked, by, name, place: { sessionId: asked.sessionId, candidateId, fileHash } };
  }

  #broke(ctx: Context, error: Error | null): void {
    if (error === null) return;
    this.log.debug({ err: error, path: ctx.path }, 'The line of an upload broke');
    ctx.res.destroy();
  }

  #refuse(ctx: Context, error: unknown): void {
    if (hasBody(ctx) && !ctx.req.complete) ctx.set('Connection', 'close');
    const { status, body } = answerTo(error);
    if (status === 500 && !ctx.req.destroyed)
      this.log.error({ err: error, path: ctx.path }, 'An upload failed');
    ctx.status = status;
    if (ctx.method !== 'HEAD') ctx.body = body;
  }
}

function answerTo(error: unknown): Refused {
  if (error instanceof Refused) return error;
  if (error instanceof RangeError) return TOO_MUCH();
  if (error instanceof NoSpaceError) return refusedBy({ code: 'disk-full' });
  return no(
    500,
    'server-fault',
    '服务器出错，请告知系统管理员',
    'The server failed; please tell the system administrator',
  );
}

function refusedBy({ code, params }: Refusal): Refused {
  const { zh, en } = refusalText(code, params);
  return no(STATUS[code] ?? 403, code, zh, en);
}

function keyOf({ sessionId, candidateId, fileHash }: FilePlace): string {
  return `${sessionId}/${candidateId}/${fileHash}`;
}

function hasBody(ctx: Context): boolean {
  return ctx.get('Transfer-Encoding') !== '' || (ctx.get('Content-Length') || '0') !== '0';
}
