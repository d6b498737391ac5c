// The reference server of the pull mode (docs/remote-install.md): an organisation's tasks for its rooms, packages by ranges,
// reports of the rooms. It shares with the room the signature's form and nothing else.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Value } from '@sinclair/typebox/value';
import { signDsse } from '../../server/keys/dsse.js';
import { contentDigest, isSignedBy, readSignatureInput } from '../../server/keys/http-signatures.js';
import type { PrivateKeys, PublicKeys } from '../../server/keys/key-files.js';
import {
  TASK_PAYLOAD_TYPE,
  TaskReportSchema,
  type Task,
  type TaskReport,
} from '../../server/protocol/tasks.js';

interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: Buffer;
}

export class TaskServer {
  /** What the next question is answered with; null = nothing to do. */
  envelope: object | null = null;
  readonly packages = new Map<string, Buffer>();
  readonly reports: TaskReport[] = [];
  /** Every request that was in order, as `METHOD path range`. */
  readonly asked: string[] = [];
  readonly refused: string[] = [];
  /** Breaks the connection in the middle of so many further answers with content. */
  cuts = 0;
  /** Holds back answers with content until it resolves. */
  gate: Promise<void> = Promise.resolve();
  /** Called before a range is answered. */
  onRange: () => void = () => undefined;
  readonly #nonces = new Set<string>();
  #given = 0;

  private constructor(
    private readonly server: Server,
    private readonly rooms: readonly PublicKeys[],
  ) {}

  static async open(rooms: readonly PublicKeys[]): Promise<TaskServer> {
    const server = createServer();
    const tasks = new TaskServer(server, rooms);
    server.on('request', (request, response) => void tasks.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return tasks;
  }

  /** What a room has in its settings. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/tasks/room-102`;
  }

  /** Signs a task and offers it. */
  offer(task: Task, org: PrivateKeys): void {
    this.envelope = signDsse(TASK_PAYLOAD_TYPE, Buffer.from(JSON.stringify(task)), [org]);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const fault = this.#fault(request, Buffer.concat(chunks));
    const reply = fault === null ? this.#reply(request, Buffer.concat(chunks)) : refusal(fault);
    if (fault !== null) this.refused.push(fault);
    const { status, headers = {}, body = Buffer.alloc(0) } = reply;
    const nonce = `nonce-${++this.#given}-${Math.random().toString(36).slice(2)}`;
    this.#nonces.add(nonce);
    if (status === 206) {
      this.onRange();
      await this.gate;
    }
    response.writeHead(status, {
      ...headers,
      'Replay-Nonce': nonce,
      ...(status === 204 ? {} : { 'Content-Length': String(body.length) }),
    });
    if (status === 206 && this.cuts > 0) {
      this.cuts -= 1;
      response.write(body.subarray(0, body.length / 2), () => request.socket.destroy());
    } else response.end(body);
  }

  /** Why a request is not in order, or null. */
  #fault({ headers, method = '', url = '' }: IncomingMessage, body: Buffer): string | null {
    const fields = headers as Record<string, string | undefined>;
    if (fields['signature'] === undefined) return 'signature-needed';
    const input = readSignatureInput(fields['signature-input']);
    const room = this.rooms.find(({ keyId }) => keyId === input?.keyId);
    if (input === null || room === undefined) return 'unknown-key';
    if (fields['kaochang-room'] !== room.keyId) return 'wrong-room';
    if (!isSignedBy({ method, path: url, headers: fields }, input, fields['signature'], room))
      return 'wrong-signature';
    if (!this.#nonces.delete(input.nonce)) return 'stale-nonce';
    return contentDigest(body) === fields['content-digest'] ? null : 'wrong-digest';
  }

  #reply({ method = '', url = '', headers }: IncomingMessage, body: Buffer): Reply {
    this.asked.push([method, url, headers.range].filter(Boolean).join(' '));
    const tasks = new URL(this.url).pathname;
    if (method === 'GET' && url === tasks)
      return this.envelope === null
        ? { status: 204 }
        : { status: 200, body: Buffer.from(JSON.stringify(this.envelope)) };
    if (method === 'POST' && url === `${tasks}/report`) {
      const report: unknown = JSON.parse(body.toString('utf8'));
      if (!Value.Check(TaskReportSchema, report)) return { status: 400 };
      this.reports.push(report);
      return { status: 204 };
    }
    const content = this.packages.get(url);
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    if (content === undefined || from === undefined || to === undefined) return { status: 404 };
    const end = Math.min(Number(to), content.length - 1);
    return {
      status: 206,
      headers: { 'Content-Range': `bytes ${from}-${end}/${content.length}` },
      body: content.subarray(Number(from), end + 1),
    };
  }
}

function refusal(code: string): Reply {
  return { status: 401, body: Buffer.from(JSON.stringify({ code })) };
}
