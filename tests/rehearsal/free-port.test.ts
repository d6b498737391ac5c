// A port that is told as free is below those of outgoing connections and can be listened at; a taken one is not told.

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import t from 'tap';
import { freePort, portOrAny } from '../../server/rehearsal/free-port.js';

void t.test('a free port lies below those of outgoing connections and can be listened at', async (t) => {
  const port = await freePort();
  t.ok(port >= 20_000 && port < 32_000, `${port}`);
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.close();
});

void t.test('a wish for a port is granted while nobody listens there', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  t.equal(await portOrAny(port), 0);
  server.close();
  await once(server, 'close');
  t.equal(await portOrAny(port), port);
});
