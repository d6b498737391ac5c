// The seats of a demo at which nobody sits: their PCs are paired, their candidates come in, sit the exam and hand in, each in
// an own way. Staff's acts for them are given by the simulated staff; whatever a person did first is left as it is.

import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { SeatState } from '../protocol/seat.js';
import type { RoomView, SeatRow } from '../protocol/staff.js';
import type { DayCrew } from './day-crew.js';
import { habitsOf, type Habits } from './habits.js';
import type { RoomAddress } from './room-address.js';
import { newFigures, playCandidate, sitExam, type CandidateScript } from './simulated-candidate.js';
import { SimulatedPc } from './simulated-pc.js';

export interface PlayedCandidate {
  seatId: string;
  candidateId: string;
  ticketNo: string;
}

export interface PlayedSeatsOptions {
  address: RoomAddress;
  /** Signed in. */
  crew: DayCrew;
  candidates: readonly PlayedCandidate[];
  /** Spare PCs that stand ready for played candidates whom somebody moves. */
  spares: readonly string[];
  /** Items of the paper. */
  items: number;
  /** Of the exam. */
  lastsMs: number;
  /** From now to the start. */
  untilStartMs: number;
  random: () => number;
  say: (text: string) => void;
}

/** A demo may be left standing over lunch. */
const PATIENCE_MS = 12 * 3_600_000;
/** How long a hand waits for a person before the simulated proctor answers it. */
const HAND_WAITS_MS = 30_000;
const ASK_AGAIN_MS = 1_000;
const CHECK = {
  browser: 'rehearsal',
  screen: '1366x768',
  storageOk: true,
  cryptoOk: true,
  passed: true,
} as const;
const DOOR_OPEN = ['open', 'running', 'paused'];

export class PlayedSeats {
  readonly #pcs = new Map<string, SimulatedPc>();
  readonly #codes = new Set<string>();
  readonly #movedTo = new Set<string>();
  readonly #end = new AbortController();

  constructor(private readonly options: PlayedSeatsOptions) {}

  /** Binds every PC to its seat. @throws Error with the refusal's code */
  async pairAll(): Promise<void> {
    const { candidates, spares } = this.options;
    for (const seatId of [...candidates.map((one) => one.seatId), ...spares]) await this.#pair(seatId);
  }

  /** Lets the candidates come in and sit their exam from now on; returns at once. */
  begin(): void {
    const { candidates, crew, untilStartMs, lastsMs, say } = this.options;
    setMaxListeners(0, this.#end.signal);
    crew.member('chief').on('view', (view: RoomView) => this.#followMoves(view));
    candidates.forEach((candidate, index) => {
      const habits = habitsOf(index, candidates.length, { untilStartMs, lastsMs });
      this.#play(candidate, habits).catch((error: unknown) => {
        if (!this.#end.signal.aborted) say(`${candidate.seatId}: ${(error as Error).message}`);
      });
    });
  }

  /** True for a code that one of these PCs shows or showed: it waits for no person. */
  showed(pairingCode: string): boolean {
    return this.#codes.has(pairingCode);
  }

  stop(): void {
    this.#end.abort();
    for (const pc of this.#pcs.values()) pc.stop();
  }

  async #pair(seatId: string): Promise<void> {
    const pc = new SimulatedPc({ address: this.options.address, simulated: true });
    this.#pcs.set(seatId, pc);
    pc.on('state', ({ pairingCode: code }: SeatState) => {
      if (code !== null) this.#codes.add(code);
    });
    pc.start();
    const { pairingCode } = await pc.until((state) => state.pairingCode !== null, 60_000);
    const outcome = await this.options.crew.pair(pairingCode ?? '', seatId);
    if (!outcome.ok) throw new Error(`pair-seat ${seatId}: ${outcome.code}`);
    await pc.until((state) => state.stage !== 'unpaired', 60_000);
    await pc.request({ t: 'check', check: CHECK });
  }

  async #play(candidate: PlayedCandidate, habits: Habits): Promise<void> {
    if (habits.arrives === 'never' || !(await this.#comesIn(candidate, habits))) return;
    const pc = this.#pc(candidate.seatId);
    const stirs = this.#stirs(pc, candidate, habits);
    stirs.catch(() => undefined);
    await playCandidate(pc, this.options.address, this.#script(candidate, habits));
    await stirs;
  }

  /** @returns true when admitted, by whomever; false when the door closed before */
  async #comesIn({ candidateId }: PlayedCandidate, habits: Habits): Promise<boolean> {
    const chief = this.options.crew.member('chief');
    const attendance = (view: RoomView | null) => view?.seats.find(of(candidateId))?.attendance ?? null;
    const phases = habits.arrives === 'late' ? ['running'] : DOOR_OPEN;
    await chief.until((view) => phases.includes(view.session?.phase ?? ''), PATIENCE_MS, 'entry');
    await this.#pause(habits.arrivesAfterMs);
    for (;;) {
      const now = attendance(chief.view);
      if (now === 'admitted') return true;
      if (now === 'absent') return false;
      if (now === 'refused')
        await chief.until((view) => attendance(view) !== 'refused', PATIENCE_MS, 'a second look');
      // Refused for lack of an answer or of a door: the room's next view tells which.
      else if (!(await this.options.crew.admit(candidateId)).ok) await this.#pause(ASK_AGAIN_MS);
      else await chief.until((view) => attendance(view) !== 'expected', PATIENCE_MS, 'the check-in');
    }
  }

  /** What happens beside the answering: a hand, a cable. */
  async #stirs(pc: SimulatedPc, { candidateId, seatId }: PlayedCandidate, habits: Habits): Promise<void> {
    const { crew, lastsMs, say } = this.options;
    const { lease } = await pc.untilPaper(PATIENCE_MS);
    const { raisesHandAt, unplugged } = habits;
    if (raisesHandAt !== null) {
      await this.#pause(raisesHandAt * lastsMs);
      if (pc.state?.stage === 'answering') {
        await pc.request({ t: 'hand', candidateId, lease, up: true });
        say(`${this.#label(seatId)} 号举手 / seat ${this.#label(seatId)} raises a hand`);
        await this.#pause(Math.min(HAND_WAITS_MS, lastsMs / 4));
        if (pc.state?.candidate?.handRaised === true) await crew.answerHand(candidateId);
      }
    }
    if (unplugged !== null) {
      await this.#pause(unplugged.from * lastsMs);
      const label = this.#label(seatId);
      say(`${label} 号网线脱落，继续作答 / seat ${label} lost its cable and works on`);
      pc.unplug();
      await this.#pause(unplugged.lasts * lastsMs);
      pc.plugIn();
      say(`${label} 号网线恢复 / seat ${label} is back`);
    }
  }

  /** A played candidate whom a person moves to a spare PC goes on there. */
  #followMoves({ seats }: RoomView): void {
    for (const { seatId, look, candidateId } of seats) {
      if (look !== 'moving' || candidateId === null || !this.options.spares.includes(seatId)) continue;
      const candidate = this.options.candidates.find((one) => one.candidateId === candidateId);
      const move = `${candidateId}@${seatId}`;
      if (candidate === undefined || this.#movedTo.has(move)) continue;
      this.#movedTo.add(move);
      this.#goOn(candidate, seatId).catch((error: unknown) => {
        if (!this.#end.signal.aborted) this.options.say(`${seatId}: ${(error as Error).message}`);
      });
    }
  }

  async #goOn(candidate: PlayedCandidate, seatId: string): Promise<void> {
    const { ticketNo } = candidate;
    const pc = this.#pc(seatId);
    const answer = await pc.request({ t: 'log-in', ticketNo, password: ticketNo.slice(-6) });
    if (!answer.ok) throw new Error(`log-in: ${answer.code}`);
    const figures = newFigures(ticketNo, answer.tookMs);
    const habits = habitsOf(0, 1, { untilStartMs: 0, lastsMs: this.options.lastsMs });
    await sitExam(pc, this.options.address, this.#script(candidate, habits), figures);
  }

  #script({ ticketNo }: PlayedCandidate, { pace, handsIn }: Habits): CandidateScript {
    const { lastsMs, items, random } = this.options;
    const thinkMs = () => ((lastsMs * pace) / items) * (0.4 + random() * 1.2);
    return { ticketNo, thinkMs, random, submits: handsIn, patienceMs: PATIENCE_MS };
  }

  #label(seatId: string): string {
    return this.options.crew.view.seats.find((row) => row.seatId === seatId)?.label ?? seatId;
  }

  #pc(seatId: string): SimulatedPc {
    const pc = this.#pcs.get(seatId);
    if (pc === undefined) throw new Error(`No PC at seat ${seatId}`);
    return pc;
  }

  #pause(ms: number): Promise<void> {
    return pause(ms, undefined, { signal: this.#end.signal });
  }
}

function of(candidateId: string): (row: SeatRow) => boolean {
  return (row) => row.candidateId === candidateId;
}
