// Which gateway takes a WebSocket upgrade, by path. What no gateway wants is refused at once.

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

export type TakeUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** @param others prefixes of paths that listeners of their own take (socket.io attaches itself) */
export function routeUpgrades(
  server: Server,
  gateways: Readonly<Record<string, TakeUpgrade>>,
  others: readonly string[],
): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = (request.url ?? '').replace(/\?.*$/s, '');
    socket.on('error', () => socket.destroy());
    const take = Object.prototype.hasOwnProperty.call(gateways, path) ? gateways[path] : undefined;
    if (take !== undefined) take(request, socket, head);
    else if (!others.some((prefix) => path === prefix || path.startsWith(`${prefix}/`)))
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
}
