// The sockets on which the room listens: HTTPS for everybody, and on request plain HTTP on loopback alone (rule 18).

import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Admission, endsOf, type AdmissionLimits } from './admission.js';
import { watchLoopShare } from './loop-share.js';
import { SlowReaders, type SlowReaderLimits } from './slow-readers.js';
import type { TlsMaterial } from './tls/tls-folder.js';

export interface ListenOptions {
  host: string;
  httpsPort: number;
  /** null = no plain HTTP. */
  plainHttpPort: number | null;
  limits?: Partial<HttpLimits>;
}

/** What anybody may ask of the sockets. Reasons and defaults are in config.ts. */
export interface HttpLimits extends AdmissionLimits, SlowReaderLimits {
  /** Connections that the system holds ready: they are all taken in one turn of the loop. */
  acceptQueue: number;
  headersTimeoutMs: number;
  requestTimeoutMs: number;
  keepAliveTimeoutMs: number;
}

export const HTTP_LIMITS: HttpLimits = {
  maxConnections: 10_000,
  maxConnectionsPerAddress: 512,
  maxOpeningPerAddress: 128,
  handshakesPerSecond: 250,
  handshakesPerSecondIdle: 600,
  handshakesPerSecondPerAddress: 40,
  handshakeTimeoutMs: 10_000,
  acceptQueue: 128,
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 600_000,
  keepAliveTimeoutMs: 10_000,
  minReadBytesPerSecond: 1_024,
  slowPatienceMs: 20_000,
};

export interface Listening {
  servers: Server[];
  httpsPort: number;
  plainHttpPort: number | null;
  admission: Admission;
  slowReaders: SlowReaders;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

const CLOSING_PATIENCE_MS = 2_500;

/** Opens the sockets. `prepare` attaches the WebSocket gateways before the first connection comes. @throws ListenError */
export async function listen(
  options: ListenOptions,
  tls: TlsMaterial,
  handle: RequestListener,
  prepare: (server: Server) => void,
): Promise<Listening> {
  const limits = { ...HTTP_LIMITS, ...options.limits };
  const timeouts = {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    // How often Node looks whether a time is over; by itself every 30 s.
    connectionsCheckingInterval: Math.max(100, Math.min(5_000, limits.headersTimeoutMs / 2)),
  };
  const { certificate: cert, privateKey: key } = tls;
  const handshakeTimeout = limits.handshakeTimeoutMs;
  const https = createHttpsServer(
    { cert, key, minVersion: 'TLSv1.2', handshakeTimeout, ...timeouts },
    handle,
  ) as Server;
  const plain = options.plainHttpPort === null ? null : createHttpServer(timeouts, handle);
  const admission = new Admission(limits, () => performance.now(), watchLoopShare());
  const slowReaders = new SlowReaders(limits);
  admit(https, admission);
  const servers = plain === null ? [https] : [https, plain];
  const sockets = new Set<Socket>();
  for (const server of servers) {
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    server.on('request', (request, response) => slowReaders.watch(request, response));
    prepare(server);
  }
  const close = () => {
    admission.close();
    slowReaders.stop();
    return closeAll(servers, sockets);
  };
  try {
    const httpsPort = await bind(https, options.httpsPort, options.host, limits.acceptQueue);
    const plainHttpPort =
      plain === null ? null : await bind(plain, options.plainHttpPort ?? 0, '127.0.0.1', limits.acceptQueue);
    return { servers, httpsPort, plainHttpPort, admission, slowReaders, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Puts admission before everything that the server itself does with a new connection: the handshake above all. */
function admit(https: Server, admission: Admission): void {
  const begin = https.listeners('connection') as ((socket: Socket) => void)[];
  https.removeAllListeners('connection');
  https.on('connection', (socket: Socket) =>
    admission.take(socket, () => {
      for (const one of begin) one.call(https, socket);
    }),
  );
  https.on('secureConnection', (socket: Socket) => admission.opened(endsOf(socket)));
}

/** A port cannot be used; the message says which and what to do. */
export class ListenError extends Error {
  constructor(host: string, port: number, code: string) {
    const why =
      code === 'EADDRINUSE'
        ? '已被其他程序占用（如 IIS），请关闭该程序或在 config.json 中换端口 / is in use by another program (IIS, for example); stop it or set another port in config.json'
        : code === 'EACCES'
          ? '没有权限，请换 1024 以上的端口 / may not be used by this account; set a port above 1024'
          : `无法监听 / cannot be listened on (${code})`;
    super(`${host}:${port} ${why}`);
    this.name = 'ListenError';
  }
}

function bind(server: Server, port: number, host: string, backlog: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) =>
      reject(new ListenError(host, port, error.code ?? error.message));
    server.once('error', refuse);
    server.listen({ port, host, backlog }, () => {
      server.off('error', refuse);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Stops listening; who has not gone after a moment is cut off. */
async function closeAll(servers: readonly Server[], sockets: ReadonlySet<Socket>): Promise<void> {
  const cutOff = setTimeout(() => {
    for (const socket of sockets) socket.destroy();
  }, CLOSING_PATIENCE_MS);
  await Promise.all(
    servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    ),
  );
  clearTimeout(cutOff);
}
