// A rehearsal against the practice session of a room: this process plays some of its seats, people take the staff's steps. The
// sysadmin's and the proctor's sign-ins are used to pair the simulated PCs and to check their candidates in, and for nothing else.

import { readFile } from 'node:fs/promises';
import { PERMISSIONS } from '../../server/core/permissions.js';
import type { Role } from '../../server/core/types.js';
import { Rehearsal } from '../../server/rehearsal/rehearsal.js';
import type { RoomAddress } from '../../server/rehearsal/room-address.js';
import { lookAtRoom, type StaffSignIn } from '../../server/rehearsal/staff-hands.js';
import { RehearsalRun, reportOf } from './rehearse-run.js';
import type { RehearseOptions } from './rehearse-options.js';
import { UsageError } from './usage-error.js';

const MINUTE_MS = 60_000;
/** Half a day: whoever forgets it finds it ended. */
const DEFAULT_LIMIT_MINUTES = 240;

/** @throws NotPracticeError before anybody is signed in, UsageError, Error naming the step that failed */
export async function rehearseThere(options: RehearseOptions, address: RoomAddress, staffFile: string) {
  const { seats, from = 1, minutes, reconnects, seed } = options;
  const people = await readSignIns(staffFile);
  const limitMs = (options.for ?? DEFAULT_LIMIT_MINUTES) * MINUTE_MS;
  const run = new RehearsalRun(() => undefined, limitMs);
  const rehearsal = new Rehearsal({
    ...{ address, seats, from, reconnects: reconnects / 100, seed, limitMs, signal: run.signal },
    paceMs: minutes === undefined ? null : minutes * MINUTE_MS,
  });
  try {
    await run.play(rehearsal, async () => {
      const { roomName } = await rehearsal.ask();
      run.say(`${roomName}：演练场次 / practice session`);
      run.stage('connect');
      // The room has taken simulated PCs: only now is anybody signed in.
      await rehearsal.connect();
      run.stage('pair');
      const pairs = await whoMay(address, people, 'pair-seat');
      const admits = await whoMay(address, people, 'check-in');
      await rehearsal.pair(pairs);
      try {
        run.stage('fetch');
        await rehearsal.fetch();
        run.stage('admit');
        await rehearsal.admit(admits);
        run.stage('logIn');
        await rehearsal.logIn();
        run.stage('start');
        void rehearsal.started.then(() => run.stage('answer'));
        await rehearsal.sit();
        run.stage('collect');
      } finally {
        await rehearsal.giveBack(pairs);
      }
    });
    return reportOf(run, rehearsal, null, { lost: 0, problems: [] });
  } finally {
    run.ended();
  }
}

/** Lines of "staffId PIN"; empty lines and those that begin with # are passed over. @throws UsageError */
export async function readSignIns(file: string): Promise<StaffSignIn[]> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) throw new UsageError(`--staff：读不出 ${file}`, `--staff: cannot read ${file}`);
  const lines = text
    .split(/\r?\n/)
    .map((line, index) => ({ words: line.trim().split(/\s+/), number: index + 1 }));
  const people = lines.filter(({ words: [first = ''] }) => first !== '' && !first.startsWith('#'));
  return people.map(({ words, number }) => {
    const [staffId, pin] = words;
    if (staffId === undefined || pin === undefined || words.length !== 2)
      throw new UsageError(
        `${file} 第 ${number} 行应为“工号 PIN”`,
        `${file} line ${number}: "staffId PIN" expected`,
      );
    return { staffId, pin };
  });
}

/** The first of the file's people whose role may do this. @throws UsageError where nobody may */
async function whoMay(
  address: RoomAddress,
  people: readonly StaffSignIn[],
  act: 'pair-seat' | 'check-in',
): Promise<StaffSignIn> {
  const allowed: readonly Role[] = PERMISSIONS[act];
  for (const person of people)
    if ((await lookAtRoom(address, person)).you.roles.some((role) => allowed.includes(role))) return person;
  throw act === 'pair-seat'
    ? new UsageError('--staff 中没有系统管理员', '--staff names no sysadmin')
    : new UsageError('--staff 中没有监考员', '--staff names no proctor');
}
