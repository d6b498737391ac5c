// The room's front: the pages and routes behind the sockets on which it listens, alike for a room that runs and one that can
// only be looked at.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isAbsolute, join } from 'node:path';
import { createHttpApp, type HttpHost } from '../http/app.js';
import { listen, type Listening } from '../http/listen.js';
import type { TlsMaterial } from '../http/tls/tls-folder.js';
import { PROJECT_ROOT } from '../version.js';
import type { EngineOptions } from './engine.js';

/**
 * Opens it.
 * @param prepare attaches the gateways to each socket before the first connection comes
 * @throws ListenError
 */
export function openFront(
  { config, log }: Pick<EngineOptions, 'config' | 'log'>,
  tls: TlsMaterial,
  host: Omit<HttpHost, 'caCertificate' | 'webFolder' | 'log'>,
  prepare: (server: Server) => void,
): Promise<Listening> {
  const { webFolder, plainHttpOnLoopback, plainHttpPort, http: limits } = config;
  const app = createHttpApp({
    ...host,
    caCertificate: tls.ca,
    webFolder: isAbsolute(webFolder) ? webFolder : join(PROJECT_ROOT, webFolder),
    log,
  });
  const answer = app.callback();
  return listen(
    {
      ...{ host: config.host, httpsPort: config.httpsPort, limits },
      plainHttpPort: plainHttpOnLoopback ? plainHttpPort : null,
    },
    tls,
    (request: IncomingMessage, response: ServerResponse) => void answer(request, response),
    prepare,
  );
}
