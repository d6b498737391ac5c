// The whole appliance over its plain port: every route, pages, uploads, installation, upgrades, polling. Each request has an end,
// none is a fault of the server's, and none changes anything.

import { FarRoom } from '../../support/far-room.js';
import { exchange, mutateRequest, writeRequest, type HttpInput } from '../wire.js';
import { expect, showBytes, type OpenTarget, type Target } from '../target.js';
import { PINS } from '../../support/small-exam.js';

const HASH = 'ab'.repeat(32);
/** All that servers of HTTP may say when they refuse or have answered. */
const STATUS = new Set([
  101, 200, 201, 204, 206, 304, 400, 401, 403, 404, 405, 408, 409, 411, 412, 413, 414, 415, 417, 422, 426,
  429, 431, 501, 503, 505, 507,
]);

async function openHttp(): Promise<OpenTarget<HttpInput>> {
  const limits = {
    maxOpeningPerAddress: 50_000,
    maxConnectionsPerAddress: 50_000,
    handshakesPerSecondPerAddress: 50_000,
    handshakesPerSecond: 50_000,
    handshakesPerSecondIdle: 50_000,
  };
  const room = await FarRoom.open({
    config: {
      plainHttpOnLoopback: true,
      plainHttpPort: 0,
      http: { ...limits, headersTimeoutMs: 1_000, requestTimeoutMs: 2_000 },
    },
  });
  const { server, exam } = room;
  const port = server.plainHttpPort ?? 0;
  const secrets = [exam.room.identity, exam.room.signing, exam.startCode, PINS.chief];
  const request = (method: string, path: string, headers: [string, string][] = [], body = ''): HttpInput => ({
    ...{ method, path, headers, body: Buffer.from(body), raw: null },
  });
  const secret: [string, string] = ['Authorization', `Bearer ${'5'.repeat(64)}`];
  const tus: [string, string] = ['Tus-Resumable', '1.0.0'];
  const name = `/uploads/c1/1/${HASH}`;
  const upgrade: [string, string][] = [
    ...([
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Version', '13'],
    ] as [string, string][]),
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ];
  const samples = [
    ...['/', '/staff', '/healthz', '/metrics', '/api/v1/room', '/ca.crt', '/sw.js', '/assets/x.js'].map(
      (path) => request('GET', path),
    ),
    ...[
      `/content/${HASH}`,
      `/photos/${HASH}?k=${'0'.repeat(32)}`,
      `/bundles/${HASH}/theory-am.bag.zip.age?k=0`,
    ].map((path) => request('GET', path)),
    request('OPTIONS', '/uploads', [tus]),
    request('POST', '/uploads', [
      secret,
      tus,
      ['Upload-Length', '5'],
      ['Upload-Metadata', 'candidate YzE=,lease MQ==,sha256 YQ=='],
    ]),
    request('HEAD', name, [secret, tus]),
    request(
      'PATCH',
      name,
      [secret, tus, ['Upload-Offset', '0'], ['Content-Type', 'application/offset+octet-stream']],
      'hello',
    ),
    request('GET', name, [secret]),
    request('GET', '/api/v1/install'),
    request(
      'POST',
      '/api/v1/install/uploads',
      [tus, ['Upload-Length', '5'], ['Content-Digest', 'sha-256=:x:']],
      '',
    ),
    request('GET', '/seat', [...upgrade, ['Sec-WebSocket-Protocol', 'kaochang.seat.v1']]),
    request('GET', '/staff-socket/?EIO=4&transport=websocket', upgrade),
    request('GET', '/staff-socket/?EIO=4&transport=polling'),
    request('POST', '/staff-socket/?EIO=4&transport=polling&sid=x', [['Content-Type', 'text/plain']], '40'),
  ];
  /** Everything but what time alone changes. */
  const picture = () => {
    const { clock: _clock, lastAt: _lastAt, ...rest } = server.room.state;
    return JSON.stringify(rest);
  };
  const before = picture();
  const disk = room.left().join();
  return {
    sample: (random) => random.pick(samples),
    mutate: (input, random) => mutateRequest(input, random),
    attempt: async (input) => {
      const sent = input.raw ?? writeRequest(input);
      const { status, head, body } = await exchange(port, sent);
      expect(status === null || STATUS.has(status), () => `Answered ${head.slice(0, 300)}`);
      expect(status !== null || head === '', 'An answer that is none');
      const text = body.toString('latin1');
      for (const one of secrets) expect(!head.includes(one) && !text.includes(one), 'A secret came back');
      expect(!/\bat .*\.js:\d+/.test(text.slice(0, 10_000)), 'An inner detail came back');
      expect(picture() === before, 'The room changed');
      expect(room.left().join() === disk, 'Something is on the disk');
    },
    show: (input) => showBytes(input.raw ?? writeRequest(input)),
    close: () => room.close(),
  };
}

export const httpTargets: readonly Target[] = [
  {
    name: 'http',
    reads: [
      'server/http/app.ts',
      'server/http/pages.ts',
      'server/http/signed-links.ts',
      'server/http/upgrades.ts',
      'server/http/listen.ts',
      'server/install/routes.ts',
      'server/uploads/routes.ts',
    ],
    about:
      'The appliance on its plain port; requests of every route with method, path, headers, body and bytes changed.',
    inputsInTests: 150,
    open: () => openHttp() as Promise<OpenTarget<unknown>>,
  },
];
