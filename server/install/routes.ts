// Remote installation over HTTP: every request signed by a key that the room trusts, bound to a number that the room gave.
// It moves bytes and asks; whether a package is taken is the host's matter.

import type { Context, Middleware } from 'koa';
import { Value } from '@sinclair/typebox/value';
import type { PackageOrigin } from '../core/types.js';
import {
  contentDigest,
  isSignedBy,
  readSignatureInput,
  type SignedMessage,
} from '../keys/http-signatures.js';
import type { PublicKeys } from '../keys/key-files.js';
import type { Log } from '../log.js';
import type { HttpProblem } from '../protocol/http.js';
import {
  INSTALL_PATH,
  installProblem,
  MAX_PIECE_BYTES,
  NONCE_HEADER,
  PIECE_TYPE,
  REMOVAL_PATH,
  RemovalSchema,
  ROOM_HEADER,
  TUS_VERSION,
  UPLOADS_PATH,
  type InstallProblemCode,
  type Readiness,
} from '../protocol/install.js';
import { Nonces } from './nonces.js';
import { readBody } from './read-body.js';
import type { UploadStore } from './upload-store.js';
import { NoSpaceError, type Upload } from './upload-store.js';

/** Why a package was not taken: a code with its sentences. */
export type Taken<T> = { ok: true; value: T } | { ok: false; problem: HttpProblem };

/** What the routes need of the room; compose passes it in. */
export interface InstallHost {
  roomKeyId: string;
  /** Keys whose owners may install from afar: technicians and organisations. */
  senders(): Promise<readonly PublicKeys[]>;
  /** A session holds the room. */
  isBusy(): boolean;
  readiness(upload: Upload | null, spaceBytes: number): Readiness;
  /** Checks the file as a local one and installs it; the file is moved away or left. Refusals go on record. */
  install(
    file: string,
    origin: PackageOrigin,
  ): Promise<Taken<{ packageId: string; sequence: number; manifestHash: string }>>;
  remove(packageId: string, reason: string, origin: PackageOrigin): Promise<Taken<null>>;
  /** Puts a refusal that no rule saw on record. [RV4] */
  recordRefusal(act: 'install' | 'remove', code: string, origin: PackageOrigin): Promise<void>;
  log: Log;
}

export interface InstallLimits {
  maxPackageBytes: number;
  /** An upload without a piece for so long makes way for another. */
  idleMs: number;
}

/** What is known once the signature holds. */
interface Signed {
  ctx: Context;
  body: Buffer;
  origin: PackageOrigin;
}

/** A request that ends here, with its answer. */
class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: HttpProblem,
  ) {
    super(body.code);
  }
}

const refused = (code: InstallProblemCode): Refused => {
  const { status, body } = installProblem(code);
  return new Refused(status, body);
};

const UPLOAD = new RegExp(`^${UPLOADS_PATH}/([0-9a-f]{32})(/finish)?$`);

export class InstallRoutes {
  readonly #nonces = new Nonces(() => performance.now());
  /** A piece or the installation is being worked on. */
  #working = false;

  constructor(
    private readonly host: InstallHost,
    private readonly store: UploadStore,
    private readonly limits: InstallLimits,
  ) {}

  /** Takes what is below /api/v1/install and leaves the rest alone. */
  readonly middleware: Middleware = async (ctx, next) => {
    if (ctx.path !== INSTALL_PATH && !ctx.path.startsWith(`${INSTALL_PATH}/`)) return next();
    ctx.set('Cache-Control', 'no-store');
    ctx.set('Tus-Resumable', TUS_VERSION);
    ctx.set(ROOM_HEADER, this.host.roomKeyId);
    try {
      if (ctx.method === 'OPTIONS') return this.#options(ctx);
      await this.#route(await this.#signed(ctx));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      ctx.status = error.status;
      ctx.body = error.body;
      // What was not read yet must not be taken for the next request.
      if (!ctx.req.complete) ctx.set('Connection', 'close');
    } finally {
      ctx.set(NONCE_HEADER, this.#nonces.give());
    }
  };

  #options(ctx: Context): void {
    ctx.status = 204;
    ctx.set('Tus-Version', TUS_VERSION);
    ctx.set('Tus-Extension', 'creation,termination');
    ctx.set('Tus-Max-Size', String(this.limits.maxPackageBytes));
  }

  /** Who asks, before a byte of the body is read; then the body, which has to be what was signed. */
  async #signed(ctx: Context): Promise<Signed> {
    if (ctx.querystring !== '') throw refused('bad-request');
    const headers = ctx.headers as Record<string, string | undefined>;
    if (headers['signature'] === undefined) throw refused('signature-needed');
    const input = readSignatureInput(headers['signature-input']);
    if (input === null) throw refused('bad-signature-input');
    const senders = await this.host.senders();
    const sender = senders.find(({ keyId }) => keyId === input.keyId);
    if (sender === undefined) throw refused('unknown-key');
    if (headers[ROOM_HEADER] !== this.host.roomKeyId) throw refused('wrong-room');
    const message: SignedMessage = { method: ctx.method, path: ctx.path, headers };
    if (!isSignedBy(message, input, headers['signature'], sender)) throw refused('wrong-signature');
    const nonce = this.#nonces.take(input.nonce);
    if (nonce !== 'good') throw refused(nonce === 'used' ? 'replayed' : 'stale-nonce');
    const read = await readBody(ctx.req, MAX_PIECE_BYTES);
    if (!read.ok) throw refused(read.code);
    if (contentDigest(read.body) !== headers['content-digest']) throw refused('wrong-digest');
    const address = (ctx.req.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    const origin = { way: 'remote' as const, keyId: sender.keyId, name: sender.name, address };
    return { ctx, body: read.body, origin };
  }

  async #route(signed: Signed): Promise<void> {
    const { ctx } = signed;
    const { method, path } = ctx;
    if (path === INSTALL_PATH) {
      if (method !== 'GET') throw refused('method-not-allowed');
      ctx.body = await this.#readiness();
      return;
    }
    if (path === REMOVAL_PATH) {
      if (method !== 'POST') throw refused('method-not-allowed');
      return this.#alone(() => this.#remove(signed));
    }
    if (ctx.get('Tus-Resumable') !== TUS_VERSION) throw refused('tus-version');
    if (path === UPLOADS_PATH) {
      if (method !== 'POST') throw refused('method-not-allowed');
      return this.#alone(() => this.#create(signed));
    }
    const [, id, finish] = UPLOAD.exec(path) ?? [];
    if (id === undefined) throw refused('not-found');
    if (finish !== undefined && method === 'POST') return this.#alone(() => this.#finish(signed, id));
    if (finish === undefined && method === 'HEAD') return this.#head(ctx, id);
    if (finish === undefined && method === 'PATCH') return this.#alone(() => this.#piece(signed, id));
    if (finish === undefined && method === 'DELETE') return this.#alone(() => this.#terminate(signed, id));
    throw refused('method-not-allowed');
  }

  /** One at a time: two pieces at once would be two truths about the end. */
  async #alone(work: () => Promise<void>): Promise<void> {
    if (this.#working) throw refused('upload-busy');
    this.#working = true;
    try {
      await work();
    } catch (error) {
      if (error instanceof NoSpaceError) throw refused('disk-full');
      throw error;
    } finally {
      this.#working = false;
    }
  }

  async #readiness(): Promise<Readiness> {
    return this.host.readiness(this.store.current, await this.store.spaceBytes());
  }

  async #create({ ctx, body, origin }: Signed): Promise<void> {
    const length = wholeNumber(ctx.get('Upload-Length'));
    const sha256 = declaredHash(ctx.get('Upload-Metadata'));
    if (length === null || length === 0 || sha256 === null || body.length > 0) throw refused('bad-request');
    this.#notWhileBusy();
    if (length > this.limits.maxPackageBytes) {
      await this.host.recordRefusal('install', 'package-too-large', origin);
      throw refused('package-too-large');
    }
    const { keyId, address } = origin;
    const before = this.store.current;
    const isSame = before?.keyId === keyId && before.sha256 === sha256 && before.length === length;
    if (before !== null && !isSame && Date.now() - before.touchedAt < this.limits.idleMs) {
      // The owner of the other upload may take it back, nobody else learns its name.
      if (before.keyId === keyId) ctx.set('Location', `${UPLOADS_PATH}/${before.id}`);
      throw refused('upload-in-progress');
    }
    const upload =
      before !== null && isSame
        ? before
        : await this.store.begin({ length, sha256, keyId, address }, Date.now());
    ctx.status = 201;
    ctx.set('Location', `${UPLOADS_PATH}/${upload.id}`);
    ctx.set('Upload-Offset', String(upload.offset));
  }

  #head(ctx: Context, id: string): void {
    const { offset, length } = this.#own(ctx, id);
    ctx.status = 200;
    ctx.set('Upload-Offset', String(offset));
    ctx.set('Upload-Length', String(length));
  }

  async #piece({ ctx, body }: Signed, id: string): Promise<void> {
    const upload = this.#own(ctx, id);
    this.#notWhileBusy();
    if (ctx.get('Content-Type') !== PIECE_TYPE || body.length === 0) throw refused('bad-request');
    if (wholeNumber(ctx.get('Upload-Offset')) !== upload.offset) {
      ctx.set('Upload-Offset', String(upload.offset));
      throw refused('wrong-offset');
    }
    if (upload.offset + body.length > upload.length) throw refused('piece-too-large');
    const offset = await this.store.append(body, Date.now());
    ctx.status = 204;
    ctx.set('Upload-Offset', String(offset));
  }

  async #terminate({ ctx }: Signed, id: string): Promise<void> {
    this.#own(ctx, id);
    await this.store.discard();
    ctx.status = 204;
  }

  async #finish({ ctx, origin }: Signed, id: string): Promise<void> {
    const upload = this.#own(ctx, id);
    this.#notWhileBusy();
    if (upload.offset < upload.length) throw refused('upload-incomplete');
    if ((await this.store.hash()) !== upload.sha256) {
      await this.store.discard();
      await this.host.recordRefusal('install', 'wrong-file-hash', origin);
      throw refused('wrong-file-hash');
    }
    const taken = await this.host.install(this.store.file, origin).finally(() => this.store.discard());
    if (!taken.ok) throw new Refused(422, taken.problem);
    ctx.status = 200;
    ctx.body = { ...taken.value, readiness: await this.#readiness() };
  }

  async #remove({ ctx, body, origin }: Signed): Promise<void> {
    const wish = jsonOf(body);
    if (!Value.Check(RemovalSchema, wish)) throw refused('bad-request');
    const removed = await this.host.remove(wish.packageId, wish.reason, origin);
    if (!removed.ok) throw new Refused(409, removed.problem);
    ctx.status = 200;
    ctx.body = await this.#readiness();
  }

  /** The upload of this name, if the key that asks began it. */
  #own(ctx: Context, id: string): Upload {
    const upload = this.store.current;
    const keyId = readSignatureInput(ctx.get('Signature-Input'))?.keyId;
    if (upload === null || upload.id !== id || upload.keyId !== keyId) throw refused('unknown-upload');
    return upload;
  }

  #notWhileBusy(): void {
    if (this.host.isBusy()) throw refused('session-open');
  }
}

function wholeNumber(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** `sha256 <base64 of 64 hex digits>` among the pairs of Upload-Metadata. */
function declaredHash(metadata: string): string | null {
  for (const pair of metadata.split(',')) {
    const [name, value] = pair.trim().split(' ');
    if (name !== 'sha256' || value === undefined) continue;
    const text = Buffer.from(value, 'base64').toString('latin1');
    return /^[0-9a-f]{64}$/.test(text) ? text : null;
  }
  return null;
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
