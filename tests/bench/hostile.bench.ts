// What one hostile or slow client costs the other 39 seats: the p99 of their saves beside a client that reads one byte a second,
// one that floods, 1,000 half-open sockets, 10,000 connection attempts. What it means is in docs/hostile-clients.md. Not run by the
// tests. Usage: node build/tests/bench/hostile.bench.js [seconds of a slice] [saves/s of a seat] [rounds] [attacks by number: 1,2]

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { percentiles } from '../../server/rehearsal/percentiles.js';
import { ATTACKS, attackOnOrder, type Attack, type AttackOrder } from './hostile-attacks.js';
import { serveRoom, type RoomAsk, type RoomFigures, type RoomPlace } from './hostile-room.js';
import { HonestSeat, savesOf } from './hostile-seats.js';
import { comeFirst, type Share } from './processor-share.js';

const HONEST = 39;
const [seconds = 4, perSecond = 5, rounds = 3] = process.argv.slice(2, 5).map(Number);
const chosen = (process.argv[5] ?? '1,2,3,4,5').split(',').map((n) => ATTACKS[Number(n) - 1] as Attack);
/** Every round has a hostile seat of its own: it may still send all that a PC may send at once. */
const SEATS = HONEST + rounds;
/** What was left waiting is over by then. */
const AFTER_MS = 500;

type Role = 'room' | 'bystander' | 'hostile';

/** With BENCH_PROFILES the room leaves a profile of its processor time in that folder. */
function start(role: Role): ChildProcess {
  const folder = process.env['BENCH_PROFILES'];
  const execArgv = role === 'room' && folder ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : [];
  const env = { ...process.env, BENCH_ROLE: role };
  return fork(fileURLToPath(import.meta.url), process.argv.slice(2), { env, execArgv });
}

async function opened(role: Role): Promise<{ child: ChildProcess; place: RoomPlace }> {
  const child = start(role);
  const [place] = (await once(child, 'message')) as [RoomPlace];
  return { child, place };
}

async function ask(child: ChildProcess): Promise<RoomFigures> {
  const answer = once(child, 'message') as Promise<[RoomFigures]>;
  child.send({ figures: true } satisfies RoomAsk);
  return (await answer)[0];
}

/** Saves of all slices of one kind, and what the room needed for them. */
class Slices {
  readonly #took: number[] = [];
  #cpuMs = 0;
  stallMs = 0;
  tries = 0;

  constructor(private readonly room: ChildProcess) {}

  /** @param beside what somebody else does meanwhile */
  async add(
    seats: readonly HonestSeat[],
    beside: (() => Promise<{ done: Promise<number>; end: () => Promise<void> }>) | null,
  ) {
    const hostile = await beside?.();
    const { cpuMs } = await ask(this.room);
    this.#took.push(...(await savesOf(seats, seconds, perSecond)));
    const after = await ask(this.room);
    this.#cpuMs += after.cpuMs - cpuMs;
    this.stallMs = Math.max(this.stallMs, after.stallMs);
    this.tries += (await hostile?.done) ?? 0;
    await hostile?.end();
    await pause(AFTER_MS);
  }

  get cpuPercent(): number {
    return Math.round(this.#cpuMs / rounds / seconds / 10);
  }

  get figures() {
    return percentiles(this.#took);
  }
}

/** Sends a hostile machine to somebody. It begins when it is ready, its process does not count. */
async function send(order: AttackOrder): Promise<{ done: Promise<number>; end: () => Promise<void> }> {
  const hostile = start('hostile');
  await once(hostile, 'message');
  const done = (once(hostile, 'message') as Promise<[{ done: number }]>).then(([answer]) => answer.done);
  hostile.send(order);
  const end = async () => {
    const gone = once(hostile, 'exit');
    hostile.disconnect();
    await gone;
  };
  return { done, end };
}

async function measure(): Promise<void> {
  // Begun before this process comes first: they find their own place.
  const [room, bystander] = [await opened('room'), await opened('bystander')];
  const share: Share = comeFirst();
  const seats = await Promise.all(Array.from({ length: HONEST }, (_, i) => HonestSeat.open(i, room.place)));
  // Until everything that is compiled as it is used has been.
  for (let n = 0; n < 2; n++) await savesOf(seats, seconds, perSecond);
  process.stdout.write(`processor of the room and its PCs: ${share}\n`);
  const rows: object[] = [];
  for (const kind of chosen) rows.push(await row(kind, seats, room, bystander));
  process.stdout.write(`${JSON.stringify({ seats: HONEST, perSecond, seconds, rounds, share, rows })}\n`);
  for (const seat of seats) seat.leave();
  for (const { child } of [room, bystander]) {
    child.send({ stop: true } satisfies RoomAsk);
    await once(child, 'exit');
  }
  process.exit(0);
}

async function row(
  kind: Attack,
  seats: readonly HonestSeat[],
  room: { child: ChildProcess; place: RoomPlace },
  bystander: { place: RoomPlace },
): Promise<object> {
  const [quiet, aside, beside] = [new Slices(room.child), new Slices(room.child), new Slices(room.child)];
  for (let round = 0; round < rounds; round++) {
    // By turns, so that whatever else this machine does falls on all of them.
    const seat = HONEST + round;
    await quiet.add(seats, null);
    await aside.add(seats, () => send({ kind, seconds, seat, ...bystander.place }));
    await beside.add(seats, () => send({ kind, seconds, seat, ...room.place }));
  }
  const [idle, other, own] = [quiet.figures, aside.figures, beside.figures];
  const times = (a: number, b: number) => Math.round((a / b) * 100) / 100;
  const [ratio, ratioToBystander] = [times(own.p99, idle.p99), times(own.p99, other.p99)];
  const ms = (value: number) => value.toFixed(1).padStart(5);
  process.stdout.write(
    `${kind.padEnd(31)} p99 idle ${ms(idle.p99)}  bystander attacked ${ms(other.p99)}  room attacked ${ms(own.p99)} ms` +
      `  x ${ratio.toFixed(2)} of idle, x ${ratioToBystander.toFixed(2)} of bystander` +
      `  p50 ${idle.p50.toFixed(1)} ${other.p50.toFixed(1)} ${own.p50.toFixed(1)}` +
      `  max ${idle.max.toFixed(0)} ${other.max.toFixed(0)} ${own.max.toFixed(0)}` +
      `  stall ${quiet.stallMs} ${aside.stallMs} ${beside.stallMs}` +
      `  CPU of the room ${quiet.cpuPercent} ${aside.cpuPercent} ${beside.cpuPercent} %  tries ${aside.tries} ${beside.tries}\n`,
  );
  return {
    ...{ kind, ratio, ratioToBystander, idle, other, own },
    ...{
      tries: [aside.tries, beside.tries],
      cpuPercent: [quiet, aside, beside].map((one) => one.cpuPercent),
    },
    room: await ask(room.child),
  };
}

const role = process.env['BENCH_ROLE'] as Role | undefined;
if (role === 'hostile') attackOnOrder();
else if (role === undefined) await measure();
else await serveRoom(SEATS, role === 'bystander', process.env['BENCH_UNLIMITED'] === '1');
