// The whole HTTP side of a room on real sockets with everything behind it set by hand, so that each answer of each path can be
// brought about; and a witness that holds every answer against the document.

import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type Koa from 'koa';
import type { Refusal } from '../../server/core/refusals.js';
import { createHttpApp } from '../../server/http/app.js';
import { createMetrics } from '../../server/http/metrics.js';
import { InstallRoutes, type InstallHost, type Taken } from '../../server/install/routes.js';
import { UploadStore } from '../../server/install/upload-store.js';
import { contentDigest, signMessage } from '../../server/keys/http-signatures.js';
import { generateKeys, type PrivateKeys } from '../../server/keys/key-files.js';
import { createLog, type Log } from '../../server/log.js';
import { INSTALL_PATH, NONCE_HEADER, ROOM_HEADER, type Readiness } from '../../server/protocol/install.js';
import { TUS_VERSION } from '../../server/protocol/tus.js';
import type { LiveRefusal } from '../../server/recording/live.js';
import type { LiveStream } from '../../server/recording/live-stream.js';
import { RecordedFiles } from '../../server/recording/recorded-files.js';
import { RecordedLines } from '../../server/recording/recorded-lines.js';
import { VideoRoutes, type VideoHost } from '../../server/recording/video-routes.js';
import { FairRate } from '../../server/uploads/fair-rate.js';
import { FileStore } from '../../server/uploads/file-store.js';
import { UploadRoutes } from '../../server/uploads/routes.js';
import { at, follow, type Node } from '../support/wire-document.js';

export const HASH = 'ab'.repeat(32);
export const VIDEO_PASS = 'pass-of-a-signed-in-person';
export const SECRET = '5'.repeat(64);
export const SESSION = 'practical-pm';
export const LINK_KEY = Buffer.alloc(32, 1);
const ROOM_KEY_ID = '0123456789abcdef';

export interface Wish {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: Buffer;
}
export interface Heard {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  code: string | null;
}

const READINESS: Readiness = {
  roomKeyId: ROOM_KEY_ID,
  version: '0.1.0',
  disk: { freeBytes: 1, roomForBytes: 1 },
  clock: { roomTime: 1, wallTime: 1, trusted: true },
  package: null,
  currentSession: null,
  sessions: [],
  pairing: { seats: 0, paired: 0, connected: 0, waiting: 0 },
  upload: null,
};

export class HttpSetting {
  readonly folder = mkdtempSync(join(tmpdir(), 'http-document-'));
  app!: Koa;
  healthy = true;
  busy = false;
  /** What the room says to a package and to a removal. */
  taken: () => Promise<Taken<never>> | null = () => null;
  /** What the rules say to a file, at once or when it has come. */
  fileRefusal: Refusal | null = null;
  receiveRefusal: Refusal | null = null;
  readonly sizes = new Map<string, number>();
  readonly received = new Set<string>();
  technician!: PrivateKeys;
  files!: FileStore;
  incoming!: UploadStore;
  readonly #key = randomBytes(32);
  #server!: Server;

  /** What a camera says when somebody watches it live: a refusal, or pictures. */
  liveRefusal: LiveRefusal | null = null;
  /** Holds back what is read for those who look at recordings. */
  held: Promise<void> = Promise.resolve();

  async start(limits: { full?: boolean } = {}): Promise<this> {
    this.technician ??= await generateKeys('technician', '远助');
    const log = createLog('silent');
    const keepFreeBytes = limits.full === true ? 2 ** 60 : 0;
    const { webFolder } = this;
    mkdirSync(join(this.folder, 'incoming'), { recursive: true });
    this.incoming = await UploadStore.open(join(this.folder, 'incoming'), 'x', keepFreeBytes);
    const maxPackageBytes = 2 ** 20;
    const install = new InstallRoutes(this.#installHost(), this.incoming, {
      maxPackageBytes,
      idleMs: 60_000,
    });
    const keys = async () => [{ keyId: `${SESSION}.1`, key: this.#key }];
    this.files = new FileStore({ folder: join(this.folder, 'files'), keepFreeBytes, keys });
    const uploads = new UploadRoutes(this.#uploadHost(), this.files, new FairRate(10 ** 9), log);
    const metrics = createMetrics({
      connectedSeats: () => 0,
      pendingPairings: () => 0,
      refusedSaves: () => new Map(),
      lastSeq: () => 0,
      durableSeq: () => 0,
    });
    const bundle = join(this.folder, 'x.bag.zip.age');
    writeFileSync(bundle, 'sealed');
    const report = join(this.folder, 'report');
    writeFileSync(report, '{}');
    this.app = createHttpApp({
      facts: () => ({
        ...{ version: '0.1.0', roomName: '102', siteName: '示例学院', planName: '示例计划' },
        ...{ helpTelephone: '400-000-0000', practice: true, packageId: null, now: 1, clockTrusted: true },
      }),
      health: () => ({ ok: this.healthy, version: '0.1.0', lastSeq: 3, durableSeq: 3 }),
      part: (hash) => (hash === HASH ? Buffer.from('sealed') : null),
      photo: async (hash) => (hash === HASH ? { bytes: Buffer.from('face'), type: 'image/jpeg' } : null),
      bundleFile: (hash) => (hash === HASH ? bundle : null),
      preflightFile: (name) => (/^preflight-0123abcd\.(json|html)$/.test(name) ? report : null),
      linkKey: LINK_KEY,
      caCertificate: '-----BEGIN CERTIFICATE-----\n',
      webFolder,
      metrics: () => metrics.text(),
      install: install.middleware,
      uploads: uploads.middleware,
      video: new VideoRoutes(this.#videoHost(log)).middleware,
      log,
    });
    const handle = this.app.callback();
    this.#server = createServer((incoming, outgoing) => void handle(incoming, outgoing));
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get webFolder(): string {
    return join(this.folder, 'web');
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Sends as it is. */
  send({ method = 'GET', path, headers = {}, body }: Wish): Promise<Heard> {
    const { port } = this.#server.address() as AddressInfo;
    const length = body === undefined ? {} : { 'content-length': String(body.length) };
    return new Promise((resolve, reject) => {
      const sent = request(
        { port, host: '127.0.0.1', method, path, agent: false, headers: { ...length, ...headers } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const bytes = Buffer.concat(chunks);
            const { statusCode: status = 0, headers: answered } = response;
            resolve({ status, headers: answered, body: bytes, code: codeIn(bytes) });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** Signs as the technician, except for what `over` changes afterwards. */
  async signed(wish: Wish, keys = this.technician): Promise<Wish> {
    const { method = 'GET', path, body } = wish;
    const headers: Record<string, string> = {
      'tus-resumable': TUS_VERSION,
      [ROOM_HEADER]: ROOM_KEY_ID,
      'content-digest': contentDigest(body ?? Buffer.alloc(0)),
      ...wish.headers,
    };
    const { headers: given } = await this.send({ method: 'OPTIONS', path: INSTALL_PATH });
    const signature = signMessage({ method, path, headers }, String(given[NONCE_HEADER]), keys, 1);
    return { ...wish, headers: { ...headers, ...signature } };
  }

  #installHost(): InstallHost {
    return {
      roomKeyId: ROOM_KEY_ID,
      senders: async () => [this.technician.public],
      isBusy: () => this.busy,
      readiness: () => READINESS,
      install: async () =>
        (await this.taken()) ?? {
          ok: true,
          value: { packageId: 'small', sequence: 1, manifestHash: HASH },
        },
      remove: async () => (await this.taken()) ?? { ok: true, value: null },
      recordRefusal: async () => undefined,
      log: createLog('silent'),
    };
  }

  /** Recordings are real files below `videoFolder`; what lives is said by the test. */
  #videoHost(log: Log): VideoHost {
    const bytes = Buffer.from('film');
    const stream = {
      ...{
        run: '1',
        picture: { bytes },
        opening: bytes,
        fragment: (at: number) => (at === 0 ? bytes : null),
      },
      ...{ fragments: [], firstNumber: 0 },
    };
    return {
      mayWatch: (pass) => pass === VIDEO_PASS,
      wallAhead: () => () => 0,
      take: () => this.held,
      lines: new RecordedLines(this.videoFolder),
      files: new RecordedFiles(this.videoFolder),
      live: {
        watch: async () => this.liveRefusal ?? (stream as unknown as LiveStream),
        still: async () => this.liveRefusal ?? bytes,
        watching: (_camera, run) => (run === '1' ? (stream as unknown as LiveStream) : null),
        ffmpeg: async () => 'ffmpeg',
      },
      log,
    };
  }

  get videoFolder(): string {
    return join(this.folder, 'video');
  }

  #uploadHost(): ConstructorParameters<typeof UploadRoutes>[0] {
    const { sizes, received } = this;
    return {
      seatOf: (secret) => (secret === SECRET ? { kind: 'seat', seatId: 's1', pcId: 'pc' } : null),
      asked: (_by, { fileHash }) =>
        this.fileRefusal ?? {
          sessionId: SESSION,
          size: sizes.get(fileHash) ?? null,
          received: received.has(fileHash),
        },
      receive: async (_by, { fileHash }) => {
        if (this.receiveRefusal === null) received.add(fileHash);
        return this.receiveRefusal;
      },
      declared: () => new Set(sizes.keys()),
      drop: async () => true,
    };
  }
}

function codeIn(body: Buffer): string | null {
  try {
    return (JSON.parse(body.toString('utf8')) as { code?: string }).code ?? null;
  } catch {
    return null;
  }
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Remembers what was seen, and says what the document does not. */
export class Witness {
  readonly seen = new Set<string>();
  readonly undocumented: string[] = [];
  readonly #ajv = new Ajv2020({ strict: false });
  readonly #paths: [RegExp, string][];

  constructor(private readonly document: Node) {
    this.#ajv.addSchema({ $id: 'file:/http', components: document['components'] });
    this.#paths = Object.keys(at(document, 'paths')).map((template) => [
      new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      template,
    ]);
  }

  /** Every `METHOD path status` of the document. */
  documented(): string[] {
    return Object.entries(at(this.document, 'paths')).flatMap(([path, item]) =>
      Object.entries(item as Node)
        .filter(([method]) => method !== 'parameters')
        .flatMap(([method, operation]) =>
          Object.keys((operation as Node)['responses'] as Node).map(
            (status) => `${method.toUpperCase()} ${path} ${status}`,
          ),
        ),
    );
  }

  take({ method = 'GET', path }: Wish, { status, headers, body, code }: Heard): void {
    const plain = path.replace(/\?.*$/s, '');
    const template = this.#paths.find(([pattern]) => pattern.test(plain))?.[1];
    const said = `${method} ${template ?? plain} ${status}`;
    const operation =
      template === undefined ? {} : at(this.document, 'paths', template, method.toLowerCase());
    const responses = (operation['responses'] ?? {}) as Record<string, Node>;
    const response = responses[String(status)];
    if (response === undefined) {
      this.undocumented.push(`${said} ${code ?? ''}`.trim());
      return;
    }
    this.seen.add(said);
    const { content, 'x-codes': codes = [] } = follow(this.document, response) as {
      content?: Record<string, { schema?: Node }>;
      'x-codes'?: string[];
    };
    if (code !== null && !codes.includes(code)) this.undocumented.push(`${said} ${code}`);
    const type = String(headers['content-type'] ?? '').replace(/;.*$/s, '');
    const documentedType = Object.keys(content ?? {}).find(
      (one) => one === type || one === '*/*' || (one.endsWith('/*') && type.startsWith(one.slice(0, -1))),
    );
    if (body.length > 0 && documentedType === undefined) this.undocumented.push(`${said} as ${type}`);
    const { $ref: reference } = content?.['application/json']?.schema ?? {};
    if (type !== 'application/json' || typeof reference !== 'string') return;
    if (!this.#ajv.validate(`file:/http${reference}`, JSON.parse(body.toString('utf8'))))
      this.undocumented.push(`${said}: ${this.#ajv.errorsText()}`);
  }
}
