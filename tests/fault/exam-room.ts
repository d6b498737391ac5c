// Everything that an exam with faults is played with: the appliance on its disk, a line and a PC for every seat, the staff. It
// makes and removes them; what happens is the player's.

import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SESSION } from '../support/small-exam.js';
import { COMMAND, prepareServer, type PreparedServer } from '../support/start-server.js';
import { BrowserPc } from './browser-pc.js';
import type { DriverLine } from './evidence.js';
import { examSource } from './exam-source.js';
import { KeptServer } from './kept-server.js';
import { KioskPc } from './kiosk-pc.js';
import { NotedStaff } from './noted-staff.js';
import type { ExamSchedule, LineFault } from './schedule.js';
import type { PlayedPc } from './played-pc.js';
import { SeededRandom } from './seeded-random.js';
import { SmallDisk } from './small-disk.js';
import { TcpProxy } from './tcp-proxy.js';

export const POLICY = {
  entryOpensBeforeMs: 3_600_000,
  rulesReadBeforeMs: 5_000,
  identityRecheckAfterMs: 5_000,
  remindersBeforeEndMs: [20_000, 5_000],
  earlyLeaveBeforeEndMs: 10_000,
  handOverWindowMs: 180_000,
  suspendedDecisionMs: 120_000,
  clockToleranceMs: 30_000,
};
/** From the making of the package to the start, beside the entry: keys, pairing and seal take their time. */
const SET_UP_MS = 1_000;
const DISK_MEGABYTES = { theory: 96, practical: 300 };
/** So slow that accidents find files on their way. */
const UPLOAD_MEGABYTES_PER_SECOND = 3;

/** One line to the room, with the faults that lie on it now. */
class SeatLineWire {
  readonly #faults: LineFault[] = [];

  constructor(readonly proxy: TcpProxy) {}

  strike(fault: LineFault): () => void {
    this.#faults.push(fault);
    this.proxy.strike(fault);
    return () => {
      this.#faults.splice(this.#faults.indexOf(fault), 1);
      this.proxy.heal();
      const other = this.#faults.at(-1);
      if (other !== undefined) this.proxy.strike(other);
    };
  }
}

export interface RoomSeat {
  seatId: string;
  pc: PlayedPc;
  line: SeatLineWire;
}

export class ExamRoom {
  readonly folder: string;
  readonly server: KeptServer;
  readonly staff: NotedStaff;
  /** Candidates' seats in the order of the roster, then the spare ones. */
  readonly seats: RoomSeat[] = [];
  #codes = 0;

  private constructor(
    readonly schedule: ExamSchedule,
    readonly prepared: PreparedServer,
    readonly disk: SmallDisk | null,
    wallClockLibrary: string | null,
  ) {
    this.folder = mkdtempSync(join(tmpdir(), 'fault-'));
    mkdirSync(join(this.folder, 'seats'));
    writeFileSync(join(this.folder, 'driver.ndjson'), '');
    const { data, address, exam } = prepared;
    const { folder } = this;
    this.server = new KeptServer({
      ...{ command: COMMAND, data, folder, address, wallClockLibrary },
      note: (line) => this.note(line),
    });
    const file = join(folder, 'staff.ndjson');
    this.staff = new NotedStaff({ address, file, staff: exam.source.plan.staff });
  }

  /** Makes package, data folder, disk, lines and PCs; nothing runs yet. */
  static async make(schedule: ExamSchedule, browsers = 0): Promise<ExamRoom> {
    const { shape, faults, seed, exam, paper } = schedule;
    const source = await examSource(paper, {
      ...{ candidates: shape.candidates, spares: shape.spares },
      startsAt: Date.now() + SET_UP_MS + shape.entryMs,
      minutes: shape.lastsMs / 60_000,
      policy: { ...POLICY, lateCutOffMs: Math.round(shape.lastsMs * 0.75) },
    });
    const uploads = { keepFreeMegabytes: 0, megabytesPerSecond: UPLOAD_MEGABYTES_PER_SECOND };
    // No share of the small disk is kept free: it is to be full.
    const config = { uploads, install: { keepFreeMegabytes: 0 } };
    const prepared = await prepareServer({ source, config });
    const happens = (kind: string) => faults.some((fault) => fault.kind === kind);
    const isFilled = happens('disk-full') && process.getuid?.() === 0;
    const disk = isFilled ? SmallDisk.mountOver(prepared.data, DISK_MEGABYTES[paper]) : null;
    const library = happens('wall-step') ? faketimeLibrary() : null;
    const room = new ExamRoom(schedule, prepared, disk, library);
    const random = new SeededRandom(`${seed}/room ${exam}`);
    const port = Number(new URL(prepared.address.url).port);
    for (const { seatId } of prepared.exam.source.plan.seats) {
      const own = random.fork(seatId);
      const proxy = await TcpProxy.listen(port, () => own.next());
      const address = { ...prepared.address, url: `https://127.0.0.1:${proxy.port}` };
      const file = join(room.folder, 'seats', `${seatId}.ndjson`);
      // Seats from the first one on; spare PCs never.
      const isBrowser = room.seats.length < Math.min(browsers, shape.candidates);
      const pc = isBrowser
        ? new BrowserPc({ seatId, file, port: proxy.port, ca: address.ca ?? '' })
        : new KioskPc({ seatId, file, address, random: () => own.next() });
      room.seats.push({ seatId, pc, line: new SeatLineWire(proxy) });
    }
    return room;
  }

  note(line: DriverLine extends infer T ? (T extends unknown ? Omit<T, 'at'> : never) : never): void {
    const text = JSON.stringify({ at: performance.now(), ...line });
    appendFileSync(join(this.folder, 'driver.ndjson'), `${text}\n`);
  }

  /** @throws Error when there is no such seat */
  seat(index: number): RoomSeat {
    const seat = this.seats[index];
    if (seat === undefined) throw new Error(`No seat ${index}`);
    return seat;
  }

  /** The organisation's confirmation of the seal; each works once. */
  sealCode(): string {
    this.#codes += 1;
    const scope = { act: 'seal', sessionId: SESSION, scope: '', minutes: 0, counter: this.#codes };
    return this.prepared.orgCode(scope);
  }

  /** Ends everything; the folder with the notes stays. */
  async close(): Promise<void> {
    for (const { pc, line } of this.seats) {
      await pc.close();
      line.proxy.close();
    }
    this.staff.stop();
    await this.server.stop();
  }

  /** Keeps notes and data for whoever looks into a finding. */
  keep(folder: string): void {
    rmSync(folder, { recursive: true, force: true });
    cpSync(this.folder, folder, { recursive: true });
    cpSync(this.prepared.data, join(folder, 'data'), { recursive: true });
    writeFileSync(join(folder, 'schedule.json'), JSON.stringify(this.schedule, null, 1));
  }

  /** Removes data and notes. */
  remove(): void {
    this.disk?.unmount();
    this.prepared.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The library that steps a process's wall clock; null where it is missing. */
function faketimeLibrary(): string | null {
  const folders = ['', ...readdirSync('/usr/lib')].map((name) => join('/usr/lib', name, 'faketime'));
  const places = folders.flatMap((folder) =>
    ['libfaketimeMT.so.1', 'libfaketime.so.1'].map((name) => join(folder, name)),
  );
  return places.find((place) => existsSync(place)) ?? null;
}
