// The room over HTTP: pages, sealed content by hash, photos, the CA, facts and figures. Everything here may be read by any
// PC in the room; no answer and no key passes this way.

import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import Koa, { type Middleware } from 'koa';
import Router from '@koa/router';
import type { Health, HttpProblem, RoomFacts } from '../protocol/http.js';
import type { Log } from '../log.js';
import { isSignedLink } from './signed-links.js';
import { piecesOf } from './pieces.js';
import { problem, refuseBodies, takeErrors } from './problems.js';
import { securityHeaders } from './security-headers.js';
import { servePages } from './pages.js';

/** What HTTP needs of the rest; main.ts passes it in. */
export interface HttpHost {
  facts(): RoomFacts;
  health(): Health;
  /** Sealed bytes of the installed package, by SHA-256 of the ciphertext; null where there are none. */
  part(sha256: string): Buffer | null | Promise<Buffer | null>;
  photo(hash: string): Promise<{ bytes: Buffer; type: string } | null>;
  /** The newest bundle with this hash and one of its files, or null. */
  bundleFile(fileHash: string, fileName: string): string | null;
  /** Where a file of a check of the room lies, or null for a name that is none. */
  preflightFile?(name: string): string | null;
  linkKey: Buffer;
  /** PEM of the room's CA. */
  caCertificate: string;
  /** Absolute folder of the built pages. */
  webFolder: string;
  metrics(): Promise<{ type: string; text: string }>;
  /** Takes the files of candidates, and leaves the rest alone. */
  uploads?: Middleware;
  /** Takes requests for pictures of the cameras, and leaves the rest alone. */
  video?: Middleware;
  /** Takes requests of PCs that play a practice session beside the room, and leaves the rest alone. */
  rehearsal?: Middleware;
  /** Takes requests with a body of its own kind; what it does not know it leaves to the rest. */
  install?: Middleware;
  log: Log;
}

/** What PCs load to measure their line before an exam; no line can make it smaller. REQ-A05 */
const LOAD = randomBytes(1_000_000);
const FOR_EVER = 'public, max-age=31536000, immutable';

/** Builds the koa application. */
export function createHttpApp(host: HttpHost): Koa {
  const app = new Koa();
  app.on('error', (error: Error) => host.log.error({ err: error }, 'HTTP'));
  app.use(takeErrors(host.log));
  app.use(securityHeaders());
  if (host.install !== undefined) app.use(host.install);
  if (host.uploads !== undefined) app.use(host.uploads);
  app.use(refuseBodies());
  if (host.video !== undefined) app.use(host.video);
  if (host.rehearsal !== undefined) app.use(host.rehearsal);
  const router = routes(host);
  app.use(router.routes());
  app.use(router.allowedMethods({ throw: false }));
  app.use(servePages(host.webFolder));
  return app;
}

function routes(host: HttpHost): Router {
  const router = new Router();
  router.get('/healthz', (ctx) => {
    const health = host.health();
    ctx.status = health.ok ? 200 : 503;
    ctx.set('Cache-Control', 'no-store');
    ctx.body = health;
  });
  router.get('/load', (ctx) => {
    ctx.set('Content-Type', 'application/octet-stream');
    ctx.set('Cache-Control', 'no-store');
    ctx.length = LOAD.length;
    ctx.body = piecesOf(LOAD);
  });
  router.get('/metrics', async (ctx) => {
    const { type, text } = await host.metrics();
    ctx.set('Content-Type', type);
    ctx.set('Cache-Control', 'no-store');
    ctx.body = text;
  });
  router.get('/api/v1/room', (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    ctx.body = host.facts();
  });
  router.get('/ca.crt', (ctx) => {
    ctx.set('Content-Type', 'application/x-x509-ca-cert');
    ctx.set('Content-Disposition', 'attachment; filename="kaochang-room-ca.crt"');
    ctx.body = host.caCertificate;
  });
  router.get(`/content/:hash`, async (ctx) => {
    const hash = hashOf(ctx.params['hash']);
    const bytes = hash === null ? null : await host.part(hash);
    if (hash === null || bytes === null) return problem(ctx, 404, NOT_HERE);
    ctx.status = 200;
    ctx.set('ETag', `"${hash}"`);
    ctx.set('Cache-Control', FOR_EVER);
    if (ctx.fresh) {
      ctx.status = 304;
      return;
    }
    ctx.set('Content-Type', 'application/octet-stream');
    ctx.length = bytes.length;
    ctx.body = piecesOf(bytes);
  });
  router.get(`/photos/:hash`, async (ctx) => {
    const hash = hashOf(ctx.params['hash']);
    if (hash === null || !isSignedLink(host.linkKey, ctx.path, ctx.query['k']))
      return problem(ctx, 404, NOT_HERE);
    const photo = await host.photo(hash);
    if (photo === null) return problem(ctx, 404, NOT_HERE);
    ctx.set('Content-Type', photo.type);
    // A face stays in the memory of the page that shows it.
    ctx.set('Cache-Control', 'private, no-store');
    ctx.body = photo.bytes;
  });
  router.get(`/bundles/:hash/:name`, async (ctx) => {
    const { hash = '', name = '' } = ctx.params;
    const file = isSignedLink(host.linkKey, ctx.path, ctx.query['k']) ? host.bundleFile(hash, name) : null;
    const size =
      file === null
        ? null
        : await stat(file).then(
            (found) => found.size,
            () => null,
          );
    if (file === null || size === null) return problem(ctx, 404, NOT_HERE);
    ctx.set('Content-Type', 'application/octet-stream');
    ctx.set('Content-Disposition', `attachment; filename="${name}"`);
    ctx.set('Cache-Control', 'private, no-store');
    ctx.length = size;
    ctx.body = createReadStream(file);
  });
  router.get(`/preflight/:name`, async (ctx) => {
    const { name = '' } = ctx.params;
    const file = isSignedLink(host.linkKey, ctx.path, ctx.query['k'])
      ? (host.preflightFile?.(name) ?? null)
      : null;
    const text = file === null ? null : await readFile(file, 'utf8').catch(() => null);
    if (text === null) return problem(ctx, 404, NOT_HERE);
    ctx.set('Cache-Control', 'private, no-store');
    if (name.endsWith('.json')) ctx.set('Content-Disposition', `attachment; filename="${name}"`);
    else ctx.set('Content-Security-Policy', pageWithStyle(text));
    ctx.type = name.endsWith('.json') ? 'application/json' : 'text/html';
    ctx.body = text;
  });
  router.all(/^\/(api|content|photos|bundles|preflight)(\/|$)/, (ctx) => problem(ctx, 404, NOT_HERE));
  return router;
}

const NOT_HERE: HttpProblem = { code: 'not-found', zh: '这里没有所要的内容', en: 'There is nothing here' };

/** A page to print brings its own style and nothing else: only that very style is allowed. */
function pageWithStyle(html: string): string {
  const style = /<style>([^]*?)<\/style>/.exec(html)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

function hashOf(text: string | undefined): string | null {
  return text !== undefined && /^[0-9a-f]{64}$/.test(text) ? text : null;
}
