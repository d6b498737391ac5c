// A real appliance in this process on an empty data folder, with a technician far away whose key it trusts, and a small
// sealed exam that is not installed yet. Requests go over HTTPS on loopback.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '../../server/core/commands.js';
import { parseConfig } from '../../server/config.js';
import { contentDigest, signMessage } from '../../server/keys/http-signatures.js';
import { generateKeys, type PrivateKeys } from '../../server/keys/key-files.js';
import { SignedClient, type ServerAddress } from '../../server/install/signed-client.js';
import { createLog } from '../../server/log.js';
import { startServer, type RunningServer } from '../../server/main.js';
import type { EventType } from '../../server/core/events.js';
import { eventOf } from '../../server/protocol/journal-event.js';
import { NONCE_HEADER, ROOM_HEADER, TUS_VERSION } from '../../server/protocol/install.js';
import { smallExam, type SmallExam, type SmallExamOptions } from './small-exam.js';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  code: string;
  body: Buffer;
}

export interface RawRequest {
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: Buffer;
}

export class FarRoom {
  server!: RunningServer;
  readonly data = mkdtempSync(join(tmpdir(), 'kaochang-far-'));

  private constructor(
    readonly exam: SmallExam,
    readonly technician: PrivateKeys,
    private readonly config: object,
  ) {}

  static async open(options: SmallExamOptions & { config?: object } = {}): Promise<FarRoom> {
    const { config = {}, ...more } = options;
    const policy = { entryOpensBeforeMs: 600_000, sealNeedsOrgCode: false, sealNeedsReport: false };
    const exam = await smallExam({ policy, ...more });
    const room = new FarRoom(exam, await generateKeys('technician', '远助'), config);
    for (const folder of ['keys', 'trust']) mkdirSync(join(room.data, folder));
    writeFileSync(join(room.data, 'keys', 'room.key'), JSON.stringify(exam.room), { mode: 0o600 });
    writeFileSync(join(room.data, 'keys', 'room.pub'), JSON.stringify(exam.room.public));
    writeFileSync(join(room.data, 'trust', 'org.pub'), JSON.stringify(exam.org.public));
    writeFileSync(join(room.data, 'trust', 'technician.pub'), JSON.stringify(room.technician.public));
    await room.start();
    return room;
  }

  async start(): Promise<void> {
    const problems: never[] = [];
    const config = parseConfig(
      {
        ...{ host: '127.0.0.1', httpsPort: 0, ballastMegabytes: 1 },
        ...this.config,
        install: { keepFreeMegabytes: 0, ...(this.config as { install?: object }).install },
      },
      problems,
    );
    if (config === null) throw new Error(JSON.stringify(problems));
    const onFatal = (error: Error) => void error;
    this.server = await startServer({ data: this.data, config, log: createLog('silent'), onFatal });
  }

  async restart(): Promise<void> {
    await this.server.stop();
    await this.start();
  }

  get address(): ServerAddress {
    const { httpsPort, caCertificate } = this.server;
    return { url: `https://127.0.0.1:${httpsPort}`, ca: caCertificate };
  }

  client(keys: PrivateKeys = this.technician): SignedClient {
    return new SignedClient(this.address, keys, null, 20_000);
  }

  get roomKeyId(): string {
    return this.exam.room.public.keyId;
  }

  /** A number of the room, fresh. */
  async nonce(): Promise<string> {
    const { headers } = await this.send({ path: '/api/v1/install' });
    return String(headers[NONCE_HEADER]);
  }

  /** The headers with which a request would be in order. */
  async signed(wish: RawRequest, keys = this.technician): Promise<RawRequest> {
    const { method = 'GET', path, body = Buffer.alloc(0) } = wish;
    const headers = {
      'tus-resumable': TUS_VERSION,
      [ROOM_HEADER]: this.roomKeyId,
      'content-digest': contentDigest(body),
      ...wish.headers,
    };
    const signature = signMessage({ method, path, headers }, await this.nonce(), keys, 1);
    return { ...wish, method, headers: { ...headers, ...signature } };
  }

  /** Signs and sends. */
  async ask(wish: RawRequest, keys = this.technician): Promise<Answer> {
    return this.send(await this.signed(wish, keys));
  }

  /** Sends as it is. */
  send({ method = 'GET', path, headers = {}, body = Buffer.alloc(0) }: RawRequest): Promise<Answer> {
    const { url, ca } = this.address;
    const length = method === 'GET' || method === 'HEAD' ? {} : { 'content-length': String(body.length) };
    return new Promise((resolve, reject) => {
      const ongoing = request(
        new URL(path, url),
        { method, ca, agent: false, headers: { ...length, ...headers } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const bytes = Buffer.concat(chunks);
            const { code = '' } = /^\{/.test(bytes.toString('utf8'))
              ? (JSON.parse(bytes.toString('utf8')) as { code?: string })
              : {};
            resolve({ status: response.statusCode ?? 0, headers: response.headers, code, body: bytes });
          });
        },
      );
      ongoing.on('error', reject);
      ongoing.end(body);
    });
  }

  /** What of uploads and packages lies on the disk. */
  left(): string[] {
    return ['incoming', 'packages'].flatMap((folder) => {
      try {
        return readdirSync(join(this.data, folder)).map((name) => `${folder}/${name}`);
      } catch {
        return [];
      }
    });
  }

  /** A command of somebody of the staff. @throws Error with the code of the refusal */
  staff(staffId: string, command: object): void {
    const by = { kind: 'staff', staffId, station: 'test' };
    const { refusal } = this.server.room.handle({ ...command, by } as Command);
    if (refusal !== null) throw new Error(refusal.code);
  }

  seal(sessionId: string): void {
    for (const who of ['sysadmin', 'clerk']) this.staff(who, { type: 'sign-seal', sessionId });
  }

  /** The one package in the folder. */
  installedFile(): string {
    const names = readdirSync(join(this.data, 'packages'));
    if (names.length !== 1) throw new Error(`Not one package: ${names.join(' ')}`);
    return join(this.data, 'packages', names[0] ?? '');
  }

  /** Journal rows of a type, as the room wrote them. */
  async events<T extends EventType>(type: T): Promise<Record<string, unknown>[]> {
    await this.server.room.settled();
    const found: Record<string, unknown>[] = [];
    for await (const written of this.server.journal.replay(0)) {
      const event = eventOf(written);
      if (event.type === type) found.push(event as unknown as Record<string, unknown>);
    }
    return found;
  }

  async close(): Promise<void> {
    await this.server.stop();
    for (const folder of [this.data, this.exam.folder]) rmSync(folder, { recursive: true, force: true });
  }
}
