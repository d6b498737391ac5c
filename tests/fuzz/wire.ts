// The bare wires of the tests of servers: one TCP connection per request with the bytes exactly as they are made, and what came
// back. It shares nothing with the servers.

import { connect } from 'node:net';
import type { Random } from './random.js';
import { mutateBytes, mutateText, NUMBERS, TEXTS } from './mutate.js';

export interface HttpInput {
  method: string;
  path: string;
  headers: [string, string][];
  body: Buffer;
  /** Changes of the written bytes, each from its seed. */
  raw: Buffer | null;
}

export interface HttpAnswer {
  /** null where the line was closed without a word. */
  status: number | null;
  head: string;
  headers: Map<string, string>;
  body: Buffer;
}

/** The request as it goes out; Content-Length is there unless a header says otherwise. */
export function writeRequest({ method, path, headers, body }: HttpInput): Buffer {
  const names = headers.map(([name]) => name.toLowerCase());
  const own: [string, string][] = [];
  if (!names.includes('host')) own.push(['Host', 'room.exam']);
  if (!names.includes('connection')) own.push(['Connection', 'close']);
  if (body.length > 0 && !names.includes('content-length') && !names.includes('transfer-encoding'))
    own.push(['Content-Length', String(body.length)]);
  const lines = [...own, ...headers].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines}\r\n`, 'utf8'), body]);
}

/** Time for an answer before the line says that no more comes: a server gives up a request whose line is at its end. */
const LISTENS_MS = 250;

/** Sends bytes, takes whatever is answered, then says that no more come. @throws Error after `patienceMs` without an end */
export function exchange(port: number, bytes: Buffer, patienceMs = 10_000): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(
        new Error(
          `The line was neither answered nor closed: ${Buffer.concat(chunks).toString('latin1').slice(0, 200)}`,
        ),
      );
    }, patienceMs);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      clearTimeout(timer);
      clearTimeout(silent);
      resolve(readAnswer(Buffer.concat(chunks)));
    });
    let silent: NodeJS.Timeout | undefined;
    socket.on('connect', () =>
      socket.write(bytes, () => {
        silent = setTimeout(() => socket.end(), LISTENS_MS);
      }),
    );
  });
}

function readAnswer(given: Buffer): HttpAnswer {
  // "Go on" is no answer yet.
  const isInterim = given.toString('latin1', 0, 12) === 'HTTP/1.1 100';
  const bytes = isInterim ? given.subarray(given.indexOf('\r\n\r\n') + 4) : given;
  const end = bytes.indexOf('\r\n\r\n');
  const head = bytes.toString('latin1', 0, end === -1 ? bytes.length : end);
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
  const headers = new Map(
    head
      .split('\r\n')
      .slice(1)
      .map((line): [string, string] => {
        const cut = line.indexOf(':');
        return [line.slice(0, cut).toLowerCase(), line.slice(cut + 1).trim()];
      }),
  );
  const rest = end === -1 ? Buffer.alloc(0) : bytes.subarray(end + 4);
  const body = headers.get('transfer-encoding') === 'chunked' ? unchunked(rest) : rest;
  return { status: status === undefined ? null : Number(status), head, headers, body };
}

function unchunked(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const line = bytes.indexOf('\r\n', at);
    const length = line === -1 ? 0 : parseInt(bytes.toString('latin1', at, line), 16);
    if (!(length > 0)) return Buffer.concat(parts);
    parts.push(bytes.subarray(line + 2, line + 2 + length));
    at = line + 2 + length + 2;
  }
}

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'get',
  'X',
];
const HEADERS = [
  ...[
    'Content-Length',
    'Transfer-Encoding',
    'Host',
    'Expect',
    'Upgrade',
    'Connection',
    'Content-Type',
    'Content-Encoding',
    'Range',
  ],
  ...[
    'If-None-Match',
    'Origin',
    'Cookie',
    'Authorization',
    'Tus-Resumable',
    'Upload-Length',
    'Upload-Offset',
    'Upload-Metadata',
  ],
  ...[
    'Upload-Defer-Length',
    'X-HTTP-Method-Override',
    'Sec-WebSocket-Key',
    'Sec-WebSocket-Protocol',
    'Kaochang-Room',
    'Signature',
  ],
];
const VALUES = [
  ...TEXTS.filter((text) => text.length < 20_000),
  'chunked',
  'gzip',
  '100-continue',
  'websocket',
  'close',
  'bytes=0-',
  '*',
  'gzip, chunked',
];

/** One change of a request: method, path, a header, the body, or the written bytes. */
export function mutateRequest(input: HttpInput, random: Random, body = mutateBytes): HttpInput {
  const headers = input.headers.map(([name, value]): [string, string] => [name, value]);
  const at = headers.length === 0 ? 0 : random.below(headers.length);
  switch (random.below(12)) {
    case 0:
      return { ...input, method: random.pick(METHODS) };
    case 1:
    case 2:
      return { ...input, path: mutateText(input.path, random) };
    case 3:
      return {
        ...input,
        path:
          input.path +
          random.pick([
            '/',
            '?',
            '#',
            '%',
            '%00',
            '//',
            '/..',
            '/../..',
            '?k=',
            '?k=1&k=2',
            ';x',
            '/%2e%2e/',
            '\\',
          ]),
      };
    case 4:
      headers.splice(at, 1);
      return { ...input, headers };
    case 5:
      headers.push([
        random.pick(HEADERS),
        random.onceIn(2) ? random.pick(VALUES) : String(random.pick(NUMBERS)),
      ]);
      return { ...input, headers };
    case 6:
    case 7: {
      const header = headers[at];
      if (header !== undefined)
        header[1] = random.onceIn(2)
          ? mutateText(header[1], random)
          : String(random.pick([...NUMBERS, ...VALUES]));
      return { ...input, headers };
    }
    case 8: {
      const header = headers[at];
      if (header !== undefined) headers.push([...header]);
      return { ...input, headers };
    }
    case 9:
      return { ...input, raw: mutateBytes(input.raw ?? writeRequest(input), random) };
    default:
      return { ...input, body: body(input.body, random) };
  }
}
