// One handler for whatever goes wrong in a request, and the limits that a request has to keep.

import type { Context, Middleware, ParameterizedContext } from 'koa';
import type { HttpProblem } from '../protocol/http.js';
import type { Log } from '../log.js';

/** Answers with a problem. */
export function problem(ctx: Context | ParameterizedContext, status: number, body: HttpProblem): void {
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  ctx.body = body;
}

/** The one error handler: what was thrown becomes a problem without inner details; faults of ours are logged. */
export function takeErrors(log: Log): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && ctx.body === undefined)
        problem(ctx, 404, { code: 'not-found', zh: '没有这个页面', en: 'There is no such page' });
      else if (ctx.status === 405 || ctx.status === 501)
        problem(ctx, ctx.status, {
          code: 'method-not-allowed',
          zh: '不支持这种请求方式',
          en: 'This method is not allowed here',
        });
    } catch (error) {
      const { status = 500 } = error as { status?: number };
      if (status >= 400 && status < 500) {
        problem(ctx, status, { code: 'bad-request', zh: '请求有误', en: 'The request is not well formed' });
        return;
      }
      log.error({ err: error, path: ctx.path }, 'A request failed');
      problem(ctx, 500, {
        code: 'server-fault',
        zh: '服务器出错，请告知系统管理员',
        en: 'The server failed; please tell the system administrator',
      });
    }
  };
}

/** No route takes a body yet: whoever sends one is refused before a byte of it is kept. */
export function refuseBodies(): Middleware {
  return async (ctx, next) => {
    const length = Number(ctx.get('Content-Length') || 0);
    if (length !== 0 || ctx.get('Transfer-Encoding') !== '') {
      ctx.set('Connection', 'close');
      problem(ctx, 413, { code: 'body-too-large', zh: '这里不接收内容', en: 'Nothing may be sent here' });
      return;
    }
    await next();
  };
}
