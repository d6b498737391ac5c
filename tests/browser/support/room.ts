// A room for browser tests: the real server in a process of its own on the sample exam with times of the test's choice, the
// staff to drive it, and simulated PCs for the other seats.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BundleFiles } from '../../../server/bundle/bundle-files.js';
import { verifyBundle } from '../../../server/bundle/verify.js';
import type { Session } from '../../../server/core/types.js';
import { makeOrgCode } from '../../../server/keys/typed-code.js';
import { STATEMENT_SUFFIX } from '../../../server/protocol/bundle.js';
import { DayCrew, type DayMove } from '../../../server/rehearsal/day-crew.js';
import type { DemoTimes } from '../../../server/rehearsal/demo-plan.js';
import { ServerProcess } from '../../../server/rehearsal/server-process.js';
import { SimulatedPc } from '../../../server/rehearsal/simulated-pc.js';
import { makeDemoRoom, type DemoRoom, type DemoRoomOptions } from '../../../scripts/commands/demo-room.js';
import { COMMAND } from '../../support/start-server.js';
import { HOST, type RoomPage } from './room-browser.js';

/** Source of the sample exam. */
export const SAMPLES = join(process.cwd(), 'samples', 'theory');

export interface BrowserRoomOptions {
  /** Seats with a candidate each; five or more. */
  seats?: number;
  /** From now to the national start, ms. */
  startsInMs?: number;
  minutes?: number;
  /** False: a real session. */
  practice?: boolean;
  /** Policy fields that differ, milliseconds. */
  policy?: Record<string, unknown>;
  /** Folder of the exam's source; the sample exam where absent. */
  samples?: string;
  /** Settings of the server beside its ports. */
  settings?: object;
  /** Folder of scripts for simulated devices; none where absent. */
  devices?: string;
  /** What the exam is changed to, once its times and seats are set. */
  change?: DemoRoomOptions['change'];
  /** Further environment of the server. */
  serverEnv?: NodeJS.ProcessEnv;
}

export interface RoomSeat {
  seatId: string;
  candidateId: string;
  name: string;
  ticketNo: string;
  password: string;
}

export class BrowserRoom {
  /** Signed in, all roles. */
  readonly crew: DayCrew;
  readonly sessionId: string;
  readonly startCode: string;
  readonly sealCode: string;
  readonly seats: readonly RoomSeat[];
  readonly #server: ServerProcess;
  readonly #pcs: SimulatedPc[] = [];
  /** A test that dies with an error takes its server along. */
  readonly #alongWithTest = () => {
    const { pid } = this.#server;
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  };

  private constructor(
    readonly demo: DemoRoom,
    env: NodeJS.ProcessEnv,
  ) {
    const { data, address, source, secrets } = demo;
    const main = secrets.papers.find(({ use }) => use === 'main');
    const [session] = source.plan.sessions;
    if (main === undefined || session === undefined) throw new Error('The sample has no session');
    this.sessionId = session.sessionId;
    this.startCode = main.startCode;
    this.sealCode = makeOrgCode(Buffer.from(secrets.authorisationKey, 'base64'), {
      ...{ act: 'seal', sessionId: this.sessionId, scope: '', minutes: 0, counter: 1 },
    });
    this.seats = source.roster.map(({ seatId, candidateId, name, ticketNo }) => ({
      ...{ seatId, candidateId, name, ticketNo, password: ticketNo.slice(-6) },
    }));
    this.#server = new ServerProcess({ command: COMMAND, data, address, env });
    this.crew = new DayCrew({
      ...{ address, sessionId: this.sessionId, paperId: main.paperId, startCode: main.startCode },
      ...{ sealCode: this.sealCode, staff: source.plan.staff },
    });
  }

  /** Makes a room on the sample exam and starts its server. */
  static async start(options: BrowserRoomOptions = {}): Promise<BrowserRoom> {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const data = mkdtempSync(join(tmpdir(), 'kaochang-room-'));
    try {
      const room = new BrowserRoom(
        await makeDemoRoom({
          ...{ data, samples: options.samples ?? SAMPLES, times: timesOf(options) },
          ...{ seats: options.seats ?? 5, port: 0, version, say: () => undefined },
          ...(options.settings === undefined ? {} : { settings: options.settings }),
          ...(options.devices === undefined ? {} : { devices: options.devices }),
          ...(options.change === undefined ? {} : { change: options.change }),
        }),
        options.serverEnv ?? {},
      );
      process.once('exit', room.#alongWithTest);
      try {
        await room.#server.start();
        await room.crew.signIn();
      } catch (error) {
        await room.close();
        throw error;
      }
      return room;
    } catch (error) {
      rmSync(data, { recursive: true, force: true });
      throw error;
    }
  }

  /** `https://room.exam:PORT`: a name that only a browser with the mapping finds. */
  get origin(): string {
    return `https://${HOST}:${this.demo.httpsPort}`;
  }

  /** PEM of the room's CA. */
  get ca(): string {
    return this.demo.address.ca ?? '';
  }

  /** The seat with a number from 1. @throws Error when there is none */
  seat(number: number): RoomSeat {
    const seat = this.seats[number - 1];
    if (seat === undefined) throw new Error(`No seat ${number}`);
    return seat;
  }

  get serverPid(): number {
    const { pid } = this.#server;
    if (pid === undefined) throw new Error('The server is not running');
    return pid;
  }

  /** kill -9 of the server. */
  kill(): Promise<void> {
    return this.#server.kill();
  }

  /** Starts the server again on the same data and port. */
  async restart(): Promise<void> {
    await this.#server.start();
  }

  /** Takes one step of the day as its staff. @throws Error with the refusal's code */
  async take(move: DayMove): Promise<void> {
    const outcome = await this.crew.take(move);
    if (!outcome.ok) throw new Error(`${move}: ${outcome.code} ${JSON.stringify(outcome.params ?? {})}`);
  }

  /** Seals the room and opens the entry. */
  async openEntry(): Promise<void> {
    await this.take('seal');
    await this.take('open-entry');
  }

  /** Opens the paper and starts, at the national start at the earliest. */
  async begin(): Promise<void> {
    if (!this.crew.view.session?.paperOpened) await this.take('open-paper');
    for (;;) {
      const outcome = await this.crew.take('start');
      if (outcome.ok) return;
      if (outcome.code !== 'too-early') throw new Error(`start: ${outcome.code}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Pairs the PC whose code a kiosk page shows. @param codeOf expression for the six digits */
  async pairPage(page: RoomPage, seatId: string, codeOf: string): Promise<void> {
    await page.waitFor(`/^[0-9]{6}$/.test((${codeOf}) || '')`);
    await this.pair(await page.evaluate<string>(codeOf), seatId);
  }

  /** @throws Error with the refusal's code */
  async pair(pairingCode: string, seatId: string): Promise<void> {
    const outcome = await this.crew.pair(pairingCode, seatId);
    if (!outcome.ok) throw new Error(`pair ${seatId}: ${outcome.code}`);
  }

  /** Checks a candidate in, documents seen. @throws Error with the refusal's code */
  async admit({ candidateId }: RoomSeat): Promise<void> {
    const outcome = await this.crew.admit(candidateId);
    if (!outcome.ok) throw new Error(`check-in ${candidateId}: ${outcome.code}`);
  }

  /** Collects, builds the bundle and reads it as the organisation does. @throws Error when it does not verify */
  async results(): Promise<Session> {
    if (this.crew.view.session?.phase !== 'collected') await this.take('collect');
    await this.take('build-bundle');
    const { data, room, org } = this.demo;
    const file = new BundleFiles(data).sealed(this.sessionId);
    const { report, state } = await verifyBundle({
      ...{ file: readFileSync(file), envelope: readFileSync(file + STATEMENT_SUFFIX) },
      ...{ trust: [room.public], identity: org.identity },
    });
    const session = state?.sessions[this.sessionId];
    if (!report.ok || session === undefined) throw new Error(JSON.stringify(report.problems));
    return session;
  }

  /** A simulated PC, paired to a seat. */
  async addPc(seatId: string): Promise<SimulatedPc> {
    const pc = new SimulatedPc({ address: this.demo.address });
    this.#pcs.push(pc);
    pc.start();
    const { pairingCode } = await pc.until((state) => state.pairingCode !== null, 60_000);
    await this.pair(pairingCode ?? '', seatId);
    await pc.until((state) => state.stage !== 'unpaired', 60_000);
    const check = { browser: 'rehearsal', screen: '1366x768', storageOk: true, cryptoOk: true, passed: true };
    await pc.request({ t: 'check', check });
    return pc;
  }

  /** Ends everything and removes the data. */
  async close(): Promise<void> {
    for (const pc of this.#pcs) pc.stop();
    this.crew.stop();
    await this.#server.stop();
    process.removeListener('exit', this.#alongWithTest);
    rmSync(this.demo.data, { recursive: true, force: true });
  }
}

/** Times that hold nobody up: a test that wants them shorter or longer says so. */
function timesOf({
  startsInMs = 5_000,
  minutes = 5,
  policy = {},
  practice = true,
}: BrowserRoomOptions): DemoTimes {
  return {
    practice,
    startsAt: Date.now() + startsInMs,
    minutes,
    policy: {
      entryOpensBeforeMs: 3_600_000,
      rulesReadBeforeMs: 60_000,
      identityRecheckAfterMs: 60_000,
      lateCutOffMs: 120_000,
      remindersBeforeEndMs: [60_000, 30_000],
      earlyLeaveBeforeEndMs: 290_000,
      handOverWindowMs: 60_000,
      suspendedDecisionMs: 60_000,
      // Whoever tries the seal asks for it.
      sealNeedsReport: false,
      ...policy,
    },
  };
}
