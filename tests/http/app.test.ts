// The room over HTTP: facts, health, figures, sealed content, photos, pages, headers, and what is refused.

import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Value } from '@sinclair/typebox/value';
import t from 'tap';
import { createHttpApp, type HttpHost } from '../../server/http/app.js';
import { createMetrics } from '../../server/http/metrics.js';
import { bundleUrl, isSignedLink, photoUrl } from '../../server/http/signed-links.js';
import { createLog } from '../../server/log.js';
import { HealthSchema, HttpProblemSchema, RoomFactsSchema } from '../../server/protocol/http.js';

const HASH = 'ab'.repeat(32);
const PHOTO = 'cd'.repeat(32);
const KEY = Buffer.alloc(32, 1);

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

function web(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-web-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>candidate</title>');
  writeFileSync(join(folder, 'staff.html'), '<!doctype html><title>staff</title>');
  writeFileSync(join(folder, 'sw.js'), 'self;');
  writeFileSync(join(folder, 'assets', 'main-abc123.js'), 'export {};');
  return folder;
}

async function opened(
  t: { teardown: (fn: () => unknown) => void },
  more: Partial<HttpHost> = {},
): Promise<
  (path: string, options?: { method?: string; headers?: object; body?: string }) => Promise<Answer>
> {
  const host: HttpHost = {
    facts: () => ({
      version: '0.1.0',
      roomName: '2号楼102考场',
      siteName: '示例学院',
      planName: '示例计划',
      helpTelephone: '400-000-0000',
      practice: true,
      packageId: null,
      now: 1,
      clockTrusted: true,
    }),
    health: () => ({ ok: true, version: '0.1.0', lastSeq: 3, durableSeq: 3 }),
    part: (hash) => (hash === HASH ? Buffer.from('sealed bytes') : null),
    photo: async (hash) => (hash === PHOTO ? { bytes: Buffer.from('face'), type: 'image/jpeg' } : null),
    bundleFile: () => null,
    linkKey: KEY,
    caCertificate: '-----BEGIN CERTIFICATE-----\n',
    webFolder: web(),
    metrics: async () => ({ type: 'text/plain', text: 'x 1\n' }),
    log: createLog('silent'),
    ...more,
  };
  const server = createServer(createHttpApp(host).callback());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  return (path, { method = 'GET', headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const ongoing = request(
        { host: '127.0.0.1', port, path, method, headers: { ...headers }, agent: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks),
            }),
          );
        },
      );
      ongoing.on('error', reject);
      ongoing.end(body);
    });
}

const json = ({ body }: Answer) => JSON.parse(body.toString('utf8')) as unknown;

void t.test('facts and health keep to their schemas', async (t) => {
  const load = await opened(t);
  const facts = await load('/api/v1/room');
  t.equal(facts.status, 200);
  t.ok(Value.Check(RoomFactsSchema, json(facts)));
  const health = await load('/healthz');
  t.equal(health.status, 200);
  t.ok(Value.Check(HealthSchema, json(health)));
});

void t.test('a room whose disk failed is not healthy', async (t) => {
  const load = await opened(t, { health: () => ({ ok: false, version: '0', lastSeq: 2, durableSeq: 1 }) });
  t.equal((await load('/healthz')).status, 503);
});

void t.test('[rule 12] sealed content by hash: kept for ever, asked again without a body', async (t) => {
  const load = await opened(t);
  const first = await load(`/content/${HASH}`);
  t.equal(first.body.toString(), 'sealed bytes');
  t.match(first.headers, { 'cache-control': /immutable/, etag: `"${HASH}"` });
  const again = await load(`/content/${HASH}`, { headers: { 'If-None-Match': `"${HASH}"` } });
  t.equal(again.status, 304);
  t.equal(again.body.length, 0);
  for (const path of [
    '/content/nope',
    `/content/${'00'.repeat(32)}`,
    `/content/${HASH}/x`,
    '/content/..%2fkeys',
    '/content/',
  ])
    t.equal((await load(path)).status, 404, path);
});

void t.test('a face is shown only to who was sent the link, and kept by nobody', async (t) => {
  const load = await opened(t);
  const shown = await load(photoUrl(KEY, PHOTO));
  t.equal(shown.body.toString(), 'face');
  t.match(shown.headers, { 'cache-control': /no-store/, 'content-type': 'image/jpeg' });
  for (const path of [
    `/photos/${PHOTO}`,
    `/photos/${PHOTO}?k=`,
    `/photos/${PHOTO}?k=${'0'.repeat(32)}`,
    `/photos/${PHOTO}?k=a&k=b`,
    photoUrl(Buffer.alloc(32, 2), PHOTO),
    photoUrl(KEY, HASH),
  ])
    t.equal((await load(path)).status, 404, path);
  t.equal(isSignedLink(KEY, `/photos/${PHOTO}`, undefined), false);
});

void t.test('a bundle is handed out only under the link of its hash', async (t) => {
  const file = join(web(), 'practice.bag.zip.age');
  writeFileSync(file, 'sealed for the org');
  const load = await opened(t, {
    bundleFile: (hash, name) => (hash === HASH && name === 'practice.bag.zip.age' ? file : null),
  });
  const link = bundleUrl(KEY, HASH, 'practice.bag.zip.age');
  const taken = await load(link);
  t.equal(taken.body.toString(), 'sealed for the org');
  t.match(taken.headers, {
    'content-disposition': 'attachment; filename="practice.bag.zip.age"',
    'content-length': '18',
    'cache-control': /no-store/,
  });
  for (const path of [
    link.replace(/\?.*/, ''),
    link.replace('practice', 'other'),
    bundleUrl(KEY, PHOTO, 'practice.bag.zip.age'),
    bundleUrl(KEY, HASH, 'room.key'),
    bundleUrl(Buffer.alloc(32, 2), HASH, 'practice.bag.zip.age'),
    photoUrl(KEY, HASH).replace('photos', 'bundles'),
  ])
    t.equal((await load(path)).status, 404, path);
  rmSync(file);
  t.equal((await load(link)).status, 404, 'a file that is gone');
});

void t.test('pages: asked for each time; hashed assets kept for ever', async (t) => {
  const load = await opened(t);
  for (const [path, title] of [
    ['/', 'candidate'],
    ['/index.html', 'candidate'],
    ['/staff', 'staff'],
    ['/staff/', 'staff'],
  ] as const) {
    const page = await load(path);
    t.match(page.body.toString(), title, path);
    t.match(page.headers, { 'cache-control': 'no-cache', 'content-type': /text\/html/ });
  }
  t.match((await load('/assets/main-abc123.js')).headers, {
    'cache-control': /immutable/,
    'content-type': /javascript/,
  });
  t.match((await load('/sw.js')).headers, { 'cache-control': 'no-cache' });
  t.match((await load('/?x=1')).body.toString(), 'candidate');
});

void t.test('nothing outside the folder of the pages is served', async (t) => {
  const load = await opened(t);
  for (const path of [
    '/../package.json',
    '/..%2f..%2fpackage.json',
    '/assets/..%2f..%2f..%2fetc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/.env',
    '/nope.js',
    '/assets/',
    '/%00',
    '/%ff',
    '/api/v1/nope',
  ]) {
    const answer = await load(path);
    t.ok([400, 403, 404].includes(answer.status), `${path}: ${answer.status}`);
    t.ok(Value.Check(HttpProblemSchema, json(answer)), `${path}: a problem in both languages`);
  }
});

void t.test('pages that are not built are said to be so', async (t) => {
  const load = await opened(t, { webFolder: mkdtempSync(join(tmpdir(), 'kaochang-empty-')) });
  t.match(json(await load('/')), { code: 'pages-not-built' });
});

void t.test('nothing may be sent here: bodies and other methods are refused', async (t) => {
  const load = await opened(t);
  t.equal((await load('/api/v1/room', { method: 'POST', body: 'x' })).status, 413);
  t.equal(
    (await load('/', { method: 'GET', headers: { 'Content-Length': '5' }, body: 'hello' })).status,
    413,
  );
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
    t.equal((await load('/healthz', { method })).status, 405, method);
  t.ok([404, 405].includes((await load('/', { method: 'DELETE' })).status));
});

void t.test('a failure inside shows nothing of the inside', async (t) => {
  const load = await opened(t, {
    part: () => {
      throw new Error('/secret/path');
    },
  });
  const answer = await load(`/content/${HASH}`);
  t.equal(answer.status, 500);
  t.match(json(answer), { code: 'server-fault' });
  t.notMatch(answer.body.toString(), /secret|Error|at /);
});

void t.test('[rule 19] strict headers on every answer', async (t) => {
  const load = await opened(t);
  for (const path of ['/', '/healthz', '/nope', `/content/${HASH}`]) {
    const { headers } = await load(path);
    const policy = String(headers['content-security-policy']);
    t.match(policy, /default-src 'self'/, path);
    t.match(policy, /script-src 'self'(;|$)/);
    t.match(policy, /img-src 'self' blob: data:/);
    t.match(policy, /connect-src 'self' ws:/, 'plain HTTP on loopback');
    t.notMatch(policy, /unsafe|\*|upgrade-insecure/);
    t.match(headers, { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    t.equal(headers['strict-transport-security'], undefined);
    t.equal(headers['x-powered-by'], undefined);
  }
});

void t.test('the CA can be fetched', async (t) => {
  const load = await opened(t);
  const answer = await load('/ca.crt');
  t.match(answer.body.toString(), /BEGIN CERTIFICATE/);
  t.match(answer.headers, { 'content-type': /x509-ca-cert/ });
});

void t.test('figures of the recordings are by camera, and only what is known', async (t) => {
  const one = { camera: 'cam-1', wanted: true, recording: false, coveredRatio: 0.5, gaps: 2, bytes: 7 };
  let freeBytes: number | null = 9e9;
  const metrics = createMetrics({
    ...{ connectedSeats: () => 0, pendingPairings: () => 0, refusedSaves: () => new Map() },
    ...{ lastSeq: () => 0, durableSeq: () => 0 },
    video: () => ({ cameras: [one, { ...one, camera: 'cam-2', coveredRatio: null }], freeBytes }),
  });
  t.teardown(() => metrics.stop());
  const { text } = await metrics.text();
  for (const line of [
    'kaochang_video_wanted{camera="cam-1"} 1',
    'kaochang_video_recording{camera="cam-1"} 0',
    'kaochang_video_covered_ratio{camera="cam-1"} 0.5',
    'kaochang_video_gaps{camera="cam-2"} 2',
    'kaochang_video_bytes{camera="cam-2"} 7',
    'kaochang_video_free_bytes 9000000000',
  ])
    t.ok(text.includes(line), line);
  t.notMatch(text, /covered_ratio\{camera="cam-2"/, 'nothing has been planned for it');
  freeBytes = null;
  t.match((await metrics.text()).text, /kaochang_video_free_bytes Nan/i);
});

void t.test('figures are numbers about the room as a whole', async (t) => {
  const metrics = createMetrics({
    connectedSeats: () => 38,
    pendingPairings: () => 2,
    refusedSaves: () => new Map([['after-deadline', 5]]),
    lastSeq: () => 12,
    durableSeq: () => 11,
  });
  t.teardown(() => metrics.stop());
  metrics.observeCommit(0.004);
  const { text } = await metrics.text();
  for (const line of [
    'kaochang_connected_seats 38',
    'kaochang_pending_pairings 2',
    'kaochang_refused_saves_total{code="after-deadline"} 5',
    'kaochang_journal_last_seq 12',
    'kaochang_journal_durable_seq 11',
    'kaochang_commit_seconds_count 1',
  ])
    t.ok(text.includes(line), line);
  t.match(text, /kaochang_nodejs_eventloop_lag/);
  t.match(text, /kaochang_event_loop_delay_seconds\{at="p99"\} [\d.e-]+\n/);
  // The first look after a reading has nothing to compare with.
  await new Promise((resolve) => setTimeout(resolve, 30));
  const until = performance.now() + 120;
  while (performance.now() < until) continue;
  await new Promise((resolve) => setTimeout(resolve, 10));
  const held = /event_loop_delay_seconds\{at="max"\} ([\d.e-]+)/.exec((await metrics.text()).text)?.[1];
  t.ok(Number(held) > 0.05, `a loop that was held up for 0.12 s says so: ${held} s`);
  t.match((await metrics.text()).text, /after-deadline"\} 5/, 'asked twice it is not counted twice');
});
