// Ports of this machine for a server that is about to be started in another process. It holds none: who is told of a port
// listens there soon, or finds it taken.

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * A port that is free now, below those that the system gives to outgoing connections: thousands of simulated PCs take many of
 * those before the server listens, and who knocks at one of them too early may be connected to himself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
}

/** The port if nothing listens there, else 0: any free one. */
export async function portOrAny(port: number): Promise<number> {
  return (await isFree(port)) ? port : 0;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
