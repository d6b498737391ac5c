// Signed requests to a server that gives a number for each: the technician's side of remote installation, and the room's
// when it asks for its tasks. One request at a time; a number that is no longer good is replaced once.

import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { contentDigest, signMessage } from '../keys/http-signatures.js';
import type { PrivateKeys } from '../keys/key-files.js';
import { NONCE_HEADER, ROOM_HEADER } from '../protocol/install.js';

export interface ServerAddress {
  /** `https://room:8443` */
  url: string;
  /** PEM of the CA; absent = those of the system. */
  ca?: string;
  /** The name in the certificate where `url` has another. */
  serverName?: string;
}

export interface SignedAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface SignedWish {
  method: string;
  /** Without a query. */
  path: string;
  headers?: Record<string, string>;
  body?: Buffer;
}

/** The other side did not answer as it should; trying again may help. */
export class NoAnswerError extends Error {
  constructor(url: string, cause: Error) {
    super(
      `${url} 没有应答，请检查网络和地址（${cause.message}） / does not answer: check network and address (${cause.message})`,
    );
    this.name = 'NoAnswerError';
  }
}

/** Longer than any answer of this wire, a range of a package included. */
const MAX_ANSWER_BYTES = 2 * 2 ** 20;
const FIELD = /^[\x20-\x7e]{1,300}$/;

export class SignedClient {
  #nonce: string | null = null;
  #room: string | null;

  /** @param room key id of the room that is meant; null = the one that the other side says it is */
  constructor(
    private readonly address: ServerAddress,
    private readonly keys: PrivateKeys,
    room: string | null,
    private readonly timeoutMs = 60_000,
  ) {
    this.#room = room;
  }

  /** The key id of the room, once it has answered. */
  get room(): string | null {
    return this.#room;
  }

  /** @throws NoAnswerError when no whole answer comes */
  async ask(wish: SignedWish, signal?: AbortSignal): Promise<SignedAnswer> {
    if (this.#nonce === null || this.#room === null) await this.#greet(wish.path, signal);
    const answer = await this.#send(wish, signal);
    if (answer.status !== 401 || codeOf(answer) !== 'stale-nonce') return answer;
    return this.#send(wish, signal);
  }

  /** Asks without a signature: the refusal brings the number and says which room it is. */
  async #greet(path: string, signal: AbortSignal | undefined): Promise<void> {
    const { headers } = await this.#exchange({ method: 'GET', path }, {}, signal);
    const room = headers[ROOM_HEADER];
    this.#room ??= typeof room === 'string' && FIELD.test(room) ? room : null;
    if (this.#nonce === null || this.#room === null)
      throw new NoAnswerError(this.address.url, new Error('not a server of this kind'));
  }

  #send(wish: SignedWish, signal: AbortSignal | undefined): Promise<SignedAnswer> {
    const { method, path, body = Buffer.alloc(0) } = wish;
    const headers: Record<string, string> = {
      ...wish.headers,
      'content-digest': contentDigest(body),
      [ROOM_HEADER]: this.#room ?? '',
    };
    const nonce = this.#nonce ?? '';
    this.#nonce = null;
    const created = Math.floor(Date.now() / 1000);
    const signed = signMessage({ method, path, headers }, nonce, this.keys, created);
    return this.#exchange({ ...wish, body }, { ...headers, ...signed }, signal);
  }

  #exchange(
    { method, path, body = Buffer.alloc(0) }: SignedWish,
    headers: Record<string, string>,
    signal: AbortSignal | undefined,
  ): Promise<SignedAnswer> {
    const { url, ca, serverName } = this.address;
    const target = new URL(path, url);
    const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
    const length = body.length > 0 || method === 'POST' ? { 'content-length': String(body.length) } : {};
    const options = {
      method,
      headers: { ...headers, ...length },
      agent: false,
      ...(ca === undefined ? {} : { ca }),
      ...(serverName === undefined ? {} : { servername: serverName }),
      ...(signal === undefined ? {} : { signal }),
    };
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(new NoAnswerError(url, error));
      const ongoing = send(target, options as object, (response) => {
        const chunks: Buffer[] = [];
        let got = 0;
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          got += chunk.length;
          if (got > MAX_ANSWER_BYTES) ongoing.destroy(new Error('the answer is too long'));
        });
        response.on('error', fail);
        response.on('end', () => {
          const nonce = response.headers[NONCE_HEADER];
          if (typeof nonce === 'string' && FIELD.test(nonce)) this.#nonce = nonce;
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          });
        });
        response.on('close', () => fail(new Error('the answer broke off')));
      });
      ongoing.setTimeout(this.timeoutMs, () =>
        ongoing.destroy(new Error(`no answer in ${this.timeoutMs} ms`)),
      );
      ongoing.on('error', fail);
      ongoing.end(body);
    });
  }
}

/** The stable code of a refusal, or null. */
export function codeOf({ body }: SignedAnswer): string | null {
  try {
    const { code } = JSON.parse(body.toString('utf8')) as { code?: unknown };
    return typeof code === 'string' ? code : null;
  } catch {
    return null;
  }
}
