// HTTP of device profiles: a path, and where in the JSON of the answer the value stands (RFC 6901). Answers are bounded, other
// places are never followed.

import { Type, type Static } from '@sinclair/typebox';
import { boundedText } from './bounded-text.js';
import { DeviceFault } from './contract.js';
import type { PointValue } from './expression.js';
import { faultOf, replyTo, transportKind, withSignal, type Transport } from './transport.js';

const strict = { additionalProperties: false } as const;
const Path = Type.String({ pattern: '^/[^\\s#]*$', maxLength: 500 });
const Method = Type.Union([Type.Literal('GET'), Type.Literal('POST'), Type.Literal('PUT')], {
  default: 'GET',
});
const Body = Type.Optional(Type.String({ maxLength: 2_000 }));
const MOST_BYTES = 65_536;

const Read = Type.Object(
  {
    method: Type.Optional(Method),
    path: Path,
    body: Body,
    /** JSON pointer; '' is the whole answer as text. */
    pointer: Type.String({ pattern: '^(/[^/]*)*$', maxLength: 200 }),
  },
  strict,
);
const Write = Type.Object({ method: Type.Optional(Method), path: Path, body: Body }, strict);
type ReadPoint = Static<typeof Read>;
type Request = Static<typeof Write>;

const Settings = Type.Object(
  {
    type: Type.Literal('http'),
    host: Type.String({ pattern: '^[A-Za-z0-9.:\\[\\]-]{1,253}$' }),
    port: Type.Integer({ minimum: 1, maximum: 65_535, default: 80 }),
    tls: Type.Boolean({ default: false }),
    timeoutMs: Type.Integer({ minimum: 50, maximum: 3_000, default: 1_500 }),
    user: Type.Optional(Type.String({ maxLength: 100 })),
    password: Type.Optional(Type.String({ maxLength: 200 })),
    contentType: Type.String({ pattern: '^[a-z/+.-]{1,60}$', default: 'application/json' }),
  },
  strict,
);
type HttpSettings = Static<typeof Settings>;

const nameOf = ({ method = 'GET', path, body }: Request) =>
  `${method} ${path}${body === undefined ? '' : ` ${body}`}`;

/** @returns undefined where the document has nothing there */
function atPointer(document: unknown, pointer: string): unknown {
  let here: unknown = document;
  for (const raw of pointer.split('/').slice(1)) {
    const key = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Record<string, unknown>)[key];
  }
  return here;
}

function valueAt(text: string, pointer: string): PointValue {
  if (pointer === '') return text.trim();
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new DeviceFault('bad-answer', 'the answer is no JSON');
  }
  const value = atPointer(document, pointer);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new DeviceFault('bad-answer', `nothing at ${pointer}`);
}

async function fetchText(settings: HttpSettings, request: Request, signal: AbortSignal): Promise<string> {
  const { host, port, tls, timeoutMs, user, password, contentType } = settings;
  const headers: Record<string, string> = {};
  if (user !== undefined)
    headers['authorization'] = `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}`;
  if (request.body !== undefined) headers['content-type'] = contentType;
  try {
    const response = await fetch(`${tls ? 'https' : 'http'}://${host}:${port}${request.path}`, {
      method: request.method ?? 'GET',
      headers,
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    if (response.status === 401 || response.status === 403)
      throw new DeviceFault('refused', `HTTP ${response.status}`);
    if (!response.ok) throw new DeviceFault('bad-answer', `HTTP ${response.status}`);
    return await boundedText(response, MOST_BYTES);
  } catch (error) {
    throw faultOf(error);
  }
}

function over(ask: (request: Request, signal: AbortSignal) => Promise<string>): Transport {
  return {
    async read(reads, signal) {
      const answers = new Map<string, string>();
      const values: PointValue[] = [];
      for (const read of reads as ReadPoint[]) {
        const name = nameOf(read);
        const text = answers.get(name) ?? (await withSignal(signal, ask(read, signal)));
        answers.set(name, text);
        values.push(valueAt(text, read.pointer));
      }
      return values;
    },
    async write(write, signal) {
      await withSignal(signal, ask(write as Request, signal));
    },
    close: () => Promise.resolve(),
  };
}

/** Fixtures: `GET /state` or `POST /power {"on":true}`, and the text of the answer. */
export const HTTP = transportKind({
  settings: Settings,
  read: Read,
  write: Write,
  open: (settings) => over((request, signal) => fetchText(settings, request, signal)),
  replay: (_settings, replies) => over(async (request) => replyTo(replies, nameOf(request))),
});
