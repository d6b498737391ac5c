// The rehearsal on the room's own PCs: staff begin it, the idle PCs play; who began and stopped it, and its figures, are journaled. The PCs play against a practice
// room beside this one; of this room nothing changes but the record. It ends as soon as the room is needed (REQ-C03, SM4).

import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Middleware } from 'koa';
import type { BegunRehearsal } from '../core/rehearsal-types.js';
import type { PcId, StaffId } from '../core/types.js';
import { forbidsRehearsal } from '../core/views.js';
import type { TakeUpgrade } from '../http/upgrades.js';
import type { Log } from '../log.js';
import type { RehearsalHost, StaffActor } from '../proctor/host.js';
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

  async begin(
    by: StaffActor,
    request: BeginRehearsal,
    checking: boolean,
  ): ReturnType<RehearsalHost['begin']> {
    if (this.#stopped) return null;
    const { room, seats, log } = this.parts;
    const idle = seats.idlePcs();
    const most = Math.min(MOST_SEATS, idle.length * MOST_SEATS_A_PC);
    const size = {
      ...{ runId: randomUUID(), pcs: idle.length },
      seats: Math.min(request.seats ?? TIMES_THE_SEATS * (this.#roomSeats() || idle.length), most),
      lastsMs: (request.minutes ?? DEFAULT_MINUTES) * MINUTE_MS,
    };
    const underWay = this.#run !== null ? 'rehearsal' : checking ? 'check' : null;
    const { refusal, seq } = room.handle({ type: 'begin-rehearsal', ...size, underWay, by });
    const durable = room.whenDurable(seq);
    if (refusal === null && this.#run === null)
      this.#playing = this.#play({ ...size, begunBy: by.staffId }, idle, durable).catch((error: unknown) =>
        log.error({ err: error }, 'The rehearsal on the PCs failed'),
      );
    await durable;
    return refusal;
  }

  async end(by: StaffActor): ReturnType<RehearsalHost['end']> {
    const { room } = this.parts;
    const run = this.#stoppedBy === null && this.#run?.goesOn === true ? this.#run : null;
    const { refusal, seq } = room.handle({ type: 'stop-rehearsal', soFar: run?.soFar ?? null, by });
    if (refusal === null && run !== null) this.#stoppedBy = by.staffId;
    await room.whenDurable(seq);
    if (refusal === null) run?.stop('stopped');
    return refusal;
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

  /** @param durable resolves when its begin is on the disk: no PC is asked before */
  async #play(
    { runId, begunBy, seats: count, lastsMs }: BegunRehearsal,
    idle: readonly { pcId: PcId; label: string }[],
    durable: Promise<void>,
  ): Promise<void> {
    const { room, seats, folder, command, version } = this.parts;
    const pcs = idle.map(({ pcId, label }) => ({ pcId, label, word: randomBytes(16).toString('hex') }));
    const begunAt = room.now();
    const limitMs = lastsMs + AROUND_MS;
    const missing = this.#notAmong(idle);
    const run = new PcsRun({
      ...{ runId, seats: count, lastsMs, limitMs, endsBy: begunAt + limitMs },
      ...{ pcs, pages: this.#pages, changed: () => this.#tell(), after: this.parts.after ?? wait },
      openRoom: async (signal) => {
        await Promise.all([durable, this.#cleared]);
        const minutes = lastsMs / MINUTE_MS;
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
