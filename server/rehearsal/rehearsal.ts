// A rehearsal: so many simulated candidates of one process against the practice session of one room, over the room's own
// wires. It asks the room first whether it is a practice room, stops when the room says that it is none, and stops by itself.

import type { RoomFacts } from '../protocol/http.js';
import type { RoomView, SeatRow } from '../protocol/staff.js';
import { refusalText } from '../protocol/refusal-texts.js';
import { PaperShelf } from './paper-shelf.js';
import { RehearsalFigures } from './rehearsal-figures.js';
import type { HeldAnswer, RehearsedSeat, SeatParts, Step } from './rehearsed-seat.js';
import { RehearsedSeats } from './rehearsed-seats.js';
import { fetchBytes, type RoomAddress } from './room-address.js';
import { SimulatedPc } from './simulated-pc.js';
import { actMany, lookAtRoom, type StaffSignIn } from './staff-hands.js';

export interface RehearsalOptions {
  address: RoomAddress;
  seats: number;
  /** The first seat of the room's list that this process plays, from 1. */
  from: number;
  /** The part of the candidates who lose their cable once, 0 to 1. */
  reconnects: number;
  /** In which the items are answered, milliseconds; null = until the end of the exam. */
  paceMs: number | null;
  /** After which the rehearsal ends, whatever the room does, milliseconds. */
  limitMs: number;
  seed: number;
  signal: AbortSignal;
  startGivenAt?: () => number | null;
  onSaved?: SeatParts['onSaved'];
}

/** The room is not one to rehearse in. The message is for the person at the terminal. */
export class NotPracticeError extends Error {
  constructor() {
    const { zh, nextZh, en, nextEn } = refusalText('simulated-pc');
    super(`${zh}。${nextZh}。\n${en}. ${nextEn}.`);
    this.name = 'NotPracticeError';
  }
}

export class Rehearsal {
  readonly figures = new RehearsalFigures();
  readonly #played: RehearsedSeats;
  /** Resolves when the first of them can answer. */
  readonly started: Promise<void>;
  readonly #shelf: PaperShelf;
  readonly #codes = new Map<RehearsedSeat, string>();
  #rows: SeatRow[] = [];
  #sessionId = '';

  constructor(private readonly options: RehearsalOptions) {
    const { address, limitMs, paceMs, signal, onSaved } = options;
    this.#shelf = new PaperShelf(address, (tookMs) => this.figures.note('fetch', tookMs));
    let begin = () => undefined as void;
    this.started = new Promise((resolve) => (begin = resolve));
    const parts: SeatParts = {
      ...{ figures: this.figures, shelf: this.#shelf, paceMs, patienceMs: limitMs },
      newPc: (reconnectDelayMs) => new SimulatedPc({ address, simulated: true, reconnectDelayMs }),
      onStarted: () => begin(),
      startGivenAt: options.startGivenAt ?? (() => null),
      ...(onSaved === undefined ? {} : { onSaved }),
    };
    this.#played = new RehearsedSeats(options, parts);
    signal.addEventListener('abort', () => this.stop(), { once: true });
  }

  get seats(): readonly RehearsedSeat[] {
    return this.#played.all;
  }

  /** How many have come at least so far. */
  count(step: Step): number {
    return this.#played.count(step);
  }

  /** What the room acknowledged, the newest for each candidate and item. */
  acknowledged(): HeldAnswer[] {
    return this.#played.acknowledged();
  }

  get bytesFetched(): number {
    return this.#shelf.bytes;
  }

  get reconnects(): number {
    return this.#played.reconnects;
  }

  /** Before anything else: is this a practice room? @throws NotPracticeError, or Error where nobody answers */
  async ask(): Promise<RoomFacts> {
    const facts = JSON.parse(
      (await fetchBytes(this.options.address, '/api/v1/room')).toString('utf8'),
    ) as RoomFacts;
    if (!facts.practice) throw new NotPracticeError();
    return facts;
  }

  /** Connects every PC; each shows a pairing code. @throws NotPracticeError when the room sends one away */
  async connect(): Promise<void> {
    await this.#played.connect((seat, code) => void this.#codes.set(seat, code));
    this.#objectToBeingSentAway();
  }

  /** Binds every PC to its seat. @param pairs who does it @throws Error naming seats that are not free, NotPracticeError */
  async pair(pairs: StaffSignIn): Promise<void> {
    const { address, from, seats } = this.options;
    const view = await lookAtRoom(address, pairs);
    this.#rows = this.#choose(view);
    const stale = this.#rows.filter((row) => row.look !== 'unpaired');
    const reason = '上一次演练已结束 / an earlier rehearsal is over';
    const unpair = ({ seatId }: SeatRow) => ({ type: 'unpair-seat', seatId, reason }) as const;
    await actMany(address, pairs, stale, unpair, () => undefined);
    const pairing = this.seats.map((seat, index) => ({ seat, row: this.#rows[index] }));
    if (pairing.some(({ row }) => row === undefined))
      throw new Error(
        `从第 ${from} 个考位起没有 ${seats} 个考位 / there are no ${seats} seats from number ${from} on`,
      );
    await actMany(
      ...([address, pairs, pairing] as const),
      ({ seat, row }) => ({
        type: 'pair-seat',
        pairingCode: this.#codes.get(seat) ?? '',
        seatId: row?.seatId ?? '',
      }),
      ({ seat, row }, outcome) => {
        if (outcome.ok) return;
        seat.stop();
        this.figures.refused(outcome.code);
        this.figures.problem(`pair-seat ${row?.label ?? ''}: ${outcome.code}`);
      },
    );
  }

  /** Every PC fetches the sealed paper. */
  async fetch(): Promise<void> {
    await this.#each((seat) => seat.fetch());
  }

  /** Checks everybody in, once entry is open. @param admits who does it */
  async admit(admits: StaffSignIn): Promise<void> {
    const { address } = this.options;
    await this.#each(
      async ({ pc }) => void (await pc.until(({ stage }) => stage === 'log-in', this.options.limitMs)),
    );
    const expected = (await lookAtRoom(address, admits)).seats
      .filter(({ seatId }) => this.#rows.some((row) => row.seatId === seatId))
      .filter(({ attendance }) => attendance === 'expected');
    await actMany(
      ...([address, admits, expected] as const),
      ({ candidateId }) => ({
        ...{ type: 'check-in', sessionId: this.#sessionId, candidateId: candidateId ?? '' },
        ...{ outcome: 'admitted', documentSeen: true, ticketSeen: true, reason: null, happenedAt: null },
      }),
      (_, outcome) => {
        if (!outcome.ok) this.figures.refused(outcome.code);
      },
    );
  }

  /** Everybody logs in at once. */
  async logIn(): Promise<void> {
    await this.#each((seat, index) => seat.logIn(this.#rows[index]?.ticketNo ?? ''));
  }

  /** Everybody sits the exam, from the start to "received". */
  async sit(): Promise<void> {
    await this.#each((seat) => seat.sit());
  }

  /** Gives the seats back, so that machines can be paired with them; as far as the room lets it. */
  async giveBack(pairs: StaffSignIn): Promise<void> {
    const { address } = this.options;
    const reason = '演练结束 / the rehearsal is over';
    await actMany(
      ...([address, pairs, this.#rows] as const),
      ({ seatId }) => ({ type: 'unpair-seat', seatId, reason }),
      () => undefined,
    );
  }

  stop(): void {
    this.#shelf.stop();
    this.#played.stop();
  }

  async #each(step: (seat: RehearsedSeat, index: number) => Promise<void>): Promise<void> {
    await this.#played.each(step);
    this.#objectToBeingSentAway();
  }

  #objectToBeingSentAway(): void {
    if (this.#played.sentAway) throw new NotPracticeError();
  }

  /** The seats that this process plays. @throws Error where a machine stands at one, NotPracticeError */
  #choose(view: RoomView): SeatRow[] {
    const { session, seats: all } = view;
    if (session === null || !session.practice) throw new NotPracticeError();
    this.#sessionId = session.sessionId;
    const { from, seats } = this.options;
    const rows = all
      .filter(({ candidateId, spare }) => candidateId !== null && !spare)
      .slice(from - 1, from - 1 + seats);
    const taken = rows.filter(
      (row) => row.look !== 'unpaired' && !(row.simulated === true && !row.connected),
    );
    if (taken.length === 0) return rows;
    const labels = `${taken
      .slice(0, 10)
      .map(({ label }) => label)
      .join(', ')}${taken.length > 10 ? ' …' : ''}`;
    throw new Error(
      `考位已配对考生机，演练不会占用：${labels}（用 --from 换一段，或在监考台解除配对）\n` +
        `Seats have a PC already, a rehearsal takes none away: ${labels} (choose others with --from, or unpair them on the console)`,
    );
  }
}
