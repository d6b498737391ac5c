// A room of thousands on one machine: log-ins, the start, saves at a given rate. The server is a process of its own with the
// real journal; this one plays the PCs. Not run by the tests. Usage: node build/tests/bench/seats.bench.js [PCs] [saves/s] [s]

import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { machineClocks } from '../../server/clock.js';
import { changesDeadlines, nextDeadline } from '../../server/core/deadlines.js';
import { decide } from '../../server/core/decide.js';
import { evolve } from '../../server/core/evolve.js';
import { initialState } from '../../server/core/initial.js';
import type { DealtOrder, ItemOutline } from '../../server/core/types.js';
import { seatFacts } from '../../server/core/views.js';
import { routeUpgrades } from '../../server/http/upgrades.js';
import { openSqliteJournal } from '../../server/journal/sqlite-journal.js';
import { generateKeys } from '../../server/keys/key-files.js';
import { createLog } from '../../server/log.js';
import { SEAT_SUBPROTOCOL, type RoomMessage } from '../../server/protocol/seat.js';
import { percentiles } from '../../server/rehearsal/percentiles.js';
import { createRoom } from '../../server/room.js';
import { SeatGateway } from '../../server/seats/gateway.js';
import { secretOf } from '../support/seat-client.js';
import { LIMITS } from '../support/seats-setting.js';
import {
  admit,
  byRoom,
  candidateIdOf,
  must,
  mustStaff,
  openEntry,
  PAPER,
  seatIdOf,
  SESSION,
  smallPackage,
  start,
  ticketOf,
} from '../support/small-room.js';

const ITEMS = 60;
const OPTIONS = ['a', 'b', 'c', 'd'];
const [pcs = 2_000, perSecond = 2_000, seconds = 10] = process.argv.slice(2).map(Number);

if (process.send !== undefined && process.env['BENCH_SERVER'] === '1') await serve();
else await play();

async function serve(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kaochang-bench-'));
  const journal = await openSqliteJournal({
    file: join(folder, 'journal.db'),
    keysFolder: join(folder, 'keys'),
    room: await generateKeys('room', 'bench'),
  });
  const log = createLog('error');
  const rules = { decide, evolve, nextDeadline, changesDeadlines, initialState };
  const onFailure = (error: Error) => {
    throw error;
  };
  const room = await createRoom({
    journal,
    rules,
    clocks: machineClocks(),
    log,
    version: 'bench',
    onFailure,
  });
  const items: ItemOutline[] = Array.from({ length: ITEMS }, (_, i) => ({
    itemId: `item-${i + 1}`,
    type: 'single',
    points: 1,
    options: OPTIONS,
    shuffleOptions: true,
  }));
  const sections = [{ sectionId: 'one', title: '一', shuffleItems: true, draw: null, items }];
  const offered = smallPackage({ candidates: pcs, startsAt: room.now(), minutes: 600 });
  const [session] = offered.sessions;
  if (session !== undefined) session.papers = [{ paperId: PAPER, use: 'main', sections }];
  must(room, { type: 'install-package', package: offered, by: byRoom });
  const gateway = new SeatGateway(
    {
      room,
      seatFacts,
      parts: () =>
        Array.from({ length: 10 }, (_, i) => ({
          path: `papers/${PAPER}/media/picture-${i}.sealed`,
          sha256: String(i).repeat(64),
          bytes: 60_000,
        })),
      openedPaper: () => ({ paperId: PAPER, contentKey: Buffer.alloc(32, 7), itemKeys: new Map() }),
      photoUrl: (hash) => hash,
      wallTime: () => room.time.wallTime(),
      version: 'bench',
      log,
    },
    LIMITS,
  );
  for (let i = 0; i < pcs; i++) {
    const pcId = createHash('sha256').update(secretOf(i)).digest('hex').slice(0, 32);
    mustStaff(room, 'xi', { type: 'pair-seat', pcId, seatId: seatIdOf(i) });
  }
  openEntry(room);
  const order: DealtOrder = {
    paperId: PAPER,
    sections: [{ sectionId: 'one', items: items.map(({ itemId }) => ({ itemId, options: OPTIONS })) }],
  };
  const orders = Object.fromEntries(
    Array.from({ length: pcs }, (_, i) => [candidateIdOf(i), structuredClone(order)]),
  );
  must(room, { type: 'deal-paper', sessionId: SESSION, paperId: PAPER, orders, by: byRoom });
  for (let i = 0; i < pcs; i++) admit(room, i);
  await room.settled();
  const server = createServer();
  routeUpgrades(server, { '/seat': gateway.handleUpgrade.bind(gateway) }, []);
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () =>
    process.send?.({ port: (server.address() as AddressInfo).port }),
  );
  process.on('message', (message: { start?: true; figures?: true; stop?: true }) => {
    if (message.start) start(room);
    if (message.figures)
      process.send?.({ rssMb: Math.round(process.memoryUsage().rss / 2 ** 20), seq: journal.durableSeq });
    if (message.stop) {
      gateway.stop();
      room.stop();
      void journal.close().then(() => {
        rmSync(folder, { recursive: true });
        process.exit(0);
      });
    }
  });
}

async function play(): Promise<void> {
  const self = fileURLToPath(import.meta.url);
  const child = fork(self, process.argv.slice(2), { env: { ...process.env, BENCH_SERVER: '1' } });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const answered = new Map<string, (message: RoomMessage) => void>();
  const paperAt: number[] = [];
  const sockets: WebSocket[] = [];
  const said = { refused: 0 };

  const connect = async (i: number) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/seat`, SEAT_SUBPROTOCOL, {
      perMessageDeflate: false,
    });
    await once(socket, 'open');
    sockets[i] = socket;
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as RoomMessage;
      if (message.t === 'paper') paperAt.push(performance.now());
      if (message.t === 'refused') said.refused += 1;
      const ids = message.t === 'ack' ? message.ids : message.t === 'refused' ? [message.id] : [];
      for (const id of ids) answered.get(`${i}/${id}`)?.(message);
    });
    const hello = { t: 'hello', v: 1, client: 'bench', pcSecret: secretOf(i), roomNow: null };
    socket.send(JSON.stringify(hello));
  };
  const ask = (i: number, id: number, request: object) =>
    new Promise<number>((resolve) => {
      const sentAt = performance.now();
      answered.set(`${i}/${id}`, () => {
        answered.delete(`${i}/${id}`);
        resolve(performance.now() - sentAt);
      });
      sockets[i]?.send(JSON.stringify({ ...request, id }));
    });
  const everyone = Array.from({ length: pcs }, (_, i) => i);

  let at = performance.now();
  for (let from = 0; from < pcs; from += 100)
    await Promise.all(everyone.slice(from, from + 100).map(connect));
  report('connect all', performance.now() - at);
  at = performance.now();
  const logIns = await Promise.all(
    everyone.map((i) => ask(i, 1, { t: 'log-in', ticketNo: ticketOf(i), password: ticketOf(i).slice(-6) })),
  );
  report('log-in all at once', performance.now() - at, logIns);
  for (const [id, what] of [
    [2, 'identity'],
    [3, 'rules'],
  ] as const)
    await Promise.all(
      everyone.map((i) => ask(i, id, { t: 'confirm', candidateId: candidateIdOf(i), lease: 1, what })),
    );
  await pause(1_000);
  at = performance.now();
  child.send({ start: true });
  while (paperAt.length < pcs) await pause(5);
  report(
    'start: command to paper',
    Math.max(...paperAt) - at,
    paperAt.map((one) => one - at),
  );
  await pause(2_000);

  const took: number[] = [];
  const waiting: Promise<unknown>[] = [];
  const begunAt = performance.now();
  let sent = 0;
  let next = 10;
  while (sent < perSecond * seconds) {
    const due = Math.min(perSecond * seconds, Math.floor(((performance.now() - begunAt) / 1000) * perSecond));
    for (; sent < due; sent++) {
      const i = sent % pcs;
      if (i === 0) next += 1;
      const save = {
        t: 'save',
        candidateId: candidateIdOf(i),
        lease: 1,
        itemId: `item-${(next % ITEMS) + 1}`,
        rev: next,
        value: { options: [OPTIONS[next % 4]] },
        marked: false,
        madeAt: Date.now(),
      };
      waiting.push(ask(i, next * 10, save).then((ms) => took.push(ms)));
    }
    await pause(1);
  }
  await Promise.all(waiting);
  report(`saves, ${perSecond}/s offered`, performance.now() - begunAt, took);
  child.send({ figures: true });
  const [figures] = (await once(child, 'message')) as [object];
  process.stdout.write(`${JSON.stringify({ ...figures, ...said })}\n`);
  child.send({ stop: true });
  await once(child, 'exit');
  process.exit(0);
}

function report(what: string, totalMs: number, each: number[] = []): void {
  const spread = each.length === 0 ? '' : JSON.stringify(percentiles(each));
  process.stdout.write(`${what.padEnd(28)} ${totalMs.toFixed(0).padStart(6)} ms  ${spread}\n`);
}
