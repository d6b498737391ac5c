// The kiosk without a page: what the room says, what the PC keeps, what the candidate does, and what is to be shown of it.

import type {
  AnswerValueMessage,
  PaperMessage,
  RoomMessage,
  SeatRequest,
  SeatState,
} from '../../server/protocol/seat.js';
import { ALIVE_EVERY_MS, correctAlive, noteAlive, type AliveBefore } from './exam/alive-log.js';
import { NOT_PLAYED, begun, type Plays } from './exam/plays.js';
import { Sittings, type Sitting } from './exam/sittings.js';
import { isOver, localStage, type LocalStage } from './exam/stage.js';
import type { TextVersion } from './exam/text-versions.js';
import { examIdOf, type LocalStore } from './local/local-store.js';
import type { CourierHost } from './uploads/file-courier.js';
import { PartFetcher } from './room/part-fetcher.js';
import type { ProbeAnswer, ProbeAsk } from '../probe/ask.js';
import { InternetRounds } from './room/internet-rounds.js';
import { RoomClock, type Clocks } from './room/room-clock.js';
import { RoomLink, type Answer, type LinkSocket, type SeatRequestBody } from './room/room-link.js';

export type MachineCheck = Extract<SeatRequest, { t: 'check' }>['check'];

export interface KioskHost {
  store: LocalStore;
  clocks: Clocks;
  connect(): LinkSocket;
  fetchBytes(path: string): Promise<ArrayBuffer>;
  /** The room's uploads. */
  uploads: Pick<CourierHost, 'send' | 'fetchFile'>;
  /** In [0, 1). */
  random(): number;
  /** 64 hex digits nobody can guess. */
  newSecret(): string;
  client: string;
  checkMachine(): Promise<MachineCheck>;
  /** Tries outside addresses from a page of its own; absent where no such page can be opened. */
  probe?(ask: ProbeAsk): Promise<ProbeAnswer | null>;
  /** Opens the page that plays candidates of a practice session. @returns how to end it; absent where none can be opened */
  rehearse?(word: string): () => void;
}

const TICK_MS = 250;
/** So shortly before the end, texts are handed over with every tick. */
const LAST_MOMENT_MS = 2_000;

/** While nobody is expected here; on every other page a PC plays nobody. */
const IDLE: ReadonlySet<LocalStage> = new Set(['unpaired', 'waiting']);
/** While somebody sits here at an exam: a PC that waits through a pause is not dead. */
const SITTING: ReadonlySet<LocalStage> = new Set(['opening', 'answering', 'paused', 'suspended']);

export class Kiosk {
  state: SeatState | null = null;
  check: MachineCheck | null = null;
  /** Messages from the room that the candidate has not put away. */
  messages: { text: string; at: number }[] = [];
  /** Another page of this PC took the connection over. */
  replaced = false;
  /** The room speaks another version: the page has to be loaded anew. */
  outdated = false;
  readonly clock: RoomClock;
  readonly fetcher: PartFetcher;
  readonly sittings: Sittings;
  #link: RoomLink | null = null;
  readonly #rounds: InternetRounds;
  #pcSecret: string | null = null;
  #shown: LocalStage = 'connecting';
  #checkSentFor: string | null = null;
  #before: AliveBefore = { gaps: 0, aliveAt: null };
  #paper: PaperMessage | null = null;
  #endRehearsal: (() => void) | null = null;
  #notified = false;
  readonly #listeners = new Set<() => void>();
  readonly #editors = new Set<() => void>();
  readonly #timers: ReturnType<typeof setInterval>[] = [];

  constructor(private readonly host: KioskHost) {
    this.clock = new RoomClock(host.clocks);
    const changed = () => this.#changed();
    this.#rounds = new InternetRounds({
      probe: (ask) => host.probe?.(ask) ?? Promise.resolve(null),
      online: () => this.online,
      measure: () => this.#toMeasure(),
      took: (answer) => this.#takeProbe(answer),
      random: host.random,
    });
    this.fetcher = new PartFetcher({ ...host, changed });
    this.sittings = new Sittings({
      store: host.store,
      fetcher: this.fetcher,
      changed,
      courierHost: {
        ...host.uploads,
        pcSecret: () => this.#pcSecret,
        online: () => this.online,
        monotonic: () => host.clocks.monotonic(),
      },
      deliveryHost: (examId) => ({
        request: (body) => this.#request(body),
        online: () => this.online,
        writing: () => this.stage === 'answering' && this.sitting?.exam.examId === examId,
        over: () => this.#isOverFor(examId),
        roomNow: () => this.clock.now(),
        refused: (itemId, code) => console.warn(`The room did not take ${itemId}: ${code}`),
      }),
    });
  }

  /** Reads what this PC kept, shows it, and calls the room. */
  async start(): Promise<void> {
    const { store } = this.host;
    const mark = await store.clockMark();
    if (mark !== null) this.clock.bridge(mark);
    this.state = await store.lastState();
    await this.sittings.restore();
    const { gaps = [], aliveAt = null } = this.sitting?.exam ?? {};
    this.#before = { gaps: gaps.length, aliveAt };
    if (this.state?.session != null) void this.fetcher.want(this.state.session.parts);
    const pcSecret = (await store.pcSecret()) ?? (await this.#newSecret());
    this.#pcSecret = pcSecret;
    this.#link = new RoomLink({
      ...{ connect: this.host.connect, client: this.host.client, pcSecret, clock: this.clock },
      ...{ monotonic: () => this.host.clocks.monotonic(), random: this.host.random },
      unsent: () => this.sittings.unsent(this.clock.now()),
      heard: (message) => this.#hear(message),
      changed: () => this.#changed(),
    });
    this.#timers.push(
      setInterval(() => this.#tick(), TICK_MS),
      setInterval(() => this.#noteAlive(), ALIVE_EVERY_MS),
    );
    this.#tick();
    this.#noteAlive();
    this.#link.start();
    void this.#checkMachine();
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#flushEditors();
    this.#link?.stop();
    this.#rounds.stop();
    this.#rehearse(null);
    this.sittings.stop();
    this.fetcher.stop();
  }

  /** This PC plays candidates of a practice session beside the room. */
  get rehearsing(): boolean {
    return this.#endRehearsal !== null;
  }

  get online(): boolean {
    return this.#link?.online ?? false;
  }

  /** The sitting of the candidate whom the page is about. */
  get sitting(): Sitting | null {
    return this.sittings.of(this.state);
  }

  get stage(): LocalStage {
    const { sitting } = this;
    return localStage({
      state: this.state,
      now: this.clock.now(),
      paperOpen: sitting?.paper != null,
      submitted: sitting?.exam.submit != null,
    });
  }

  /** Tells when something is to be drawn anew. Returns the function that ends it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A text field registers how it hands over what was typed; called before writing stops. Returns the way out. */
  openEditor(flush: () => void): () => void {
    this.#editors.add(flush);
    return () => this.#editors.delete(flush);
  }

  /** The browser says that the network is back. */
  hurry(): void {
    this.#link?.hurry();
  }

  logIn(ticketNo: string, password: string): Promise<Answer | null> {
    return this.#request({ t: 'log-in', ticketNo, password });
  }

  confirm(what: 'identity' | 'rules'): Promise<Answer | null> {
    return this.#ofCandidate((who) => ({ t: 'confirm', ...who, what }));
  }

  raiseHand(up: boolean): Promise<Answer | null> {
    return this.#ofCandidate((who) => ({ t: 'hand', ...who, up }));
  }

  /**
   * Changes an answer of the present paper. What was written after the end of the time is not taken.
   * @param madeAt room time, ms; now where absent
   */
  change(itemId: string, value: AnswerValueMessage, marked: boolean, madeAt = this.clock.now()): void {
    const { sitting, state } = this;
    if (sitting === null || state === null || madeAt === null || sitting.exam.submit !== null) return;
    if (isOver(state.candidate?.endsAt ?? null, madeAt)) return;
    sitting.book.change(itemId, value, marked, madeAt);
  }

  /** Brings an earlier version of a text back: an ordinary change, and the room is told that it is a restore. */
  restore(itemId: string, version: TextVersion): void {
    const { sitting, state } = this;
    const madeAt = this.clock.now();
    if (sitting === null || state === null || madeAt === null || sitting.exam.submit !== null) return;
    if (isOver(state.candidate?.endsAt ?? null, madeAt)) return;
    sitting.book.restore(itemId, version, madeAt);
  }

  /** How often a recording was played here. */
  plays({ exam }: Sitting, itemId: string): Plays {
    return exam.plays?.[itemId] ?? NOT_PLAYED;
  }

  /** A play begins, or one that was broken off goes on. */
  beginPlay(sitting: Sitting, itemId: string, maxPlays: number | null): void {
    this.#keepPlays(sitting, itemId, begun(this.plays(sitting, itemId), maxPlays));
    sitting.delivery.push();
  }

  /** Where the present play stands. @param at seconds; null when it came to its end */
  notePlay(sitting: Sitting, itemId: string, at: number | null): void {
    this.#keepPlays(sitting, itemId, { ...this.plays(sitting, itemId), at });
  }

  /** What the test of the headphones came to: goes to the room with the check of this PC. */
  reportSound(audioOk: boolean): void {
    if (this.check === null) return;
    this.check = { ...this.check, audioOk };
    this.#checkSentFor = null;
    this.#sendCheck();
    this.#changed();
  }

  /** What the page of the PC's check found out: it goes to the room with the rest of the check. */
  reportFacts(facts: NonNullable<MachineCheck['facts']>): void {
    if (this.check === null) return;
    this.check = { ...this.check, facts: { ...this.check.facts, ...facts } };
    this.#checkSentFor = null;
    this.#sendCheck();
    this.#changed();
  }

  /** Remembers which item is shown, for the case of a crash. */
  show(itemId: string): void {
    const { sitting } = this;
    if (sitting !== null && sitting.exam.itemId !== itemId)
      void this.sittings.keep(sitting, { ...sitting.exam, itemId });
  }

  /** Hands in: nothing can be changed here any more. */
  async submit(): Promise<void> {
    this.#flushEditors();
    const { sitting } = this;
    const madeAt = this.clock.now();
    if (sitting === null || madeAt === null || this.stage !== 'answering') return;
    await this.sittings.keep(sitting, { ...sitting.exam, submit: { madeAt, settled: false } });
    sitting.delivery.push();
  }

  putMessageAway(): void {
    this.messages = this.messages.slice(1);
    this.#changed();
  }

  #keepPlays(sitting: Sitting, itemId: string, plays: Plays): void {
    const { exam } = sitting;
    void this.sittings.keep(sitting, { ...exam, plays: { ...exam.plays, [itemId]: plays } });
  }

  #hear(message: RoomMessage): void {
    switch (message.t) {
      case 'welcome':
        if (message.probes !== undefined) this.#rounds.take(message.probes);
        void this.#correctGaps();
        break;
      case 'state':
        this.#takeState(message);
        break;
      case 'paper':
        this.#paper = message;
        this.#takePaper();
        break;
      case 'message':
        this.messages = [...this.messages, { text: message.text, at: message.at }];
        break;
      case 'rehearse':
        this.#rehearse(message.word);
        break;
      case 'bye':
        if (message.code === 'replaced') {
          this.replaced = true;
          this.stop();
        }
        if (message.code === 'version') this.outdated = true;
        break;
      default:
        break;
    }
    this.#changed();
  }

  #takeState(state: SeatState): void {
    this.#flushEditors();
    this.state = state;
    this.host.store.keepLastState(state).catch(() => undefined);
    // Between the days nothing of an earlier paper stays on the PC.
    void this.fetcher.want(state.session === null ? [] : state.session.parts);
    this.#takePaper();
    this.#sendCheck();
    this.#keepClock();
    this.#tick();
    this.sittings.push();
  }

  /** The paper and the page that names its candidate come in either order. */
  #takePaper(): void {
    const message = this.#paper;
    const { session, candidate } = this.state ?? { session: null, candidate: null };
    if (message === null || session === null || candidate === null) return;
    if (message.candidateId !== candidate.candidateId || message.lease !== candidate.lease) return;
    this.#paper = null;
    // What is being typed here is newer than what an earlier PC delivers.
    this.#flushEditors();
    this.sittings.take(message, session).catch((error: unknown) => this.#warn(error));
  }

  /** Locks when the time is over, with or without the room; opens the paper where it could not be opened before. */
  #tick(): void {
    const { stage, sitting, state } = this;
    if (stage === 'opening' && sitting !== null && state?.session != null)
      this.sittings.open(sitting, state.session).catch((error: unknown) => this.#warn(error));
    if (stage === 'answering' && this.#isLastMoment()) this.#flushEditors();
    if (this.rehearsing && (!this.online || !IDLE.has(stage))) this.#rehearse(null);
    if (stage === this.#shown) return;
    if (this.#shown === 'answering') this.#flushEditors();
    this.#shown = stage;
    this.#noteAlive();
    this.#changed();
  }

  /** What is handed over at the very end comes after it, and a person has to decide whether it counts. */
  #isLastMoment(): boolean {
    const endsAt = this.state?.candidate?.endsAt ?? null;
    const now = this.clock.now();
    return endsAt !== null && now !== null && endsAt - now < LAST_MOMENT_MS;
  }

  #noteAlive(): void {
    const { sitting } = this;
    const now = this.clock.now();
    this.#keepClock();
    if (sitting !== null && now !== null && SITTING.has(this.stage))
      void this.sittings.keep(sitting, noteAlive(sitting.exam, now));
    this.sittings.push();
  }

  #keepClock(): void {
    const mark = this.clock.mark();
    if (mark !== null) this.host.store.keepClockMark(mark).catch(() => undefined);
  }

  async #correctGaps(): Promise<void> {
    const errorMs = this.clock.bridgeErrorMs;
    this.clock.bridgeErrorMs = null;
    const { sitting } = this;
    if (errorMs === null || sitting === null) return;
    await this.sittings.keep(sitting, correctAlive(sitting.exam, this.#before, errorMs));
  }

  /** By the room's word on this connection: this sitting gets no new answer here. */
  #isOverFor(examId: string): boolean {
    const { state } = this;
    if (!this.online || state === null) return false;
    if (state.session === null || state.candidate === null) return true;
    const { candidateId, lease } = state.candidate;
    if (examIdOf(state.session.sessionId, candidateId, lease) !== examId) return true;
    return state.stage === 'ended' || state.stage === 'moved' || state.stage === 'received';
  }

  /** While nobody answers, until it came out whole: a megabyte of the room's. */
  #toMeasure(): string | null {
    const { check } = this;
    if (check === null || check.facts?.throughputMbit !== undefined || SITTING.has(this.stage)) return null;
    return '/load';
  }

  #takeProbe({ reached, probes, facts }: ProbeAnswer): void {
    if (facts !== null) this.reportFacts(facts);
    if (this.state?.seatLabel != null) void this.#request({ t: 'internet', reached, probes });
  }

  #request(body: SeatRequestBody): Promise<Answer | null> {
    return this.#link?.request(body) ?? Promise.resolve(null);
  }

  #ofCandidate(
    body: (who: { candidateId: string; lease: number }) => SeatRequestBody,
  ): Promise<Answer | null> {
    const candidate = this.state?.candidate;
    if (candidate == null) return Promise.resolve(null);
    return this.#request(body({ candidateId: candidate.candidateId, lease: candidate.lease }));
  }

  async #checkMachine(): Promise<void> {
    this.check = await this.host.checkMachine();
    this.#sendCheck();
    this.#changed();
  }

  #sendCheck(): void {
    const seatLabel = this.state?.seatLabel ?? null;
    if (this.check === null || seatLabel === null || !this.online || this.#checkSentFor === seatLabel) return;
    this.#checkSentFor = seatLabel;
    void this.#request({ t: 'check', check: this.check });
  }

  /** Only where nobody is expected and nothing is left of an exam, whatever the room says. */
  #rehearse(word: string | null): void {
    this.#endRehearsal?.();
    const { rehearse } = this.host;
    const isIdle = this.online && IDLE.has(this.stage) && this.sittings.unsent(this.clock.now()).count === 0;
    this.#endRehearsal = word !== null && isIdle && rehearse !== undefined ? rehearse(word) : null;
    this.#changed();
  }

  async #newSecret(): Promise<string> {
    const secret = this.host.newSecret();
    await this.host.store.keepPcSecret(secret);
    return secret;
  }

  #flushEditors(): void {
    for (const flush of [...this.#editors]) flush();
  }

  #warn(error: unknown): void {
    console.warn('The paper could not be opened yet:', error);
  }

  #changed(): void {
    if (this.#notified) return;
    this.#notified = true;
    void Promise.resolve().then(() => {
      this.#notified = false;
      for (const listener of [...this.#listeners]) listener();
    });
  }
}
