// The wire of the pages that play, and the way to the practice room: who has a word of this rehearsal gets in, once, and nobody else;
// what is no message ends the connection that sent it.

import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import fc from 'fast-check';
import t from 'tap';
import { WebSocket } from 'ws';
import { routeUpgrades } from '../../server/http/upgrades.js';
import { REHEARSAL_SUBPROTOCOL } from '../../server/protocol/rehearsal.js';
import { PcPages, readPageMessage, type PlayingPc } from '../../server/rehearsal/pc-pages.js';
import { ToBeside } from '../../server/rehearsal/to-beside.js';

const WORDS = ['1', '2'].map((digit) => digit.repeat(32));

async function open(t: { teardown: (end: () => unknown) => void }) {
  const heard: string[] = [];
  const pages = new PcPages();
  // What stands behind it notes who came through.
  const beside = createServer(
    (incoming, response) => void (heard.push(incoming.url ?? ''), response.end('sealed')),
  );
  beside.on('upgrade', (incoming: IncomingMessage, socket: Socket) => {
    heard.push(`${incoming.url} ${incoming.headers.host}`);
    socket.on('error', () => undefined);
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
  });
  const besidePort = await listen(beside, t);
  const way = new ToBeside({ port: () => besidePort, knows: (word) => pages.knows(word) });
  const server = createServer();
  routeUpgrades(
    server,
    {
      '/rehearsal/pc': pages.handleUpgrade.bind(pages),
      '/rehearsal/seat': way.handleUpgrade.bind(way),
    },
    [],
  );
  const port = await listen(server, t);
  t.teardown(() => {
    pages.close();
    way.cut();
  });
  const connect = async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/rehearsal/pc`, REHEARSAL_SUBPROTOCOL);
    socket.on('error', () => undefined);
    t.teardown(() => socket.terminate());
    await once(socket, 'open');
    return socket;
  };
  const expect = () => {
    const changed: string[] = [];
    const codes: [string, number, string][] = [];
    const pcs = pages.expect(
      WORDS.map((word, index) => ({ word, label: `0${index + 1}` })),
      {
        changed: ({ label, here }) => void changed.push(`${label} ${here}`),
        code: ({ label }, index, code) => void codes.push([label, index, code]),
      },
    );
    return { pcs, changed, codes };
  };
  return { pages, way, port, heard, connect, expect };
}

function listen(server: ReturnType<typeof createServer>, t: { teardown: (end: () => unknown) => void }) {
  return new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    t.teardown(() => {
      server.closeAllConnections();
      server.close();
    });
  });
}

const say = (socket: WebSocket, message: unknown) => socket.send(JSON.stringify(message));
async function until(holds: () => boolean): Promise<void> {
  for (const from = performance.now(); !holds();) {
    if (performance.now() - from > 20_000) throw new Error('in vain');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
/** The status with which an upgrade is answered. */
function upgrade(port: number, path: string, origin = `http://127.0.0.1:${port}`): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({
      ...{ host: '127.0.0.1', port, path },
      headers: { Connection: 'Upgrade', Upgrade: 'websocket', Origin: origin },
    });
    asked.on('response', (response) => resolve(response.statusCode ?? 0));
    asked.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', reject);
    asked.end();
  });
}

void t.test('while no rehearsal is under way nobody is let in', async (t) => {
  const { port } = await open(t);
  t.equal(await upgrade(port, '/rehearsal/pc'), 403);
  t.equal(await upgrade(port, `/rehearsal/seat?word=${WORDS[0]}`), 403);
});

void t.test('a page comes in with its word, once; a stranger and a page of elsewhere do not', async (t) => {
  const { connect, expect, pages, port } = await open(t);
  const { pcs, changed } = expect();
  t.equal(await upgrade(port, '/rehearsal/pc', 'http://elsewhere.example'), 403);
  const stranger = await connect();
  say(stranger, { t: 'join', word: '9'.repeat(32) });
  t.same((await once(stranger, 'close'))[0], 4403);
  const talker = await connect();
  talker.send(`{"t":"join","word":"${WORDS[0]}"}${' '.repeat(1_000)}`);
  t.same((await once(talker, 'close'))[0], 1008, 'a word is short; of a stranger nothing longer is read');
  const first = await connect();
  say(first, { t: 'join', word: WORDS[0] });
  await until(() => pcs[0]?.here === true);
  t.equal(pages.knows(WORDS[0] ?? ''), true);
  t.equal(pages.knows(WORDS[1] ?? ''), false, 'who has not come yet has no way in either');
  const again = await connect();
  say(again, { t: 'join', word: WORDS[0] });
  t.same((await once(again, 'close'))[0], 4403, 'a second page with the same word');
  first.close();
  await until(() => pcs[0]?.here === false);
  t.equal(pages.knows(WORDS[0] ?? ''), false);
  t.same(changed, ['01 true', '01 false']);
});

void t.test('codes, progress and figures reach the run; a broken frame ends its connection', async (t) => {
  const { connect, expect } = await open(t);
  const { pcs, codes } = expect();
  const page = await connect();
  say(page, { t: 'join', word: WORDS[0] });
  say(page, { t: 'code', index: 3, code: '123456' });
  const progress = {
    ...{ t: 'progress', connected: 4, fetched: 4, ready: 4, answering: 3, done: 0, alive: 4 },
    ...{ saves: 17, saveP99Ms: 12.5 },
  };
  say(page, progress);
  await until(() => pcs[0]?.progress !== null);
  t.same(pcs[0]?.progress, progress);
  t.same(codes, [['01', 3, '123456']]);
  (pcs[0] as PlayingPc).send({ t: 'log-in' });
  t.same(JSON.parse(String((await once(page, 'message'))[0])), { t: 'log-in' });
  say(page, { t: 'code', index: 50, code: '123456' });
  t.same((await once(page, 'close'))[0], 1008, 'more candidates than a PC may play');
});

void t.test('its simulated PCs pass to the practice room as long as the page is here', async (t) => {
  const { connect, expect, port, heard, pages, way } = await open(t);
  const { pcs } = expect();
  const page = await connect();
  say(page, { t: 'join', word: WORDS[0] });
  await until(() => pcs[0]?.here === true);
  t.equal(await upgrade(port, `/rehearsal/seat?word=${WORDS[0]}`), 101);
  t.same(heard, [`/seat 127.0.0.1:${port}`], 'the host as the browser named it');
  t.equal(await upgrade(port, `/rehearsal/seat?word=${WORDS[1]}`), 403);
  t.equal(await upgrade(port, '/rehearsal/seat'), 403);
  pages.close();
  way.cut();
  t.equal(await upgrade(port, `/rehearsal/seat?word=${WORDS[0]}`), 403);
  t.equal(heard.length, 1);
});

void t.test('whatever a page sends is a message or nothing, and never an error', async (t) => {
  fc.assert(fc.property(fc.string(), (text) => readPageMessage(text) === null));
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.record({ t: fc.constantFrom('join', 'code', 'progress', 'figures', 'stop'), word: fc.jsonValue() }),
    fc.record({ t: fc.constant('code'), index: fc.integer(), code: fc.string() }),
  );
  fc.assert(
    fc.property(anything, (value) => {
      const read = readPageMessage(JSON.stringify(value));
      return (
        read === null ||
        (read.t === 'code' && read.index >= 0 && read.index < 50 && /^\d{6}$/.test(read.code))
      );
    }),
  );
  t.match(readPageMessage(JSON.stringify({ t: 'join', word: 'ab'.repeat(16) })), { t: 'join' });
  t.equal(readPageMessage(JSON.stringify({ t: 'join', word: 'ab'.repeat(16), more: 1 })), null);
});
