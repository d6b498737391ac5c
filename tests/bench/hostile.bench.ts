// What one hostile or slow client costs the other 39 seats: the p99 of their saves beside a client that reads one byte a second,
// one that floods, 1,000 half-open sockets, 10,000 connection attempts. Loopback only, bounded, ends by itself. Not run by the
// tests. Usage: node build/tests/bench/hostile.bench.js [seconds of a slice] [saves/s of a seat]
// [rounds]

import { fork, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as tlsConnect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { seatFacts } from '../../server/core/views.js';
import { HTTP_LIMITS, listen, type HttpLimits } from '../../server/http/listen.js';
import { piecesOf } from '../../server/http/pieces.js';
import { openTlsFolder } from '../../server/http/tls/tls-folder.js';
import { routeUpgrades } from '../../server/http/upgrades.js';
import { createLog } from '../../server/log.js';
import { SEAT_SUBPROTOCOL, type RoomMessage } from '../../server/protocol/seat.js';
import { percentiles } from '../../server/rehearsal/percentiles.js';
import { SeatGateway } from '../../server/seats/gateway.js';
import { secretOf } from '../support/seat-client.js';
import { LIMITS } from '../support/seats-setting.js';
import { byStaff, candidateIdOf, must, PAPER, SESSION } from '../support/small-room.js';
import { startedRoom } from './big-room.js';

const SEATS = 40;
const HONEST = SEATS - 1;
const HOSTILE = SEATS - 1;
/** No attack lasts longer, whatever happens to its parent. */
const ATTACK_ENDS_MS = 60_000;
const [seconds = 4, perSecond = 5, rounds = 3] = process.argv.slice(2).map(Number);

const ATTACKS = [
  'reads 1 byte/s',
  'floods',
  '1,000 half-open sockets',
  '10,000 attempts, one address',
  '10,000 attempts, 200 addresses',
] as const;
type Attack = (typeof ATTACKS)[number];

interface Room {
  port: number;
  ca: string;
}

// ---------------------------------------------------------------- the room

async function serve(): Promise<void> {
  first();
  const pcIdOf = (index: number) => createHash('sha256').update(secretOf(index)).digest('hex').slice(0, 32);
  const { folder, journal, room } = await startedRoom(SEATS, pcIdOf);
  const log = createLog('silent');
  const gateway = new SeatGateway(
    {
      ...{ room, seatFacts, parts: () => [], photoUrl: (hash: string) => hash, version: 'bench', log },
      openedPaper: () => ({ paperId: PAPER, contentKey: Buffer.alloc(32, 7), itemKeys: new Map() }),
      wallTime: () => room.time.wallTime(),
    },
    LIMITS,
  );
  const tlsFolder = mkdtempSync(join(tmpdir(), 'kaochang-bench-tls-'));
  const tls = await openTlsFolder(tlsFolder, 'bench', ['localhost'], Date.now());
  const large = Buffer.alloc(20 * 2 ** 20, 7);
  const off = Number.MAX_SAFE_INTEGER;
  const unlimited: Partial<HttpLimits> = {
    ...{ maxConnections: off, maxConnectionsPerAddress: off, maxOpeningPerAddress: off },
    ...{ handshakesPerSecond: off, handshakesPerSecondPerAddress: off },
    ...{ handshakeTimeoutMs: 120_000, slowPatienceMs: 600_000 },
  };
  const listening = await listen(
    {
      ...{ host: '127.0.0.1', httpsPort: 0, plainHttpPort: null },
      limits: process.env['BENCH_UNLIMITED'] === '1' ? unlimited : HTTP_LIMITS,
    },
    tls,
    (_request, response) => void piecesOf(large).pipe(response),
    (server) => routeUpgrades(server, { '/seat': gateway.handleUpgrade.bind(gateway) }, []),
  );
  // The room says something to everybody now and then: what a slow reader does not take waits for it.
  const talking = setInterval(() => {
    const text = '请'.repeat(500);
    const by = byStaff('yan');
    must(room, { type: 'send-message', sessionId: SESSION, candidateId: null, text, by });
  }, 500);
  const delay = monitorEventLoopDelay({ resolution: 2 });
  delay.enable();
  process.send?.({ port: listening.httpsPort, ca: tls.ca } satisfies Room);
  process.on('disconnect', () => process.exit(1));
  process.on('message', (message: { figures?: true; stop?: true }) => {
    if (message.figures) {
      const { admission, slowReaders } = listening;
      const rssMb = Math.round(process.memoryUsage().rss / 2 ** 20);
      const stallMs = Math.round(delay.max / 1e6);
      delay.reset();
      const { user, system } = process.cpuUsage();
      const cpuMs = Math.round((user + system) / 1_000);
      process.send?.({
        cpuMs,
        rssMb,
        stallMs,
        open: admission.connections,
        ...admission.refused,
        slow: slowReaders.letGo,
      });
    }
    if (message.stop) {
      clearInterval(talking);
      gateway.stop();
      room.stop();
      void Promise.all([listening.close(), journal.close()]).then(() => {
        for (const one of [folder, tlsFolder]) rmSync(one, { recursive: true });
        process.exit(0);
      });
    }
  });
}

// ---------------------------------------------------------------- the hostile machine

async function attack(): Promise<void> {
  // Its processor is its own, not the room's: here it takes what the others leave.
  setPriority(19);
  setTimeout(() => process.exit(0), ATTACK_ENDS_MS).unref();
  process.on('message', ({ kind, port, ca }: Room & { kind: Attack }) => {
    const from = (n: number) => ({
      port,
      host: '127.0.0.1',
      localAddress: `127.0.${1 + (n >> 7)}.${2 + (n & 127)}`,
    });
    const run: Record<Attack, () => Promise<number>> = {
      'reads 1 byte/s': () => readSlowly(port, ca),
      floods: () => flood(port, ca),
      '1,000 half-open sockets': () => halfOpen(() => connect(from(0))),
      '10,000 attempts, one address': () => attempts((_n) => connect(from(0)), ca),
      '10,000 attempts, 200 addresses': () => attempts((n) => connect(from(n % 200)), ca),
    };
    void run[kind]().then((done) => process.send?.({ done }));
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.({ ready: true });
}

function seatSocket(port: number, ca: string, localAddress: string): WebSocket {
  const options = { ca, servername: 'localhost', perMessageDeflate: false, localAddress };
  const socket = new WebSocket(`wss://127.0.0.1:${port}/seat`, SEAT_SUBPROTOCOL, options);
  socket.on('error', () => undefined);
  return socket;
}

const helloOf = (index: number) =>
  JSON.stringify({ t: 'hello', v: 1, client: 'bench', pcSecret: secretOf(index), roomNow: null });

/** The 40th seat and six large answers of its page, read at one byte a second. */
async function readSlowly(port: number, ca: string): Promise<number> {
  const localAddress = '127.0.1.2';
  const seat = seatSocket(port, ca, localAddress);
  await once(seat, 'open');
  seat.send(helloOf(HOSTILE));
  const beating = setInterval(() => {
    if (seat.readyState === WebSocket.OPEN)
      seat.send(JSON.stringify({ t: 'beat', sent: 1, unsent: 0, oldestUnsentMs: 0 }));
  }, 1_000);
  seat.pause();
  const pages = Array.from({ length: 6 }, () => {
    const below = connect({ port, host: '127.0.0.1', localAddress });
    const page = tlsConnect({ socket: below, ca, servername: 'localhost' });
    for (const one of [below, page]) one.on('error', () => undefined);
    page.pause();
    page.once('secureConnect', () => page.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n'));
    return page;
  });
  const begunAt = performance.now();
  while (performance.now() - begunAt < seconds * 1_000) {
    for (const page of pages) page.read(1);
    await pause(1_000);
  }
  clearInterval(beating);
  return pages.length + 1;
}

/** The 40th seat sends saves as fast as its socket takes them, and comes back at once whenever it is let go. */
async function flood(port: number, ca: string): Promise<number> {
  const begunAt = performance.now();
  let sent = 0;
  while (performance.now() - begunAt < seconds * 1_000) {
    const seat = seatSocket(port, ca, '127.0.1.2');
    const isOpen = await Promise.race([
      once(seat, 'open').then(() => true),
      once(seat, 'close').then(() => false),
    ]).catch(() => false);
    if (!isOpen) {
      await pause(5);
      continue;
    }
    seat.send(helloOf(HOSTILE));
    while (seat.readyState === WebSocket.OPEN && performance.now() - begunAt < seconds * 1_000) {
      for (let n = 0; n < 200; n++) seat.send(saveOf(HOSTILE, ++sent));
      if (seat.bufferedAmount > 2 ** 20) await pause(1);
      else await pause(0);
    }
    seat.terminate();
  }
  return sent;
}

/** A thousand sockets that say nothing; one that is let go comes again. */
async function halfOpen(open: () => Socket): Promise<number> {
  const begunAt = performance.now();
  const sockets = new Set<Socket>();
  let opened = 0;
  while (performance.now() - begunAt < seconds * 1_000) {
    while (sockets.size < 1_000 && performance.now() - begunAt < seconds * 1_000) {
      const socket = open();
      opened += 1;
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      if (opened > 1_000) await pause(1);
    }
    await pause(20);
  }
  for (const socket of sockets) socket.destroy();
  return opened;
}

/** Ten thousand handshakes, 1,000 on their way at a time, each closed as soon as it is through; spread over the time. */
async function attempts(open: (n: number) => Socket, ca: string): Promise<number> {
  const begunAt = performance.now();
  const isTime = () => performance.now() - begunAt < seconds * 1_000;
  let begun = 0;
  const worker = async () => {
    while (begun < 10_000 && isTime()) {
      const below = open(begun++);
      const socket = tlsConnect({ socket: below, ca, servername: 'localhost' });
      await new Promise<void>((resolve) => {
        for (const one of [below, socket]) {
          one.on('error', () => undefined);
          one.once('close', () => resolve());
        }
        socket.once('secureConnect', () => socket.destroy());
        setTimeout(() => below.destroy(), 15_000).unref();
      });
    }
  };
  await Promise.all(Array.from({ length: 1_000 }, worker));
  return begun;
}

// ---------------------------------------------------------------- the 39

function saveOf(index: number, rev: number): string {
  return JSON.stringify({
    ...{ t: 'save', id: rev, candidateId: candidateIdOf(index), lease: 1 },
    ...{ itemId: `item-${(rev % 60) + 1}`, rev, value: { options: ['abcd'[rev % 4]] }, marked: false },
    madeAt: Date.now(),
  });
}

class Seat {
  readonly #waiting = new Map<number, { sentAt: number; took: (ms: number) => void }>();
  #rev = 0;

  private constructor(
    private readonly index: number,
    private readonly socket: WebSocket,
  ) {
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString('utf8')) as RoomMessage;
      if (message.t === 'refused') throw new Error(`A save was refused: ${message.code}`);
      for (const id of message.t === 'ack' ? message.ids : []) {
        const { sentAt, took } = this.#waiting.get(id) ?? { sentAt: 0, took: () => undefined };
        this.#waiting.delete(id);
        took(performance.now() - sentAt);
      }
    });
    socket.on('close', () => {
      throw new Error(`Seat ${index} lost its connection`);
    });
  }

  static async open(index: number, { port, ca }: Room): Promise<Seat> {
    const socket = seatSocket(port, ca, '127.0.0.1');
    const seat = new Seat(index, socket);
    await once(socket, 'open');
    socket.send(helloOf(index));
    const beat = JSON.stringify({ t: 'beat', sent: 1, unsent: 0, oldestUnsentMs: 0 });
    setInterval(() => socket.send(beat), 5_000).unref();
    return seat;
  }

  /** Milliseconds until the save was on the disk and said to be. */
  save(): Promise<number> {
    const rev = ++this.#rev;
    return new Promise((resolve) => {
      this.#waiting.set(rev, { sentAt: performance.now(), took: resolve });
      this.socket.send(saveOf(this.index, rev));
    });
  }
}

/** Everybody saves at a steady rate, not all in the same instant. */
async function saves(seats: readonly Seat[]): Promise<number[]> {
  const took: Promise<number>[] = [];
  const everyMs = 1_000 / perSecond / seats.length;
  const begunAt = performance.now();
  for (let n = 0; n < seconds * perSecond * seats.length; n++) {
    const dueMs = n * everyMs - (performance.now() - begunAt);
    if (dueMs > 0) await pause(dueMs);
    took.push((seats[n % seats.length] as Seat).save());
  }
  return Promise.all(took);
}

async function measure(): Promise<void> {
  first();
  const self = fileURLToPath(import.meta.url);
  const start = (name: string) =>
    fork(self, process.argv.slice(2), { env: { ...process.env, BENCH_ROLE: name } });
  const server = start('server');
  const [room] = (await once(server, 'message')) as [Room];
  const seats = await Promise.all(Array.from({ length: HONEST }, (_, index) => Seat.open(index, room)));
  await saves(seats);
  const rows: object[] = [];
  for (const kind of ATTACKS) {
    // By turns, so that whatever else this machine does falls on both.
    const [quiet, beside]: [number[], number[]] = [[], []];
    let tries = 0;
    const cpu = { quiet: 0, beside: 0 };
    for (let round = 0; round < rounds; round++) {
      const atMs = await cpuMsOf(server);
      quiet.push(...(await saves(seats)));
      cpu.quiet += (await cpuMsOf(server)) - atMs;
      const hostile = start('hostile');
      await once(hostile, 'message');
      const done = once(hostile, 'message') as Promise<[{ done: number }]>;
      const fromMs = await cpuMsOf(server);
      hostile.send({ kind, ...room });
      beside.push(...(await saves(seats)));
      cpu.beside += (await cpuMsOf(server)) - fromMs;
      tries += (await done)[0].done;
      await ended(hostile);
      await pause(500);
    }
    const [before, during] = [percentiles(quiet), percentiles(beside)];
    const ratio = Math.round((during.p99 / before.p99) * 100) / 100;
    const figures = await figuresOf(server);
    const share = (ms: number) => Math.round(ms / rounds / seconds / 10);
    const cpuPercent = [share(cpu.quiet), share(cpu.beside)];
    rows.push({ kind, ratio, cpuPercent, quiet: before, beside: during, tries, ...figures });
    process.stdout.write(
      `${kind.padEnd(32)} p99 ${before.p99.toFixed(1).padStart(6)} -> ${during.p99.toFixed(1).padStart(6)} ms  x ${ratio.toFixed(2)}` +
        `  p50 ${before.p50.toFixed(1)} -> ${during.p50.toFixed(1)}  CPU of the room ${cpuPercent.join(' -> ')} %  (${tries} tries) ${JSON.stringify(figures)}\n`,
    );
  }
  process.stdout.write(`${JSON.stringify({ seats: HONEST, perSecond, seconds, rounds, rows })}\n`);
  server.send({ stop: true });
  process.exit(0);
}

/** Before whatever else this machine does, where that is allowed: the room has a machine of its own. */
function first(): void {
  try {
    setPriority(-10);
  } catch {
    return;
  }
}

async function cpuMsOf(server: ChildProcess): Promise<number> {
  return (await figuresOf(server)).cpuMs;
}

async function figuresOf(server: ChildProcess): Promise<{ cpuMs: number }> {
  const answer = once(server, 'message') as Promise<[{ cpuMs: number }]>;
  server.send({ figures: true });
  return (await answer)[0];
}

async function ended(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.disconnect();
  await gone;
}

const role = process.env['BENCH_ROLE'];
if (role === 'server') await serve();
else if (role === 'hostile') await attack();
else await measure();
