// Strict security headers on every answer (rule 19): own scripts and styles only, nothing inline, no frames.

import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import helmet from 'koa-helmet';
import type { Middleware } from 'koa';

/** Security headers by helmet. HSTS is off: on loopback the demo speaks plain HTTP under the same name. */
export function securityHeaders(): Middleware {
  return helmet({
    strictTransportSecurity: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        workerSrc: ["'self'"],
        // Older browsers do not count a WebSocket of the same host as 'self'.
        connectSrc: ["'self'", (request) => (isSecure(request as IncomingMessage) ? 'wss:' : 'ws:')],
        imgSrc: ["'self'", 'blob:', 'data:'],
        fontSrc: ["'self'"],
        mediaSrc: ["'self'", 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    // Service workers of the kiosk and images by blob need no other origin.
    crossOriginEmbedderPolicy: false,
  });
}

function isSecure(request: IncomingMessage): boolean {
  return (request.socket as TLSSocket).encrypted === true;
}
