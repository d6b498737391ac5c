// The limits of the sockets, each on its own: who wants too much gets no more, and everybody else notices nothing. Hostile
// clients come from other loopback addresses, because this machine's own is never held up.

import { mkdtempSync, rmSync } from 'node:fs';
import { get, type RequestOptions } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as tlsConnect, type TLSSocket } from 'node:tls';
import t, { type Test } from 'tap';
import { Admission, type AdmissionLimits } from '../../server/http/admission.js';
import { HTTP_LIMITS, listen, type HttpLimits } from '../../server/http/listen.js';
import { piecesOf } from '../../server/http/pieces.js';
import { openTlsFolder } from '../../server/http/tls/tls-folder.js';
import { parseConfig } from '../../server/config.js';

t.setTimeout(560_000);

const folder = mkdtempSync(join(tmpdir(), 'kaochang-limits-'));
t.teardown(() => rmSync(folder, { recursive: true }));
const tls = await openTlsFolder(folder, 'test', ['localhost', '127.0.0.1'], Date.now());
const BIG = Buffer.alloc(64 * 2 ** 20, 7);

async function opened(t: Pick<Test, 'teardown'>, limits: Partial<HttpLimits>) {
  const listening = await listen(
    { host: '0.0.0.0', httpsPort: 0, plainHttpPort: null, limits },
    tls,
    (request, response) =>
      request.url === '/big' ? void piecesOf(BIG).pipe(response) : response.end('fine'),
    () => undefined,
  );
  const sockets: Socket[] = [];
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    return listening.close();
  });
  const port = listening.httpsPort;
  const keep = <T extends Socket>(socket: T): T => {
    socket.on('error', () => undefined);
    sockets.push(socket);
    return socket;
  };
  return {
    listening,
    /** A connection without a word. */
    silent: (localAddress: string) => keep(connect({ port, host: '127.0.0.1', localAddress })),
    /** A connection with a finished handshake; null where it was turned away. */
    secure: async (localAddress: string): Promise<TLSSocket | null> => {
      const below = keep(connect({ port, host: '127.0.0.1', localAddress }));
      const socket = keep(tlsConnect({ socket: below, ca: tls.ca, servername: 'localhost' }));
      return Promise.race([
        new Promise<TLSSocket>((resolve) => void socket.once('secureConnect', () => resolve(socket))),
        closed(socket).then(() => null),
        closed(below).then(() => null),
      ]);
    },
    ask: (localAddress: string, more: RequestOptions = {}) =>
      new Promise<string>((resolve, reject) => {
        const options = {
          host: '127.0.0.1',
          port,
          path: '/',
          ca: tls.ca,
          agent: false,
          localAddress,
          ...more,
        };
        get(options, (response) => {
          let text = '';
          response.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => resolve(text));
          response.on('error', reject);
        }).on('error', reject);
      }),
  };
}

const closed = (socket: Socket) =>
  socket.closed
    ? Promise.resolve()
    : new Promise<void>((resolve) => void socket.once('close', () => resolve()));

void t.test('the settings of a room are the defaults of the sockets', async (t) => {
  t.same(parseConfig({}, [])?.http, HTTP_LIMITS);
});

void t.test('one address gets so many connections, another its own', async (t) => {
  const room = await opened(t, { maxConnectionsPerAddress: 3 });
  const first = await Promise.all([1, 2, 3].map(() => room.secure('127.0.0.2')));
  t.ok(first.every((socket) => socket !== null));
  t.equal(await room.secure('127.0.0.2'), null, 'the fourth is turned away');
  t.equal(await room.ask('127.0.0.3'), 'fine');
  t.equal(await room.ask('127.0.0.1'), 'fine', 'this machine’s own is not counted');
  first[0]?.destroy();
  while (room.listening.admission.connections > 2) await pause(10);
  t.equal(await room.ask('127.0.0.2'), 'fine', 'a place that is free again is given again');
  t.equal(room.listening.admission.refused.address, 1);
});

void t.test('all together get so many', async (t) => {
  const room = await opened(t, { maxConnections: 4 });
  const all = await Promise.all([2, 3, 4, 5].map((n) => room.secure(`127.0.0.${n}`)));
  t.ok(all.every((socket) => socket !== null));
  t.equal(await room.secure('127.0.0.6'), null);
  t.equal(room.listening.admission.refused.total, 1);
});

void t.test('half-open sockets: so many for one address, and for so long', async (t) => {
  const room = await opened(t, { maxOpeningPerAddress: 5, handshakeTimeoutMs: 3_000 });
  const silent = Array.from({ length: 20 }, () => room.silent('127.0.0.2'));
  await Promise.all(silent.slice(5).map(closed));
  t.equal(room.listening.admission.refused.opening, 15);
  t.ok(silent.slice(0, 5).every((socket) => !socket.destroyed));
  t.equal(await room.ask('127.0.0.3'), 'fine', 'others get in meanwhile');
  await Promise.all(silent.map(closed));
  t.equal(await room.ask('127.0.0.2'), 'fine', 'and this one afterwards');
});

void t.test(
  'who finished the handshake and then says nothing, or one byte now and then, is let go',
  async (t) => {
    const room = await opened(t, { headersTimeoutMs: 400 });
    const silent = await room.secure('127.0.0.2');
    const drip = await room.secure('127.0.0.2');
    const drops = [...'GET / HTTP/1.1\r\nHost: x\r\nX-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'];
    const timer = setInterval(() => drip?.write(drops.shift() ?? 'a'), 50);
    t.teardown(() => clearInterval(timer));
    const begunAt = performance.now();
    silent?.resume();
    drip?.resume();
    if (silent !== null && drip !== null) await Promise.all([closed(silent), closed(drip)]);
    t.ok(performance.now() - begunAt < 5_000);
  },
);

void t.test('who reads one byte a second is let go; who reads slowly but steadily is not', async (t) => {
  const limits = { minReadBytesPerSecond: 100_000, slowPatienceMs: 600 };
  const room = await opened(t, limits);
  const stuck = await room.secure('127.0.0.2');
  stuck?.pause();
  stuck?.write('GET /big HTTP/1.1\r\nHost: x\r\n\r\n');
  const drip = setInterval(() => stuck?.read(1), 1_000);
  t.teardown(() => clearInterval(drip));
  let read = 0;
  const steady = await room.secure('127.0.0.3');
  steady?.write('GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  const begunAt = performance.now();
  steady?.on('data', (chunk: Buffer) => {
    read += chunk.length;
    // About 20 MB/s: far above the limit, far below what the line takes.
    steady.pause();
    setTimeout(() => steady.resume(), chunk.length / 20_000);
  });
  if (steady !== null) await closed(steady);
  t.ok(read > BIG.length, 'it has everything');
  t.ok(performance.now() - begunAt > 2_000, 'and took longer than the patience');
  t.equal(room.listening.slowReaders.letGo, 1);
});

/** An admission on a clock of the test, and sockets that only have a far end. */
function driven(limits: Partial<AdmissionLimits> = {}) {
  let nowMs = 0;
  let loopShare = 1;
  const admission = new Admission(
    { ...HTTP_LIMITS, ...limits },
    () => nowMs,
    () => loopShare,
  );
  let port = 1;
  const come = (remoteAddress: string, pass: () => void) => {
    let close = (): void => undefined;
    const socket = {
      ...{ remoteAddress, remotePort: port++, destroyed: false },
      once: (_name: string, listener: () => void) => {
        close = listener;
        return socket;
      },
      close: () => {
        socket.destroyed = true;
        close();
      },
      on: () => socket,
      pause: () => socket,
      resetAndDestroy: () => (socket.destroyed = true),
      destroy: () => (socket.destroyed = true),
    };
    admission.take(socket as unknown as Socket, pass);
    return socket;
  };
  const busy = (share: number) => (loopShare = share);
  return { admission, come, busy, pass: (ms: number) => (nowMs += ms) };
}

void t.test('handshakes come one after the other, addresses by turns', async (t) => {
  const { admission, come, pass } = driven({ handshakesPerSecond: 100, maxOpeningPerAddress: 1_000 });
  t.teardown(() => admission.close());
  const passed: string[] = [];
  for (let n = 0; n < 200; n++) come('10.0.0.1', () => passed.push('hostile'));
  come('10.0.0.2', () => passed.push('honest'));
  come('10.0.0.3', () => passed.push('honest'));
  t.equal(passed.length, 2, 'so many begin at once');
  const deadline = Date.now() + 5_000;
  while (passed.length < 5 && Date.now() < deadline) {
    pass(10);
    await pause(6);
  }
  t.same(passed.slice(2, 5).sort(), ['honest', 'honest', 'hostile'], 'the others do not wait behind the 198');
});

void t.test('a room that has nothing else to do lets them in the sooner', async (t) => {
  const limits = { handshakesPerSecond: 100, handshakesPerSecondIdle: 400, maxOpeningPerAddress: 1_000 };
  const { admission, come, busy, pass } = driven({ ...limits, handshakesPerSecondPerAddress: 1_000 });
  t.teardown(() => admission.close());
  let passed = 0;
  for (let n = 0; n < 100; n++) come(`10.0.0.${n}`, () => (passed += 1));
  /** So many turns of ten milliseconds. @returns how many began in them */
  const turns = async (count: number) => {
    const before = passed;
    for (let n = 0; n < count; n++) {
      pass(10);
      await pause(15);
    }
    return passed - before;
  };
  const [whileBusy, whileIdle] = [await turns(10), (busy(0.2), await turns(5))];
  t.equal(whileBusy, 10, 'a hundred a second');
  t.equal(whileIdle, 20, 'four hundred');
  busy(0.9);
  t.equal(await turns(5), 5, 'and a hundred again');
});

void t.test(
  'one address gets its share at once, then so many a second, also when it closes and comes again',
  async (t) => {
    const limits = { maxOpeningPerAddress: 2, handshakesPerSecondPerAddress: 10, handshakesPerSecond: 1_000 };
    const { admission, come, pass } = driven(limits);
    t.teardown(() => admission.close());
    let passed = 0;
    /** Comes and goes at once, twenty times; those that had to wait are forgotten at the next turn. */
    const swarm = async () => {
      for (let n = 0; n < 20; n++) come('10.0.0.1', () => (passed += 1)).close();
      await pause(30);
    };
    await swarm();
    t.equal(passed, 2);
    pass(100);
    await swarm();
    t.equal(passed, 3, 'a tenth of a second later one more');
    pass(10_000);
    await swarm();
    t.equal(passed, 5, 'and after a rest its share again');
    let other = 0;
    pass(10);
    come('10.0.0.2', () => (other += 1));
    t.equal(other, 1);
  },
);

void t.test('who waits too long for a turn is turned away', async (t) => {
  const { admission, come, pass } = driven({ handshakesPerSecond: 1, handshakeTimeoutMs: 1_000 });
  t.teardown(() => admission.close());
  const sockets = Array.from({ length: 42 }, () => come('10.0.0.1', () => undefined));
  const told = () => sockets.filter(({ destroyed }) => destroyed).length;
  pass(1_000);
  const deadline = Date.now() + 5_000;
  while (admission.refused.waited < 40 && Date.now() < deadline) await pause(5);
  t.equal(admission.refused.waited, 40);
  await pause(30);
  t.equal(told(), 0, 'not told yet');
  pass(1_000);
  let most = 0;
  for (let before = 0; before < 40 && Date.now() < deadline; before = told()) {
    await pause(0);
    most = Math.max(most, told() - before);
  }
  t.equal(told(), 40, 'told a while later');
  t.ok(most <= 16, `a few at a time, never ${most}: nobody waits for a thousand resets`);
});

void t.test('an IPv6 machine is one address, however many it takes', async (t) => {
  const { admission, come } = driven({ maxConnectionsPerAddress: 2 });
  t.teardown(() => admission.close());
  const addresses = ['fd00:1::1', 'fd00:1:0:0::2', 'fd00:1::3:4', 'fd00:1:0:1::1', '::ffff:10.0.0.9', '::1'];
  const refused = addresses.map((address) => {
    const before = admission.refused.address;
    come(address, () => undefined);
    return admission.refused.address > before;
  });
  t.same(refused, [false, false, true, false, false, false]);
});
