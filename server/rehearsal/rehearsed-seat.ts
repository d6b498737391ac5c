// One simulated candidate of a rehearsal at one simulated PC, from the connection to "everything is in the room". It measures
// as it goes, and holds what the room acknowledged against what the room gives back. Thousands live in one process: a seat has
// one timer at a time beside its heartbeat.

import type { AnswerValueMessage, PaperMessage, SeatStage, SeatState } from '../protocol/seat.js';
import type { RehearsalFigures } from './rehearsal-figures.js';
import type { ScriptedPc, SeatAnswer, SeatRequestBody } from './scripted-pc.js';
import type { Shelf } from './shelf.js';
import { strokesOf } from './strokes.js';

/** What this candidate will do. */
export interface SeatScript {
  /** The part of the time after which the last item is answered. */
  pace: number;
  /** Hands in when done; otherwise the clock ends it. */
  submits: boolean;
  /** The cable falls out after this part of the time, for so long; null = it never does. */
  cable: { at: number; outMs: number } | null;
  random: () => number;
}

/** How far somebody has come; never backward. */
export const STEPS = [
  'away',
  'connected',
  'fetched',
  'logged-in',
  'ready',
  'answering',
  'ended',
  'done',
] as const;
export type Step = (typeof STEPS)[number];

export interface SeatParts {
  /** A PC that says in every hello that it is simulated. @param reconnectDelayMs how long it waits before it comes back */
  newPc: (reconnectDelayMs: () => number) => ScriptedPc;
  shelf: Shelf;
  figures: RehearsalFigures;
  /** When this process gave the start, by performance.now(); null where somebody else does. */
  startGivenAt: () => number | null;
  /** Milliseconds in which the items are to be answered; null = until the end of the exam. */
  paceMs: number | null;
  /** Milliseconds after which a wait for the room is given up. */
  patienceMs: number;
  /** Called when the first item can be answered. */
  onStarted: () => void;
  /** Called for every save that the room says is on its disk. */
  onSaved?: (save: Extract<SeatRequestBody, { t: 'save' }>) => void;
}

const OVER: readonly SeatStage[] = ['ended', 'received', 'moved'];
const CHECK = {
  ...{ browser: 'rehearsal', screen: '1366x768', storageOk: true, cryptoOk: true, passed: true },
} as const;

/** An answer that the room said is on its disk. */
export interface HeldAnswer {
  candidateId: string;
  itemId: string;
  lease: number;
  rev: number;
  value: AnswerValueMessage;
}

export class RehearsedSeat {
  readonly pc: ScriptedPc;
  step: Step = 'away';
  /** The room sent it away: nothing may be rehearsed there. */
  sentAway = false;
  #startRoomTime: number | null = null;
  /** What the room said is on its disk, the newest for each item. */
  readonly #held = new Map<string, HeldAnswer>();
  #overSince: number | null = null;
  #wake: (() => void) | null = null;
  #cable: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly parts: SeatParts,
    private readonly script: SeatScript,
  ) {
    const { figures } = parts;
    this.pc = parts.newPc(() => 200 + script.random() * 1_800);
    this.pc.on('shown', (tookMs: number, isKnown: boolean) =>
      figures.note(isKnown ? 'reconnect' : 'connect', tookMs),
    );
    this.pc.on('state', (state: SeatState) => this.#look(state));
    this.pc.on('paper', (paper: PaperMessage) => this.#compare(paper));
    this.pc.on('sent-away', () => (this.sentAway = true));
  }

  /** Connects. @returns the pairing code that the PC shows. @throws Error when no page comes, or it is sent away */
  async connect(): Promise<string> {
    this.pc.start();
    const state = await this.pc.until(({ pairingCode }) => pairingCode !== null, this.parts.patienceMs);
    this.step = 'connected';
    return state.pairingCode ?? '';
  }

  /** Once it has a seat: reports its check and fetches the sealed paper, as a waiting PC does (rule 12). */
  async fetch(): Promise<void> {
    const { pc, parts } = this;
    const { session } = await pc.until(({ stage }) => stage !== 'unpaired', parts.patienceMs);
    this.#noteRefusal(await pc.request({ t: 'check', check: CHECK }));
    await parts.shelf.fetchAll(session?.parts ?? []);
    this.step = 'fetched';
  }

  /** Logs in, looks at the photo, confirms. @throws Error with the code of a refusal */
  async logIn(ticketNo: string): Promise<void> {
    const { pc, parts } = this;
    await pc.until(({ stage }) => stage === 'log-in', parts.patienceMs);
    const answer = await pc.request({ t: 'log-in', ticketNo, password: ticketNo.slice(-6) });
    if (!answer.ok) throw new Error(`log-in: ${answer.code}`);
    parts.figures.note('logIn', answer.tookMs);
    const { candidate } = await pc.until((state) => state.candidate !== null, parts.patienceMs);
    if (candidate === null) throw new Error('A page without the candidate who logged in');
    this.step = 'logged-in';
    if (candidate.photoUrl !== null) await parts.shelf.fetchPage(candidate.photoUrl);
    const who = { candidateId: candidate.candidateId, lease: candidate.lease };
    this.#noteRefusal(await pc.request({ t: 'confirm', ...who, what: 'identity' }));
    this.#noteRefusal(await pc.request({ t: 'confirm', ...who, what: 'rules' }));
    this.step = 'ready';
  }

  /** From the start to "received". @throws Error when the room does not move on in time */
  async sit(): Promise<void> {
    const { pc, parts } = this;
    const paper = await pc.untilPaper(parts.patienceMs);
    const { session } = await pc.until((state) => state.session !== null, parts.patienceMs);
    if (session === null) throw new Error('A page without a session');
    const { items, startedAt } = await this.#open(paper, session);
    this.step = 'answering';
    parts.onStarted();
    await this.#answer(paper, items, startedAt);
    await this.#handIn(paper);
    this.step = 'done';
  }

  /** What the room acknowledged, the newest for each item. */
  held(): HeldAnswer[] {
    return [...this.#held.values()];
  }

  stop(): void {
    if (this.#cable !== null) clearTimeout(this.#cable);
    this.pc.stop();
    this.#wake?.();
  }

  async #open(paper: PaperMessage, session: NonNullable<SeatState['session']>) {
    const { pc, parts } = this;
    const arrivedAt = pc.paperAt ?? performance.now();
    const items = await parts.shelf.itemsOf(paper, session);
    const openedAt = performance.now();
    // The order is kept by the strokes, and what the room holds comes again with the next connection.
    pc.paper = null;
    const started = await pc.until((state) => state.session?.startedAt != null, parts.patienceMs);
    this.#startRoomTime = started.session?.startedAt ?? null;
    const givenAt = parts.startGivenAt() ?? this.#startByRoomTime();
    if (givenAt !== null) {
      parts.figures.note('key', Math.max(0, arrivedAt - givenAt));
      parts.figures.note('firstPaper', Math.max(0, openedAt - givenAt));
    }
    return { items, startedAt: openedAt };
  }

  /** When the room started, by this PC's clock. */
  #startByRoomTime(): number | null {
    const since = this.#startRoomTime === null ? null : this.pc.since(this.#startRoomTime);
    return since === null ? null : performance.now() - since;
  }

  async #answer(
    paper: PaperMessage,
    items: Awaited<ReturnType<Shelf['itemsOf']>>,
    startedAt: number,
  ): Promise<void> {
    const { pc, parts, script } = this;
    const endsAt = pc.state?.candidate?.endsAt ?? null;
    const leftMs = endsAt === null ? 0 : endsAt - (pc.roomNow() ?? endsAt);
    const lastsMs = Math.max(1_000, Math.min(parts.paceMs ?? leftMs, Math.max(leftMs, 1_000)));
    const revisions = new Map(paper.answers.map(({ itemId, rev }) => [itemId, rev]));
    const waiting = new Set<Promise<void>>();
    for (const { afterMs, itemId, value, marked } of strokesOf(items, lastsMs * script.pace, script.random)) {
      if (!(await this.#goOnAfter(afterMs))) break;
      const rev = (revisions.get(itemId) ?? 0) + 1;
      revisions.set(itemId, rev);
      const madeAt = pc.roomNow() ?? 0;
      const { candidateId, lease } = paper;
      const save = { t: 'save', candidateId, lease, itemId, rev, value, marked, madeAt } as const;
      const sent: Promise<void> = pc.request(save).then((answer) => {
        this.#noteSave(save, answer);
        waiting.delete(sent);
      });
      waiting.add(sent);
      this.#mindCable(performance.now() - startedAt, lastsMs);
    }
    await Promise.all(waiting);
  }

  /** Thinks for so long; false when the writing has ended meanwhile. */
  async #goOnAfter(ms: number): Promise<boolean> {
    const { pc, parts } = this;
    if (!this.#isOver())
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.#wake = null;
    if (pc.state?.stage === 'paused' && !pc.stopped)
      await pc.until(({ stage }) => stage !== 'paused', parts.patienceMs);
    return !this.#isOver() && !this.#isTimeUp() && pc.state?.stage === 'answering';
  }

  /** A PC locks by itself at its end, without waiting to be told. */
  #isTimeUp(): boolean {
    const endsAt = this.pc.state?.candidate?.endsAt ?? null;
    return endsAt !== null && (this.pc.roomNow() ?? 0) >= endsAt;
  }

  #isOver(): boolean {
    return this.pc.stopped || OVER.includes(this.pc.state?.stage ?? 'answering');
  }

  #mindCable(elapsedMs: number, lastsMs: number): void {
    const { cable } = this.script;
    if (cable === null || this.#cable !== null || elapsedMs < cable.at * lastsMs) return;
    this.pc.unplug();
    this.#cable = setTimeout(() => this.pc.plugIn(), cable.outMs);
  }

  async #handIn({ candidateId, lease }: PaperMessage): Promise<void> {
    const { pc, parts, script } = this;
    if (pc.stopped) throw new Error('This PC was stopped');
    if (script.submits && pc.state?.stage === 'answering') {
      this.#overSince = performance.now();
      const madeAt = pc.roomNow() ?? 0;
      this.#noteRefusal(await pc.request({ t: 'submit', candidateId, lease, madeAt }));
    }
    const { stage } = await pc.until((state) => OVER.includes(state.stage), parts.patienceMs);
    this.step = 'ended';
    this.#noteRefusal(await pc.request({ t: 'nothing-unsent', candidateId, lease }));
    if (stage === 'moved') return;
    // A session that was collected at once has freed its PCs already.
    await pc.until((state) => state.stage === 'received' || state.stage === 'waiting', parts.patienceMs);
    if (this.#overSince !== null) parts.figures.note('handIn', performance.now() - this.#overSince);
  }

  #look({ stage }: SeatState): void {
    if (!OVER.includes(stage)) return;
    this.#overSince ??= performance.now();
    this.#wake?.();
  }

  #noteSave(save: Extract<SeatRequestBody, { t: 'save' }>, answer: SeatAnswer): void {
    const { figures, onSaved } = this.parts;
    if (!answer.ok) return this.#noteRefusal(answer);
    figures.note(answer.resent ? 'resent' : 'save', answer.tookMs);
    figures.acknowledged += 1;
    onSaved?.(save);
    const { candidateId, itemId, lease, rev, value } = save;
    if ((this.#held.get(itemId)?.rev ?? 0) < rev)
      this.#held.set(itemId, { candidateId, itemId, lease, rev, value });
  }

  /** A stopped rehearsal refuses its own requests; that says nothing of the room. */
  #noteRefusal(answer: SeatAnswer): void {
    if (!answer.ok && answer.code !== 'stopped') this.parts.figures.refused(answer.code);
  }

  /** Whatever was acknowledged has to be among what the room gives back to a PC that returns. */
  #compare({ lease, answers }: PaperMessage): void {
    if (this.#held.size === 0) return;
    const given = new Map(answers.map((answer) => [answer.itemId, answer]));
    for (const [itemId, held] of this.#held) {
      const answer = given.get(itemId);
      const isThere =
        held.lease !== lease ||
        (answer !== undefined &&
          (answer.rev > held.rev ||
            (answer.rev === held.rev && JSON.stringify(answer.value) === JSON.stringify(held.value))));
      if (!isThere) this.parts.figures.lost += 1;
    }
    if (this.step === 'answering') this.pc.paper = null;
  }
}
