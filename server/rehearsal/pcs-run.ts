// One rehearsal on the room's own PCs, from the practice room that is made for it to its figures: who plays how many, what comes
// next, and when it is over at the latest.

import { randomInt } from 'node:crypto';
import type { RehearsalEnd, RehearsalStage, StoppedRehearsal } from '../core/rehearsal-types.js';
import { MOST_SEATS_A_PC, type RehearsalRun } from '../protocol/rehearsal.js';
import type { BesideRoom } from './beside-room.js';
import type { PcPages, PlayingPc } from './pc-pages.js';
import type { PlayedPart } from './pcs-figures.js';

export interface PcsRunParts {
  runId: string;
  /** Simulated candidates over all PCs. */
  seats: number;
  /** Milliseconds of answering. */
  lastsMs: number;
  /** After which it ends whatever happens, milliseconds from its begin. */
  limitMs: number;
  /** Calls once after so many milliseconds. @returns what cancels it */
  after: (ms: number, call: () => void) => () => void;
  /** Room time of that. */
  endsBy: number;
  pcs: readonly { label: string; word: string }[];
  pages: PcPages;
  /** @param signal aborted as soon as it is no longer wanted */
  openRoom: (signal: AbortSignal) => Promise<BesideRoom>;
  /** Tells the PCs to open the page that plays. */
  call: () => void;
  /** Called whenever staff would see something new. */
  changed: () => void;
}

export interface RunOutcome {
  ended: RehearsalEnd;
  parts: PlayedPart[];
  /** PCs that were called and did not come. */
  stayedAway: string[];
  lost: number;
  problems: string[];
}

/** A browser opens the page in a second; one that was never told does not hold up the others. */
const GATHER_MS = 15_000;
/** For each of connecting and coming in; a room of hundreds takes a while. */
const STEP_MS = 60_000;
/** After the end of the exam: handing in, figures. */
const CLOSE_MS = 45_000;
/** One in ten loses its cable. */
const RECONNECTS = 0.1;
const LET_GO_MS = 3_000;

interface Share {
  pc: PlayingPc;
  seats: number;
  /** By index; undefined before its code came, null without a seat. */
  tickets: (string | null)[];
  /** Codes that were seated or turned down. */
  settled: number;
  told: boolean;
}

export class PcsRun {
  #stage: RehearsalStage = 'preparing';
  #called: PlayingPc[] = [];
  #shares: Share[] = [];
  #room: BesideRoom | null = null;
  #end: RehearsalEnd | null = null;
  readonly #ended = new AbortController();
  readonly #waiting = new Set<() => void>();

  constructor(private readonly parts: PcsRunParts) {}

  /** The port of the practice room, once it is there. */
  get port(): number | null {
    return this.#room?.port ?? null;
  }

  get view(): RehearsalRun {
    const { runId, seats, endsBy } = this.parts;
    const pcs = this.#called.map((pc) => {
      const {
        connected = 0,
        ready = 0,
        answering = 0,
        done = 0,
        saves = 0,
        saveP99Ms = 0,
      } = pc.progress ?? {};
      const share = this.#shares.find((one) => one.pc === pc)?.seats ?? 0;
      return {
        label: pc.label,
        seats: share,
        connected,
        ready,
        answering,
        done,
        saves,
        saveP99Ms,
        here: pc.here,
      };
    });
    return { runId, stage: this.#stage, seats, endsBy, pcs };
  }

  /** How far it is, as one line of the record. */
  get soFar(): Omit<StoppedRehearsal, 'stoppedBy'> {
    const { runId, stage, seats, pcs } = this.view;
    const sum = (of: (pc: (typeof pcs)[number]) => number) => pcs.reduce((total, pc) => total + of(pc), 0);
    return {
      ...{ runId, stage, seats, pcs: pcs.filter(({ here }) => here).length },
      ...{ connected: sum((pc) => pc.connected), answering: sum((pc) => pc.answering) },
      ...{ handedIn: sum((pc) => pc.done), saves: sum((pc) => pc.saves) },
      saveP99Ms: Math.max(0, ...pcs.map((pc) => pc.saveP99Ms)),
    };
  }

  /** True until it was stopped or has come to its end; the comparison with the journal may still be under way then. */
  get goesOn(): boolean {
    return this.#end === null;
  }

  /** Ends it early. What was measured until then is kept; what is over stays as it ended. */
  stop(why: RehearsalEnd): void {
    if (this.#end !== null) return;
    this.#end = why;
    this.#ended.abort();
    this.#tell();
  }

  /** Plays it. Never fails: what went wrong is among the problems. */
  async play(): Promise<RunOutcome> {
    const cancelLimit = this.parts.after(this.parts.limitMs, () => this.stop('time-limit'));
    const problems: string[] = [];
    let lost = 0;
    try {
      await this.#day();
      // From here on nobody plays any more: what comes now cuts nothing short.
      this.#end ??= 'complete';
    } catch (error) {
      if (this.#end === null) {
        this.#end = 'failed';
        problems.push((error as Error).message.slice(0, 500));
      }
    }
    try {
      await this.#letGo();
      this.#begin('comparing');
      const held = this.#shares.flatMap(({ pc }) => pc.figures?.held ?? []);
      const compared = await this.#room?.compare(held as Parameters<BesideRoom['compare']>[0]);
      lost = compared?.lost ?? 0;
      problems.push(...(compared?.problems ?? []));
    } catch (error) {
      problems.push((error as Error).message.slice(0, 500));
    } finally {
      cancelLimit();
      await this.#room?.close().catch((error: unknown) => problems.push((error as Error).message));
      this.#room = null;
    }
    return {
      ...{ ended: this.#end, lost, problems },
      parts: this.#shares.map(({ pc, seats }) => ({ label: pc.label, seats, figures: pc.figures })),
      stayedAway: this.#called.filter(({ joined }) => !joined).map(({ label }) => label),
    };
  }

  async #day(): Promise<void> {
    const { pages, pcs, call, lastsMs } = this.parts;
    this.#room = await this.parts.openRoom(this.#ended.signal);
    this.#go('gathering');
    this.#called = pages.expect(pcs, {
      changed: (pc) => {
        const share = this.#shares.find((one) => one.pc === pc);
        if (share !== undefined) this.#tellSeated(share);
        this.#tell();
      },
      code: (pc, index, code) => void this.#seat(pc, index, code),
    });
    call();
    await this.#until(() => this.#called.every(({ joined }) => joined), GATHER_MS);
    const here = this.#called.filter((pc) => pc.here);
    if (here.length === 0) throw new Error('没有考生机打开演练页面 / no PC opened the page of the rehearsal');
    this.#go('connecting');
    this.#share(here);
    const haveFetched = () => this.#all(({ fetched, alive }) => fetched >= alive);
    await this.#until(haveFetched, STEP_MS);
    for (const share of this.#shares) this.#tellSeated(share, true);
    await this.#until(haveFetched, GATHER_MS);
    this.#go('entering');
    await this.#orEnded(this.#room.openEntry(this.#ended.signal));
    for (const { pc } of this.#shares) pc.send({ t: 'log-in' });
    await this.#until(() => this.#all(({ ready, alive }) => ready >= alive), STEP_MS);
    this.#go('answering');
    await this.#orEnded(this.#room.start());
    await this.#until(
      () => this.#shares.every(({ pc }) => !pc.here || pc.figures !== null),
      lastsMs + CLOSE_MS,
    );
  }

  /** Waits for the practice room, which may hang, no longer than the run lasts. @throws once the run was stopped */
  #orEnded<T>(doing: Promise<T>): Promise<T> {
    const { signal } = this.#ended;
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error('stopped'));
      if (signal.aborted) ended();
      signal.addEventListener('abort', ended, { once: true });
      doing.then(resolve, reject).finally(() => signal.removeEventListener('abort', ended));
    });
  }

  /** As even as it goes; no PC plays more than it may. */
  #share(here: readonly PlayingPc[]): void {
    const { seats, limitMs } = this.parts;
    this.#shares = here.map((pc, index) => {
      const own = Math.floor(seats / here.length) + (index < seats % here.length ? 1 : 0);
      return { pc, seats: Math.min(MOST_SEATS_A_PC, own), tickets: [], settled: 0, told: false };
    });
    this.#shares = this.#shares.filter((share) => share.seats > 0);
    for (const share of this.#shares)
      share.pc.send({
        ...{ t: 'play', seats: share.seats, reconnects: RECONNECTS, limitMs },
        seed: randomInt(2 ** 30),
      });
    this.#tell();
  }

  async #seat(pc: PlayingPc, index: number, code: string): Promise<void> {
    const share = this.#shares.find((one) => one.pc === pc);
    if (share === undefined || index >= share.seats || share.tickets[index] !== undefined) return;
    share.tickets[index] = null;
    share.tickets[index] = (await this.#room?.seat(code).catch(() => null)) ?? null;
    share.settled += 1;
    this.#tellSeated(share);
  }

  /** Once all that still connect have shown their codes, or when there is no more time for it. */
  #tellSeated(share: Share, late = false): void {
    const { pc, seats, settled, tickets } = share;
    if (share.told || (!late && settled < Math.min(seats, pc.progress?.alive ?? seats))) return;
    share.told = true;
    pc.send({ t: 'seated', tickets: Array.from({ length: seats }, (_, index) => tickets[index] ?? null) });
  }

  /** PCs that are gone are waited for no more; who has said nothing yet is. */
  #all(come: (progress: NonNullable<PlayingPc['progress']>) => boolean): boolean {
    return this.#shares.every(({ pc }) => !pc.here || (pc.progress !== null && come(pc.progress)));
  }

  /** Every page stops, and gives what it has. */
  async #letGo(): Promise<void> {
    for (const { pc } of this.#shares) if (pc.figures === null) pc.send({ t: 'stop' });
    const gave = () => this.#shares.every(({ pc }) => !pc.here || pc.figures !== null);
    const deadline = Date.now() + LET_GO_MS;
    while (!gave() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  #go(stage: RehearsalStage): void {
    this.#ended.signal.throwIfAborted();
    this.#begin(stage);
  }

  #begin(stage: RehearsalStage): void {
    this.#stage = stage;
    this.#tell();
  }

  #tell(): void {
    for (const look of [...this.#waiting]) look();
    this.parts.changed();
  }

  /** Waits until this holds, or so long: a PC that is slow or lost is in the figures. @throws once the run was stopped */
  #until(holds: () => boolean, withinMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(late);
        this.#waiting.delete(look);
        settle();
      };
      const look = () => {
        if (this.#ended.signal.aborted) end(() => reject(new Error('stopped')));
        else if (holds()) end(resolve);
      };
      const late = setTimeout(() => end(resolve), withinMs);
      this.#waiting.add(look);
      look();
    });
  }
}
