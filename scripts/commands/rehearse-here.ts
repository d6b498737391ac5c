// A rehearsal in a room of its own: a data folder with a practice exam, the appliance as a process of its own on this machine,
// the staff's day given by simulated staff. Everything is gone afterwards; before that the journal is held against what the
// simulated PCs were told.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { chance } from '../../server/rehearsal/chance.js';
import type { DayCrew, DayMove } from '../../server/rehearsal/day-crew.js';
import { beFirstToGo } from '../../server/rehearsal/first-to-go.js';
import { furnishRoom, type FurnishedRoom } from '../../server/rehearsal/furnished-room.js';
import { NOTHING_TO_GUARD, practiceCrew } from '../../server/rehearsal/practice-crew.js';
import { PRACTICE_SESSION, practiceExam } from '../../server/rehearsal/practice-exam.js';
import { costOf } from '../../server/rehearsal/process-cost.js';
import { Rehearsal } from '../../server/rehearsal/rehearsal.js';
import type { RoomAddress } from '../../server/rehearsal/room-address.js';
import { ServerProcess } from '../../server/rehearsal/server-process.js';
import { SimulatedStaff } from '../../server/rehearsal/simulated-staff.js';
import { PROJECT_ROOT, VERSION } from '../../server/version.js';
import { readWholeJournal } from '../../server/compose/whole-journal.js';
import { lostAnswers } from '../../server/rehearsal/lost-answers.js';
import { RehearsalRun, reportOf } from './rehearse-run.js';
import type { RehearseOptions } from './rehearse-options.js';

const COMMAND = join(PROJECT_ROOT, 'build', 'scripts', 'kaochang.js');
const DEFAULT_MINUTES = 2;
const MINUTE_MS = 60_000;
/** Beside the exam itself: five minutes, and a twentieth of a second a candidate. */
const ROUND_IT_MS = 5 * MINUTE_MS;
const PER_SEAT_MS = 50;
const ALL_HAVE_LEFT_MS = 60_000;

/** @throws Error naming the step that failed */
export async function rehearseHere(options: RehearseOptions) {
  const { seats, minutes = DEFAULT_MINUTES, reconnects, seed, plain = false } = options;
  const data =
    options.data === undefined ? await mkdtemp(join(tmpdir(), 'kaochang-rehearsal-')) : resolve(options.data);
  beFirstToGo();
  let server: ServerProcess | null = null;
  const run = new RehearsalRun(() => server?.pid, minutes * MINUTE_MS + ROUND_IT_MS + seats * PER_SEAT_MS);
  try {
    const source = practiceExam({ seats, minutes, startsAt: Date.now(), random: chance(seed) });
    const room = await furnishRoom({
      ...{ data, source, packageName: 'practice.exampkg', port: 0, version: VERSION },
      ...{ costs: NOTHING_TO_GUARD, say: (text) => run.say(text) },
    });
    const address = plain ? { url: `http://127.0.0.1:${room.plainHttpPort}` } : room.address;
    server = new ServerProcess({ command: COMMAND, data, address });
    await server.start();
    let givenAt: number | null = null;
    const rehearsal = new Rehearsal({
      ...{ address, seats, from: 1, reconnects: reconnects / 100, paceMs: null, seed },
      ...{ limitMs: minutes * MINUTE_MS + ROUND_IT_MS, signal: run.signal, startGivenAt: () => givenAt },
    });
    await run.play(rehearsal, () => playDay(room, address, run, rehearsal, (at) => (givenAt = at)));
    const cost = costOf(server.pid);
    await server.stop();
    run.say('核对考务日志 / Holding the journal against what the PCs were told');
    return reportOf(run, rehearsal, cost, await compare(data, rehearsal));
  } finally {
    await server?.stop();
    run.ended();
    if (options.data === undefined) await rm(data, { recursive: true, force: true });
  }
}

async function playDay(
  room: FurnishedRoom,
  address: RoomAddress,
  run: RehearsalRun,
  rehearsal: Rehearsal,
  started: (atMs: number) => void,
): Promise<void> {
  const [pairs, admits, chief] = (['sysadmin', 'proctor', 'chief'] as const).map((role) =>
    signInOf(room, role),
  );
  if (pairs === undefined || admits === undefined || chief === undefined)
    throw new Error('The practice plan has no staff');
  await rehearsal.ask();
  run.stage('connect');
  await rehearsal.connect();
  run.stage('pair');
  await rehearsal.pair(pairs);
  run.stage('fetch');
  await rehearsal.fetch();
  run.stage('admit');
  await withCrew(room, address, async (take) => {
    await take('seal');
    await take('open-entry');
  });
  await rehearsal.admit(admits);
  run.stage('logIn');
  await rehearsal.logIn();
  run.stage('start');
  // They wait for the paper from before it comes.
  const sitting = rehearsal.sit();
  sitting.catch(() => undefined);
  await withCrew(room, address, async (take) => {
    await take('open-paper');
    started(performance.now());
    await take('start');
  });
  run.stage('answer');
  // Somebody of the staff looks at the room for the whole exam, as in every room.
  const page = new SimulatedStaff(address, chief.staffId, chief.pin);
  run.signal.addEventListener('abort', () => page.stop(), { once: true });
  try {
    await page.signIn();
    await sitting;
  } finally {
    page.stop();
  }
  run.stage('collect');
  await withCrew(room, address, async (take, crew) => {
    await crew
      .member('chief')
      .until(
        ({ session }) => session?.phase === 'ended' && session.lagging.length === 0,
        ALL_HAVE_LEFT_MS,
        'everything received',
      );
    await take('collect');
  });
}

/** Signs the crew in for some steps of the day and out again: each of its pages costs the room a little. */
async function withCrew(
  room: FurnishedRoom,
  address: RoomAddress,
  work: (take: (move: DayMove) => Promise<void>, crew: DayCrew) => Promise<void>,
): Promise<void> {
  const crew = practiceCrew(room, address);
  try {
    await crew.signIn();
    await work(async (move) => {
      const outcome = await crew.take(move);
      if (!outcome.ok) throw new Error(`${move}: ${outcome.code}`);
    }, crew);
  } finally {
    crew.stop();
  }
}

function signInOf({ source }: FurnishedRoom, role: 'sysadmin' | 'proctor' | 'chief') {
  return source.plan.staff.find(({ roles }) => roles.includes(role));
}

/** The journal, read by itself, against every answer that the PCs were told is on the disk. */
async function compare(data: string, rehearsal: Rehearsal) {
  const { report, state } = await readWholeJournal(data);
  const lost = lostAnswers(rehearsal.acknowledged(), state, PRACTICE_SESSION).length;
  return { lost, problems: report.problems.map(({ message }) => message) };
}
