// The proxy does to a line what it says: bytes arrive whole and in order, or wait, or are lost with their connection, and nobody
// is told before the line lets the word through.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import t from 'tap';
import { SeededRandom } from './seeded-random.js';
import { TcpProxy } from './tcp-proxy.js';

/** An echo behind a proxy. */
async function line(t: { teardown(end: () => void): void }, random = () => 0) {
  const accepted: Socket[] = [];
  const server = createServer((socket) => {
    accepted.push(socket);
    socket.on('error', () => undefined).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy = await TcpProxy.listen((server.address() as AddressInfo).port, random);
  t.teardown(() => {
    proxy.close();
    for (const socket of accepted) socket.destroy();
    server.close();
  });
  const dial = async () => {
    const socket = connect(proxy.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };
  return { proxy, dial, accepted };
}

/** Reads until so many bytes are there. */
async function read(socket: Socket, bytes: number): Promise<string> {
  let text = '';
  while (text.length < bytes) {
    const [chunk] = (await once(socket, 'data', { signal: AbortSignal.timeout(5_000) })) as [Buffer];
    text += chunk.toString('latin1');
  }
  return text;
}

const nothingComes = async (socket: Socket, forMs: number): Promise<boolean> => {
  let came = false;
  const note = () => (came = true);
  for (const event of ['data', 'end', 'close']) socket.on(event, note);
  await new Promise((resolve) => setTimeout(resolve, forMs));
  for (const event of ['data', 'end', 'close']) socket.off(event, note);
  return !came;
};

void t.test('a sound line passes everything, ends included', async (t) => {
  const { dial, proxy } = await line(t);
  const socket = await dial();
  const text = 'x'.repeat(300_000);
  socket.end(text);
  t.equal(await read(socket, text.length), text);
  await once(socket, 'close');
  t.equal(proxy.connections, 0);
});

void t.test('a cut line breaks what is open and takes nothing new', async (t) => {
  const { dial, proxy } = await line(t);
  const socket = await dial();
  socket.write('a');
  await read(socket, 1);
  proxy.strike({ how: 'cut' });
  await once(socket, 'close');
  const second = await dial();
  await once(second, 'close');
  proxy.heal();
  const third = await dial();
  third.write('b');
  t.equal(await read(third, 1), 'b');
});

for (const ways of ['up', 'down', 'both'] as const)
  void t.test(`bytes are held ${ways} and delivered in order when the line is sound again`, async (t) => {
    const { dial, proxy } = await line(t);
    const socket = await dial();
    socket.write('1');
    await read(socket, 1);
    proxy.strike({ how: 'held', ways, then: 'deliver' });
    socket.write('2');
    socket.write('3');
    t.ok(await nothingComes(socket, 60));
    proxy.heal();
    t.equal(await read(socket, 2), '23');
  });

void t.test('what was held is lost with its connection where the line comes back as another', async (t) => {
  const { dial, proxy } = await line(t);
  const socket = await dial();
  proxy.strike({ how: 'held', ways: 'both', then: 'reset' });
  socket.write('lost');
  t.ok(await nothingComes(socket, 40));
  proxy.heal();
  await once(socket, 'close');
});

void t.test('a PC that dies behind a held line is not known to be dead', async (t) => {
  const { dial, proxy, accepted } = await line(t);
  const socket = await dial();
  socket.write('1');
  await read(socket, 1);
  const [far] = accepted;
  if (far === undefined) return t.fail('nobody came');
  proxy.strike({ how: 'held', ways: 'both', then: 'deliver' });
  socket.destroy();
  t.ok(await nothingComes(far, 60));
  proxy.heal();
  if (!far.destroyed) await once(far, 'close');
});

void t.test('a late line keeps the order, whatever is lost on it', async (t) => {
  const random = new SeededRandom('late');
  const { dial, proxy } = await line(t, () => random.next());
  proxy.strike({ how: 'late', delayMs: 20, jitterMs: 30, lossShare: 0.1 });
  const socket = await dial();
  const sentAt = performance.now();
  let expected = '';
  for (let n = 0; n < 40; n++) {
    expected += `${n},`;
    socket.write(`${n},`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  t.equal(await read(socket, expected.length), expected);
  t.ok(performance.now() - sentAt >= 40, 'both ways are late');
});
