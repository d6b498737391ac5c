// A port for a server that a test starts in another process.

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * A port that is free now, below those that the system gives to outgoing connections: who knocks at one of those before the
 * server listens may be connected to himself, and the server then finds its port taken.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer()
        .once('error', () => resolve(false))
        .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
