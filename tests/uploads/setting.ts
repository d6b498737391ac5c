// A room of one PC for tests of the uploads: the real routes on the real disk, rules that a test sets by hand, and a small client
// that says exactly what it is told to say.

import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Koa from 'koa';
import type { Refusal } from '../../server/core/refusals.js';
import { createLog } from '../../server/log.js';
import { TUS_PIECE_TYPE, TUS_VERSION, writeUploadMetadata } from '../../server/protocol/tus.js';
import { uploadPath, type UploadName } from '../../server/protocol/uploads.js';
import { FairRate } from '../../server/uploads/fair-rate.js';
import { FileStore } from '../../server/uploads/file-store.js';
import type { UploadHost } from '../../server/uploads/host.js';
import { UploadRoutes } from '../../server/uploads/routes.js';

export const SECRET = '5'.repeat(64);
export const SESSION = 'practical-pm';
export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

export interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
  /** The code of a problem, where there is one. */
  code: string | undefined;
}

export class UploadSetting {
  readonly folder = mkdtempSync(join(tmpdir(), 'uploads-'));
  /** What answers name: size by hash. */
  readonly sizes = new Map<string, number>();
  readonly received = new Map<string, number>();
  readonly dropped: string[] = [];
  keys = [{ keyId: `${SESSION}.1`, key: randomBytes(32) }];
  /** The rules refuse to record a file. */
  refusal: Refusal | null = null;
  keepFreeBytes = 0;
  bytesPerSecond = 10 ** 9;
  port = 0;
  #server: Server | null = null;

  /** Starts the routes; again on the same folder after `stop`. */
  async start(): Promise<this> {
    const { sizes, received } = this;
    const host: UploadHost = {
      seatOf: (secret) => (secret === SECRET ? { kind: 'seat', seatId: 's1', pcId: 'pc' } : null),
      asked: (_by, { candidateId, lease, fileHash }) =>
        candidateId !== 'c1' || lease !== 1
          ? { code: 'foreign-lease' }
          : { sessionId: SESSION, size: sizes.get(fileHash) ?? null, received: received.has(fileHash) },
      receive: async (_by, { fileHash }, bytes) => {
        if (this.refusal === null) received.set(fileHash, bytes);
        return this.refusal;
      },
      declared: () => new Set(sizes.keys()),
      drop: async (_session, _candidate, fileHash) => {
        this.dropped.push(fileHash);
        return true;
      },
    };
    const app = new Koa();
    const rate = new FairRate(this.bytesPerSecond);
    app.use(new UploadRoutes(host, this.store(), rate, createLog('silent')).middleware);
    const handle = app.callback();
    this.#server = createServer((request, response) => void handle(request, response));
    await new Promise<void>((resolve) => this.#server?.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  store(): FileStore {
    const { folder, keepFreeBytes } = this;
    return new FileStore({ folder, keepFreeBytes, keys: async () => this.keys });
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Names a file, as an answer of c1 does. */
  name(bytes: Buffer): UploadName {
    const fileHash = sha256(bytes);
    this.sizes.set(fileHash, bytes.length);
    return { candidateId: 'c1', lease: 1, fileHash };
  }

  ask(method: string, path: string, headers: Record<string, string> = {}, body?: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = httpRequest(
        {
          ...{ port: this.port, host: '127.0.0.1', method, path, agent: false },
          headers: { ...PROPER, ...lengthOf(headers, body), ...headers },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const all = Buffer.concat(chunks);
            const { statusCode: status = 0, headers: answered } = response;
            resolve({ status, headers: answered, body: all, code: codeIn(all) });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  create({ candidateId, lease, fileHash }: UploadName, length: number): Promise<Answer> {
    const pairs = [
      ['candidate', candidateId],
      ['lease', String(lease)],
      ['sha256', fileHash],
    ] as const;
    const headers = { 'Upload-Length': String(length), 'Upload-Metadata': writeUploadMetadata(pairs) };
    return this.ask('POST', '/uploads', headers);
  }

  patch(name: UploadName, offset: number, piece: Buffer): Promise<Answer> {
    const headers = {
      'Upload-Offset': String(offset),
      'Content-Type': TUS_PIECE_TYPE,
      'Content-Length': String(piece.length),
    };
    return this.ask('PATCH', uploadPath(name), headers, piece);
  }

  /** Sends the beginning of a piece and lets the line die in the middle of it. */
  async cut(name: UploadName, offset: number, piece: Buffer, afterBytes: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const sent = httpRequest({
        ...{ port: this.port, host: '127.0.0.1', method: 'PATCH', path: uploadPath(name), agent: false },
        headers: {
          ...{ ...PROPER, 'Upload-Offset': String(offset), 'Content-Type': TUS_PIECE_TYPE },
          'Content-Length': String(piece.length),
        },
      });
      sent.on('error', () => undefined);
      sent.on('close', () => resolve());
      sent.write(piece.subarray(0, afterBytes), () => setTimeout(() => sent.destroy(), 30));
    });
  }

  async offset(name: UploadName): Promise<number | null> {
    const { headers } = await this.ask('HEAD', uploadPath(name));
    return headers['upload-offset'] === undefined ? null : Number(headers['upload-offset']);
  }
}

const PROPER = { Authorization: `Bearer ${SECRET}`, 'Tus-Resumable': TUS_VERSION };

function lengthOf(headers: Record<string, string>, body: Buffer | undefined): Record<string, string> {
  return body === undefined || 'Transfer-Encoding' in headers
    ? {}
    : { 'Content-Length': String(body.length) };
}

function codeIn(body: Buffer): string | undefined {
  try {
    return (JSON.parse(body.toString('utf8')) as { code?: string }).code;
  } catch {
    return undefined;
  }
}
