// The rehearsal on the room's own PCs: staff begin it, the idle PCs play, its figures are journaled. The PCs play against a practice
// room beside this one; of this room nothing changes but the record. It ends as soon as the room is needed (REQ-C03, SM4).

import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Middleware } from 'koa';
import type { PcId, StaffId } from '../core/types.js';
import { forbidsRehearsal } from '../core/views.js';
import type { TakeUpgrade } from '../http/upgrades.js';
import type { Log } from '../log.js';
import type { RehearsalHost } from '../proctor/host.js';
import {
  MOST_SEATS,
  MOST_SEATS_A_PC,
  type BeginRehearsal,
  type RehearsalView,
} from '../protocol/rehearsal.js';
import { BesideRoom, clearRehearsals } from '../rehearsal/beside-room.js';
import { PC_PAGES, PcPages } from '../rehearsal/pc-pages.js';
import { rehearsalOf } from '../rehearsal/pcs-figures.js';
import { PcsRun, type PcsRunParts } from '../rehearsal/pcs-run.js';
import { BESIDE_SEAT, ToBeside } from '../rehearsal/to-beside.js';
import type { RunningRoom } from '../room.js';
import type { SeatGateway } from '../seats/gateway.js';

export interface RoomRehearsalParts {
  room: RunningRoom;
  seats: Pick<SeatGateway, 'idlePcs' | 'rehearse'>;
  /** On the disk that the room uses. */
  folder: string;
  /** The compiled command, `build/scripts/kaochang.js`. */
  command: string;
  version: string;
  log: Log;
  /** How the time limit is waited for; tests drive it. */
  after?: PcsRunParts['after'];
}

const MINUTE_MS = 60_000;
const DEFAULT_MINUTES = 2;
/** Beside the answering: making the practice room, connecting, coming in, handing in. */
const AROUND_MS = 4 * MINUTE_MS;
/** So many simulated candidates for each seat of the room. */
const TIMES_THE_SEATS = 2;
const TELL_EVERY_MS = 500;

export class RoomRehearsal implements RehearsalHost {
  readonly #pages = new PcPages();
  readonly #way: ToBeside;
  readonly #unsubscribe: () => void;
  /** What an earlier server left is gone. */
  readonly #cleared: Promise<void>;
  #run: PcsRun | null = null;
  #playing: Promise<void> = Promise.resolve();
  #listener: ((view: RehearsalView) => void) | null = null;
  #telling: NodeJS.Timeout | null = null;
  #stopped = false;
  #stoppedBy: StaffId | null = null;

  constructor(private readonly parts: RoomRehearsalParts) {
    this.#way = new ToBeside({
      port: () => this.#run?.port ?? null,
      knows: (word) => this.#pages.knows(word),
    });
    this.#unsubscribe = parts.room.subscribe(() => {
      if (this.#run !== null && forbidsRehearsal(parts.room.state) !== null) this.#halt('room-needed');
    });
    this.#cleared = clearRehearsals(parts.folder);
  }

  /** Takes the requests of the pages that play. */
  get middleware(): Middleware {
    return this.#way.middleware;
  }

  /** By path, for the listening sockets. */
  get upgrades(): Record<string, TakeUpgrade> {
    return {
      [PC_PAGES]: (request: IncomingMessage, socket: Duplex, head: Buffer) =>
        this.#pages.handleUpgrade(request, socket, head),
      [BESIDE_SEAT]: (request: IncomingMessage, socket: Duplex, head: Buffer) =>
        this.#way.handleUpgrade(request, socket, head),
    };
  }

  begin(staffId: StaffId, request: BeginRehearsal): ReturnType<RehearsalHost['begin']> {
    if (this.#run !== null || this.#stopped) return null;
    const { room, seats } = this.parts;
    const session = forbidsRehearsal(room.state);
    if (session !== null) return { code: 'rehearsal-not-now', params: { session } };
    const idle = seats.idlePcs();
    if (idle.length === 0) return { code: 'no-idle-pcs' };
    this.#playing = this.#play(staffId, request, idle).catch((error: unknown) =>
      this.parts.log.error({ err: error }, 'The rehearsal on the PCs failed'),
    );
    return null;
  }

  async end(staffId: StaffId): Promise<void> {
    const run = this.#run;
    if (run?.goesOn !== true || this.#stoppedBy !== null) return;
    const { room } = this.parts;
    this.#stoppedBy = staffId;
    const soFar = { ...run.soFar, stoppedBy: staffId };
    const handled = room.handle({ type: 'note-rehearsal-stopped', ...soFar, by: { kind: 'room' } });
    await room.whenDurable(handled.seq);
    run.stop('stopped');
  }

  view(): RehearsalView {
    const { room, seats } = this.parts;
    return {
      run: this.#run?.view ?? null,
      last: room.state.roomRehearsal ?? null,
      idlePcs: seats.idlePcs().length,
      roomSeats: this.#roomSeats(),
    };
  }

  listen(listener: (view: RehearsalView) => void): void {
    this.#listener = listener;
  }

  /** Ends what is under way; it is recorded as stopped. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    this.#halt('stopped');
    await this.#playing;
    if (this.#telling !== null) clearTimeout(this.#telling);
  }

  /** The PCs hear of it at once; no simulated connection outlasts it. */
  #halt(why: 'stopped' | 'room-needed'): void {
    if (this.#run === null) return;
    this.#run.stop(why);
    if (why === 'room-needed') this.#letPcsGo();
  }

  #letPcsGo(): void {
    this.parts.seats.rehearse(null);
    this.#pages.close();
    this.#way.cut();
  }

  async #play(
    begunBy: StaffId,
    { seats: wanted, minutes: wantedMinutes }: BeginRehearsal,
    idle: readonly { pcId: PcId; label: string }[],
  ): Promise<void> {
    const { room, seats, folder, command, version } = this.parts;
    const minutes = wantedMinutes ?? DEFAULT_MINUTES;
    const most = Math.min(MOST_SEATS, idle.length * MOST_SEATS_A_PC);
    const count = Math.min(wanted ?? TIMES_THE_SEATS * (this.#roomSeats() || idle.length), most);
    const pcs = idle.map(({ pcId, label }) => ({ pcId, label, word: randomBytes(16).toString('hex') }));
    const begunAt = room.now();
    const limitMs = minutes * MINUTE_MS + AROUND_MS;
    const runId = randomUUID();
    const missing = this.#notAmong(idle);
    const run = new PcsRun({
      ...{ runId, seats: count, lastsMs: minutes * MINUTE_MS, limitMs, endsBy: begunAt + limitMs },
      ...{ pcs, pages: this.#pages, changed: () => this.#tell(), after: this.parts.after ?? wait },
      openRoom: async (signal) => {
        await this.#cleared;
        return BesideRoom.open({ folder, command, version, seats: count, minutes, signal });
      },
      call: () => seats.rehearse(new Map(pcs.map(({ pcId, word }) => [pcId, word]))),
    });
    this.#run = run;
    this.#stoppedBy = null;
    this.#tell();
    try {
      const { ended, parts, stayedAway, lost, problems } = await run.play();
      this.#letPcsGo();
      const stoppedBy = ended === 'stopped' ? this.#stoppedBy : null;
      const frame = {
        ...{ runId, begunBy, begunAt, ended, lost, problems },
        ...(stoppedBy === null ? {} : { stoppedBy }),
      };
      const rehearsal = rehearsalOf({ ...frame, missing: [...missing, ...stayedAway] }, parts);
      const handled = room.handle({ type: 'record-rehearsal', ...rehearsal, by: { kind: 'room' } });
      await room.whenDurable(handled.seq);
    } finally {
      this.#letPcsGo();
      this.#run = null;
      this.#tellNow();
    }
  }

  /** Labels of the paired machines that do not take part: off, or not on their waiting page. */
  #notAmong(idle: readonly { pcId: PcId }[]): string[] {
    const playing = new Set(idle.map(({ pcId }) => pcId));
    return Object.values(this.parts.room.state.seats)
      .filter(({ pcId, simulated }) => pcId !== null && simulated !== true && !playing.has(pcId))
      .map(({ label }) => label);
  }

  #roomSeats(): number {
    return this.parts.room.state.package?.seats.filter(({ spare }) => !spare).length ?? 0;
  }

  #tell(): void {
    this.#telling ??= setTimeout(() => this.#tellNow(), TELL_EVERY_MS);
  }

  #tellNow(): void {
    if (this.#telling !== null) clearTimeout(this.#telling);
    this.#telling = null;
    this.#listener?.(this.view());
  }
}

function wait(ms: number, call: () => void): () => void {
  const timer = setTimeout(call, ms);
  return () => clearTimeout(timer);
}
