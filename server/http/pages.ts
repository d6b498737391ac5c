// The built pages: `/` for candidates, `/staff` for staff, their assets. Names with a hash are kept for ever, the rest is
// asked for each time, so that a PC never runs half an old page.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { send } from '@koa/send';
import type { Middleware } from 'koa';
import { problem } from './problems.js';

/** The one page that may call the outside, and may do nothing else; only the kiosk frames it. */
const PROBE = '/probe.html';
const PROBE_POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self' http: https:; img-src http: https: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
/** The page that plays candidates of a practice session; only the kiosk frames it. Older browsers do not count a WebSocket as 'self'. */
const REHEARSAL = '/rehearsal.html';
const REHEARSAL_POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
const PAGES: Readonly<Record<string, string>> = { '/': 'index.html', '/staff': 'staff.html' };

/** Serves the folder of the built pages. @param folder absolute */
export function servePages(folder: string): Middleware {
  return async (ctx, next) => {
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return next();
    const path = ctx.path === '/staff/' ? '/staff' : ctx.path;
    const file = PAGES[path] ?? path;
    if (file.endsWith('/')) return next();
    const isHashed = path.startsWith('/assets/');
    ctx.set('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    const policy = path === PROBE ? PROBE_POLICY : path === REHEARSAL ? REHEARSAL_POLICY : null;
    if (policy !== null) ctx.set('Content-Security-Policy', policy);
    try {
      await send(ctx, file, { root: folder, hidden: false });
    } catch (error) {
      const { status } = error as { status?: number };
      ctx.remove('Cache-Control');
      if (status !== 404) throw error;
      if (path in PAGES && !existsSync(join(folder, file)))
        return problem(ctx, 503, {
          code: 'pages-not-built',
          zh: '页面尚未编译，请先运行 npm run build',
          en: 'The pages are not built; run npm run build first',
        });
      return next();
    }
  };
}
