// A practice room of its own beside the room that a server runs: a data folder that is gone afterwards, the appliance as a process
// that listens on this machine alone, simulated staff. The room beside which it stands is not touched by it.

import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readWholeJournal } from '../compose/whole-journal.js';
import { CHECK_REHEARSAL_PREFIX } from '../preflight/rehearsal-process.js';
import { chance } from './chance.js';
import type { DayCrew, DayMove } from './day-crew.js';
import { furnishRoom, type FurnishedRoom } from './furnished-room.js';
import { lostAnswers, type Acknowledged } from './lost-answers.js';
import { NOTHING_TO_GUARD, practiceCrew } from './practice-crew.js';
import { PRACTICE_SESSION, practiceExam } from './practice-exam.js';
import { ServerProcess } from './server-process.js';

export interface BesideRoomOptions {
  /** On the disk that the room uses. */
  folder: string;
  /** The compiled command, `build/scripts/kaochang.js`. */
  command: string;
  version: string;
  seats: number;
  /** Of the exam. */
  minutes: number;
  /** Gives up what is not ready yet. */
  signal: AbortSignal;
}

const PREFIX = '.rehearsal-';
/** Nobody needs its data beyond what is on the disk already: it is not waited for. */
const STOPS_WITHIN_MS = 5_000;
const HUNG = '演练考场没有回应，已强行结束 / the practice room did not answer and was killed';

/** Removes what rehearsals left in this folder that a power cut ended, those of the check of the room too. @throws never */
export async function clearRehearsals(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names)
    if (name.startsWith(PREFIX) || name.startsWith(CHECK_REHEARSAL_PREFIX))
      await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
}

export class BesideRoom {
  #nextSeat = 0;
  readonly #seated: string[] = [];

  private constructor(
    private readonly furnished: FurnishedRoom,
    private readonly server: ServerProcess,
    private readonly crew: DayCrew,
  ) {}

  /** Furnishes and starts it. Leaves nothing behind where it fails. @throws Error with a sentence for people */
  static async open(options: BesideRoomOptions): Promise<BesideRoom> {
    const { folder, command, version, seats, minutes, signal } = options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const data = await mkdtemp(join(folder, PREFIX));
    let server: ServerProcess | null = null;
    let crew: DayCrew | null = null;
    const giveUp = () => void server?.kill();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      const furnished = await furnishRoom({
        ...{ data, packageName: 'practice.exampkg', port: 0, version, costs: NOTHING_TO_GUARD },
        source: practiceExam({ seats, minutes, startsAt: Date.now(), random: chance(seats) }),
        say: () => undefined,
      });
      const address = { url: `http://127.0.0.1:${furnished.plainHttpPort}` };
      signal.throwIfAborted();
      server = new ServerProcess({ command, data, address, tied: true });
      await server.start();
      signal.throwIfAborted();
      crew = practiceCrew(furnished, address);
      await crew.signIn();
      return new BesideRoom(furnished, server, crew);
    } catch (error) {
      crew?.stop();
      await server?.kill();
      await rm(data, { recursive: true, force: true });
      throw error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Plain HTTP on this machine. */
  get port(): number {
    return this.furnished.plainHttpPort;
  }

  /** Binds a PC to the next free seat. @returns its candidate's ticket number, null where no seat is left or it was refused */
  async seat(pairingCode: string): Promise<string | null> {
    const candidate = this.furnished.source.roster[this.#nextSeat++];
    if (candidate === undefined) return null;
    const outcome = await this.crew.pair(pairingCode, candidate.seatId);
    if (!outcome.ok) return null;
    this.#seated.push(candidate.candidateId);
    return candidate.ticketNo;
  }

  /** Seals the room, opens the entry and checks in whoever has a seat. @throws Error with the refusal's code, or once it is aborted */
  async openEntry(signal: AbortSignal): Promise<void> {
    await this.#take('seal');
    await this.#take('open-entry');
    for (const candidateId of this.#seated) {
      signal.throwIfAborted();
      const outcome = await this.crew.admit(candidateId);
      if (!outcome.ok) throw new Error(`check-in: ${outcome.code}`);
    }
  }

  /** Opens the paper and starts. @throws Error with the refusal's code */
  async start(): Promise<void> {
    await this.#take('open-paper');
    await this.#take('start');
  }

  /** Stops the server and reads its journal from the first byte. @returns how many of these are not in it, and what is wrong with it */
  async compare(acknowledged: readonly Acknowledged[]): Promise<{ lost: number; problems: string[] }> {
    this.crew.stop();
    const stopped = await this.server.stop(STOPS_WITHIN_MS);
    const { report, state } = await readWholeJournal(this.furnished.data);
    const lost = lostAnswers(acknowledged, state, PRACTICE_SESSION).length;
    const problems = report.problems.map(({ message }) => message);
    return { lost, problems: stopped ? problems : [HUNG, ...problems] };
  }

  /** Ends it and removes all of it. */
  async close(): Promise<void> {
    this.crew.stop();
    await this.server.stop(STOPS_WITHIN_MS);
    await rm(this.furnished.data, { recursive: true, force: true });
  }

  async #take(move: DayMove): Promise<void> {
    const outcome = await this.crew.take(move);
    if (!outcome.ok) throw new Error(`${move}: ${outcome.code}`);
  }
}
