// Does to an exam what a schedule says, one fault at a time or several at once; each is over when its promise is. It judges nothing.

import { join } from 'node:path';
import { SESSION } from '../support/small-exam.js';
import type { CandidateAtWork } from './candidate-at-work.js';
import type { ExamRoom, RoomSeat } from './exam-room.js';
import { describe, type Fault } from './schedule.js';
import type { SeededRandom } from './seeded-random.js';
import { appendHalfFrame } from './torn-files.js';

export interface StrikeHost {
  room: ExamRoom;
  /** By number of the seat at which they began. */
  candidates: readonly CandidateAtWork[];
  random: SeededRandom;
  say: (text: string) => void;
}

/** Refusals of staff after which a fault is given up: the exam has gone on without it. */
const MISSED = ['wrong-phase', 'already-ended', 'not-logged-in', 'paused', 'suspended', 'nothing-to-do'];

/** Strikes, and heals. @throws Error where the room refuses what it should do */
export async function strike(host: StrikeHost, fault: Fault): Promise<void> {
  const { room, random, say } = host;
  const { server } = room;
  room.note({ k: 'fault', text: describe(fault) });
  say(describe(fault));
  switch (fault.kind) {
    case 'kill':
      return server.kill(fault.lastsMs, fault.afterReadyMs);
    case 'freeze':
      return server.freeze(fault.lastsMs);
    case 'disk-full':
      if (room.disk === null) return say('         (no disk of its own here: nothing was filled)');
      return room.disk.full(pause(fault.lastsMs));
    case 'slow-flush':
      return server.slowFlushes(fault.lastsMs, fault.addedMs);
    case 'wall-step':
      return server.stepWallClock(fault.byMs);
    case 'power-cut': {
      const torn = await server.cutPower(fault.lastsMs, fault.tear, () => random.next());
      return say(`         (${torn} writes were not flushed)`);
    }
    case 'torn-tail': {
      const wal = join(room.prepared.data, 'journal', 'journal.db-wal');
      return server.killAndSpoil(fault.lastsMs, () => appendHalfFrame(wal, fault.bytes));
    }
    case 'line': {
      const heal = fault.seats.map((index) => room.seat(index).line.strike(fault.line));
      await pause(fault.lastsMs);
      return heal.forEach((one) => one());
    }
    case 'reload':
      return comeBack(host, fault, (candidate) => candidate.pc.leave());
    case 'client-kill':
      return comeBack(host, fault, async (candidate) => {
        await candidate.pc.change(candidate);
        await pause(random.between(0, 8));
        await candidate.pc.kill();
      });
    case 'swap':
      return swap(host, fault.seat, fault.lastsMs);
    case 'pause':
      return standStill(host, fault.lastsMs);
    case 'extension':
      return giveTimeBack(host, fault.seat);
    case 'hand':
      return candidateOf(host, fault.seat).pc.raiseHand();
  }
}

async function comeBack(
  host: StrikeHost,
  { seats, lastsMs }: { seats: number[]; lastsMs: number },
  away: (candidate: CandidateAtWork) => void | Promise<void>,
): Promise<void> {
  await Promise.all(
    seats.map(async (index) => {
      const candidate = candidateOf(host, index);
      const { pc } = candidate;
      if (!pc.isAlive) return;
      await away(candidate);
      await pause(lastsMs);
      if (!pc.isAlive) await pc.open();
    }),
  );
}

/** The cable falls out, the candidate writes on and is moved; what the old PC holds comes when its cable is back. */
async function swap({ room, candidates, say }: StrikeHost, index: number, lastsMs: number): Promise<void> {
  const candidate = candidates[index];
  const old = room.seats[index];
  if (candidate === undefined || old === undefined || candidate.pc !== old.pc) return;
  const heal = old.line.strike({ how: 'cut' });
  await pause(lastsMs);
  const spare = await freeSpare(room, candidates.length);
  if (spare === null) {
    heal();
    return say('         (no spare PC is free)');
  }
  const { candidateId, ticketNo } = candidate.who;
  const request = { type: 'swap-machine', sessionId: SESSION, candidateId, toSeatId: spare.seatId } as const;
  const moved = await room.staff.give('proctor', { ...request, reason: '网线故障' });
  const isMoved = moved.ok || movedTo(room, candidateId) === spare.seatId;
  if (isMoved) {
    candidate.pc = spare.pc;
    await enterAt(spare, candidateId, ticketNo);
  } else say(`         (not moved: ${moved.code})`);
  heal();
}

/** A PC that the room can be reached from; one that lost it comes back by itself. Null where none does in time. */
async function freeSpare({ seats }: ExamRoom, from: number): Promise<RoomSeat | null> {
  for (let waits = 0; waits < 300; waits++) {
    const spare = seats.slice(from).find(({ pc }) => pc.isFree);
    if (spare !== undefined) return spare;
    await pause(100);
  }
  return null;
}

function movedTo({ staff }: ExamRoom, candidateId: string): string | null {
  return (
    staff.view.seats.find((row) => row.candidateId === candidateId && row.look === 'moving')?.seatId ?? null
  );
}

async function enterAt({ pc }: RoomSeat, candidateId: string, ticketNo: string): Promise<void> {
  // A swap just before the end finds nobody in any more: the answers are in the room, and that is seen in the bundle.
  await pc.enter(candidateId, ticketNo, 20_000).catch(() => undefined);
}

async function standStill({ room, say }: StrikeHost, lastsMs: number): Promise<void> {
  const { staff } = room;
  const about = { sessionId: SESSION };
  const given = await staff.give('chief', {
    type: 'pause-session',
    ...about,
    cause: 'chief',
    reason: '广播故障',
  });
  if (!given.ok && MISSED.includes(given.code)) return say(`         (no pause: ${given.code})`);
  await pause(lastsMs);
  // Whatever became of the command: the clocks run again afterwards.
  for (;;) {
    const outcome = await staff.give('chief', { type: 'resume-session', ...about });
    if (outcome.ok || outcome.code === 'wrong-phase') return;
    await pause(200);
  }
}

async function giveTimeBack(host: StrikeHost, index: number): Promise<void> {
  const { staff } = host.room;
  const { candidateId } = candidateOf(host, index).who;
  const about = { sessionId: SESSION, candidateId };
  const asked = await staff.give('chief', {
    ...{ type: 'request-extension', ...about, minutes: 1, reason: '机器重启' },
  });
  if (!asked.ok) return host.say(`         (no time given: ${asked.code})`);
  const request = () =>
    staff.view.todo.find((todo) => todo.kind === 'extension' && todo.candidateId === candidateId);
  for (let waits = 0; request() === undefined && waits < 100; waits++) await pause(100);
  const todo = request();
  if (todo?.kind !== 'extension') return host.say('         (the request was not shown)');
  const { requestId } = todo;
  await staff.see(
    'inspector',
    { type: 'approve-extension', sessionId: SESSION, requestId, orgCode: null },
    () => request() === undefined,
    { early: MISSED },
  );
}

function candidateOf({ candidates }: StrikeHost, index: number): CandidateAtWork {
  const candidate = candidates[index];
  if (candidate === undefined) throw new Error(`No candidate ${index}`);
  return candidate;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
