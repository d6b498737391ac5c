// One exam from the seal to the bundle while its schedule strikes. It plays and leaves notes; what they prove is the checker's.

import { performance } from 'node:perf_hooks';
import type { StaffRequest } from '../../server/protocol/staff.js';
import { SESSION } from '../support/small-exam.js';
import { CandidateAtWork } from './candidate-at-work.js';
import type { ExamRoom, RoomSeat } from './exam-room.js';
import { OF_SERVER, type FaultKind } from './schedule.js';
import { SeededRandom } from './seeded-random.js';
import { strike } from './strike.js';

export interface PlayerOptions {
  room: ExamRoom;
  /** Between two changes of a candidate, ms. */
  thinkMs: { least: number; most: number };
  say: (text: string) => void;
}

/** Everything that stopped the play where it should have gone on; empty for an exam that came to its end. */
export type Stuck = string[];

const EARLY = [
  'too-early',
  'entry-not-open-yet',
  'order-not-dealt',
  'wrong-phase',
  'clock-not-confirmed',
  'paper-not-opened',
];
/** What strikes nothing while the server is away. */
const NEEDS_SERVER: readonly FaultKind[] = [...OF_SERVER, 'swap'];
/** After the last fault everybody has to be through within so much. */
const SETTLE_MS = 90_000;
const MINUTE_MS = 60_000;

/** Plays it. @returns what did not come to an end by itself @throws Error where the day cannot even begin */
export async function playExam(options: PlayerOptions): Promise<Stuck> {
  const { room, thinkMs, say } = options;
  const { schedule, staff, server, seats, prepared } = room;
  const { shape, faults, seed, exam } = schedule;
  const random = new SeededRandom(`${seed}/play ${exam}`);
  const stuck: Stuck = [];
  await server.begin();
  await staff.signIn();
  await Promise.all(seats.map(({ pc }) => pc.open()));
  for (const seat of seats) await pair(room, seat);
  const session = { sessionId: SESSION };
  const about = () => staff.view.session;
  await staff.see('sysadmin', { type: 'sign-seal', ...session }, () => about()?.seal.sysadmin != null);
  await staff.see('clerk', { type: 'sign-seal', ...session }, () => about()?.seal.clerk != null);
  await staff.see(
    'org-technician',
    () => ({ type: 'confirm-seal', ...session, orgCode: room.sealCode() }),
    () => about()?.seal.orgConfirmed === true,
  );
  await staff.see('chief', { type: 'open-entry', ...session }, () => about()?.phase === 'open', {
    early: EARLY,
  });

  const candidates = prepared.exam.source.roster.map(({ candidateId, ticketNo }, index) => {
    const own = random.fork(candidateId);
    const handInBeforeEndMs = own.chance(0.4) ? own.between(200, 8_000) : null;
    const extended = faults.some((fault) => fault.kind === 'extension' && fault.seat === index);
    // Whoever got a minute more does not keep the others waiting for all of it.
    const early = extended ? MINUTE_MS - own.between(3_000, 10_000) : handInBeforeEndMs;
    return new CandidateAtWork({ candidateId, ticketNo }, room.seat(index).pc, {
      ...{ random: own, thinkMs, handInBeforeEndMs: early },
    });
  });
  const host = { room, candidates, random: random.fork('strike'), say };
  let turn = Promise.resolve();
  const strikeAt = async (atMs: number, zeroAt: number, fault: (typeof faults)[number]) => {
    await pause(zeroAt + atMs - performance.now());
    const struck = () =>
      strike(host, fault).catch((error: Error) => void stuck.push(`${fault.kind}: ${error.message}`));
    if (shape.inTurn !== true || !NEEDS_SERVER.includes(fault.kind)) return struck();
    turn = turn.then(() => server.untilReady().catch(() => undefined)).then(struck);
    return turn;
  };

  const entryFrom = performance.now();
  const plannedStart = entryFrom + shape.entryMs;
  const before = faults
    .filter(({ atMs }) => atMs < 0)
    .map((fault) => strikeAt(fault.atMs, plannedStart, fault));
  const entering = candidates.map((candidate) => enter(room, candidate, shape.entryMs));
  await Promise.all(entering.map((one) => one.catch((error: Error) => stuck.push(error.message))));
  const { startCode } = prepared.exam;
  const pin = prepared.exam.source.plan.staff.find(({ roles }) => roles.includes('chief'))?.pin ?? '';
  const opening = { type: 'open-paper', ...session, paperId: 'paper-main', startCode, pin } as const;
  await staff.see('chief', opening, () => about()?.paperOpened === true, { early: EARLY });
  await pause(plannedStart - performance.now());
  await staff.see('chief', { type: 'start-session', ...session }, () => about()?.startedAt != null, {
    early: EARLY,
  });
  const startedAt = performance.now();
  say(`    started after ${Math.round(startedAt - plannedStart)} ms`);

  const working = candidates.map((candidate) =>
    candidate.work().catch((error: Error) => stuck.push(error.message)),
  );
  const during = faults
    .filter(({ atMs }) => atMs >= 0)
    .map((fault) => strikeAt(fault.atMs, startedAt, fault));
  const over = new AbortController();
  const deciding = decideWhenSuspended(room, over.signal);
  await Promise.all([...before, ...during]);
  say('    the last fault is over');
  for (const { pc } of seats) if (!pc.isAlive) await pc.open();
  await ended(room, stuck);
  over.abort();
  for (const candidate of candidates) candidate.stop();
  await Promise.all([...working, deciding]);
  await collect(room, stuck);
  return stuck;
}

async function pair({ staff }: ExamRoom, { seatId, pc }: RoomSeat): Promise<void> {
  const pairingCode = await pc.pairingCode();
  await staff.see('sysadmin', { type: 'pair-seat', pairingCode, seatId }, ({ seats }) =>
    seats.some((row) => row.seatId === seatId && row.look !== 'unpaired'),
  );
  await pc.untilPaired();
}

/** Comes to the door, is checked in and logs in. */
async function enter(room: ExamRoom, { who, pc }: CandidateAtWork, withinMs: number): Promise<void> {
  const { candidateId, ticketNo } = who;
  await pause(Math.random() * withinMs * 0.5);
  const admitted = () =>
    room.staff.view.seats.some((row) => row.candidateId === candidateId && row.attendance === 'admitted');
  const request: StaffRequest = {
    ...{ type: 'check-in' as const, sessionId: SESSION, candidateId, outcome: 'admitted' as const },
    ...{ documentSeen: true, ticketSeen: true, reason: null, happenedAt: null },
  };
  await room.staff.see('proctor', request, admitted, { early: ['clock-not-confirmed'] });
  await pc.enter(candidateId, ticketNo, 60_000);
}

/** After an outage over the end: chief and inspector decide, as the schedule says. */
async function decideWhenSuspended({ staff, schedule }: ExamRoom, over: AbortSignal): Promise<void> {
  const type = schedule.afterOutage === 'continue' ? 'continue-suspended' : 'close-suspended';
  while (!over.aborted) {
    await pause(300);
    if (staff.view.session?.phase !== 'suspended') continue;
    await pause(1_000);
    for (const duty of ['chief', 'inspector'] as const) await staff.give(duty, { type, sessionId: SESSION });
  }
}

/** Waits for the end and for the last word of every PC. */
async function ended({ staff, seats, server }: ExamRoom, stuck: Stuck): Promise<void> {
  await server.untilReady();
  const latestMs = (staff.view.session?.lastEndsAt ?? 0) - staff.view.now;
  const deadline = performance.now() + SETTLE_MS + Math.max(0, latestMs);
  const isOver = () => staff.view.session?.phase === 'ended' && staff.view.session.lagging.length === 0;
  while (!isOver()) {
    if (performance.now() > deadline) {
      const { phase, lagging } = staff.view.session ?? {};
      const pages = seats
        .filter(({ seatId }) => lagging?.includes(seatId))
        .map(({ seatId, pc }) => `${seatId} ${pc.looks}`);
      stuck.push(`the session stayed "${phase}"; not received: ${pages.join(', ')}`);
      return;
    }
    await pause(100);
  }
}

async function collect({ staff, server }: ExamRoom, stuck: Stuck): Promise<void> {
  await server.untilReady();
  const withoutSeats = staff.view.session?.lagging ?? [];
  const reason = withoutSeats.length === 0 ? null : '考生机无应答';
  const session = { sessionId: SESSION };
  const phase = () => staff.view.session?.phase;
  if (phase() !== 'ended') await staff.give('chief', { type: 'end-session', ...session, reason: '停在中途' });
  const collecting = { type: 'collect-session', ...session, withoutSeats, reason } as const;
  await staff
    .see('chief', collecting, () => phase() === 'collected', { early: ['still-unsent'], withinMs: 30_000 })
    .catch((error: Error) => stuck.push(error.message));
  await staff
    .see('sysadmin', { type: 'build-bundle', ...session }, () => false, { withinMs: 30_000 })
    .catch((error: Error) => stuck.push(error.message));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
