// Brings everything that one sitting holds to the room: answers first, then lost time, then the hand-in, at last the word that
// nothing is left. Whatever the line does, nothing is dropped that the room has not taken or refused for good.

import type { ExamRecord, LocalStore } from '../local/local-store.js';
import type { Answer, SeatRequestBody } from '../room/room-link.js';
import type { AnswerBook } from './answer-book.js';

/** Refusals after which the same message may be taken later. */
const TRY_AGAIN = new Set([
  'failed',
  'too-fast',
  'seat-not-paired',
  'wrong-phase',
  'clock-not-confirmed',
  'files-missing',
]);
/** The room stands still or had not begun: what the candidate still sees is made anew when writing goes on. */
const MAKE_ANEW = new Set(['paused', 'suspended', 'too-early']);
const AT_ONCE = 8;
const PATIENCE_MS = 2_000;

export interface DeliveryHost {
  /** Null where the line broke before the answer came. */
  request(body: SeatRequestBody): Promise<Answer | null>;
  online(): boolean;
  /** True while this candidate may write here. */
  writing(): boolean;
  /** True when this sitting can get no new answer, by the room's word. */
  over(): boolean;
  roomNow(): number | null;
  keepExam: LocalStore['keepExam'];
  /** Files that the answers name and that are not in the room. */
  pendingFiles(): number;
  /** The room misses files that answers of this sitting name. */
  filesMissing(): void;
  /** The room has said that it holds everything of this sitting. */
  received(): void;
  changed(): void;
  /** An answer that the room will never take, for the log of the page. */
  refused(itemId: string, code: string): void;
}

/** Plays of recordings that the room has not heard of. */
function untold({ plays = {} }: ExamRecord): { itemId: string; count: number }[] {
  return Object.entries(plays)
    .filter(([, { count, told }]) => count > told)
    .map(([itemId, { count }]) => ({ itemId, count }));
}

export class Delivery {
  readonly #inFlight = new Set<string>();
  /** Refused while the room stood still, by item: which revision. */
  readonly #anew = new Map<string, number>();
  #busy = false;
  /** Something changed while the rest was being told. */
  #asked = false;
  #waitUntil: ReturnType<typeof setTimeout> | null = null;
  #done = false;

  constructor(
    readonly exam: ExamRecord,
    readonly book: AnswerBook,
    private readonly host: DeliveryHost,
  ) {}

  /** Everything that the room does not have yet: answers, hand-in, lost time. */
  get unsent(): number {
    const { submit, gaps } = this.exam;
    const files = this.host.pendingFiles();
    const plays = untold(this.exam).length;
    const handIn = submit !== null && !submit.settled ? 1 : 0;
    return files + plays + this.book.unsent().length + gaps.length + handIn;
  }

  /** Sends what may be sent now; to be called whenever something changed. */
  push(): void {
    const { host, exam } = this;
    if (this.#waitUntil !== null || this.#done) return;
    // Also without the room: what is seen here while writing goes on is what was answered.
    if (host.writing()) this.#makeAnew();
    if (!host.online()) return;
    // Where nobody writes here any more, the room decides about what it would not take before.
    const isLast = exam.submit !== null || host.over();
    for (const { itemId, rev } of this.book.unsent()) {
      if (this.#inFlight.size >= AT_ONCE) break;
      if (this.#inFlight.has(itemId) || (this.#anew.get(itemId) === rev && !isLast)) continue;
      void this.#save(itemId);
    }
    if (this.#inFlight.size > 0) return;
    if (this.#busy) this.#asked = true;
    else void this.#rest();
  }

  /** Nothing goes out any more. */
  stop(): void {
    this.#done = true;
    if (this.#waitUntil !== null) clearTimeout(this.#waitUntil);
  }

  async #save(itemId: string): Promise<void> {
    const row = this.book.get(itemId);
    if (row === undefined) return;
    const { rev, value, marked, madeAt, restores } = row;
    this.#inFlight.add(itemId);
    const answer = await this.host.request({
      t: 'save',
      ...this.#lease(),
      itemId,
      rev,
      value,
      marked,
      madeAt,
      ...(restores === undefined ? {} : { restores }),
    });
    this.#inFlight.delete(itemId);
    if (answer?.ok) this.book.settle(itemId, rev);
    else if (answer !== null) this.#refused(itemId, rev, answer.code);
    this.push();
  }

  #refused(itemId: string, rev: number, code: string): void {
    if (TRY_AGAIN.has(code)) return this.#wait();
    this.host.refused(itemId, code);
    if (!MAKE_ANEW.has(code)) return this.book.settle(itemId, rev);
    // It is not in the room, and stays unsent, for a page that is loaded anew as well.
    this.#anew.set(itemId, rev);
    // The word that the room stands still may come after this refusal: until then the page believes that it goes on.
    this.#wait();
  }

  #makeAnew(): void {
    const now = this.host.roomNow();
    if (this.#anew.size === 0 || now === null) return;
    const refused = [...this.#anew];
    this.#anew.clear();
    // What was changed since then goes out as it is.
    for (const [itemId, rev] of refused) if (this.book.get(itemId)?.rev === rev) this.book.renew(itemId, now);
  }

  /** After the answers: lost time, the hand-in, "nothing is left". One at a time, in this order. */
  async #rest(): Promise<void> {
    this.#busy = true;
    try {
      await this.#tellNext();
    } finally {
      this.#busy = false;
    }
    if (!this.#asked) return;
    this.#asked = false;
    this.push();
  }

  async #tellNext(): Promise<void> {
    const { exam, host } = this;
    const [play] = untold(exam);
    if (play !== undefined) {
      const answer = await host.request({ t: 'play', ...this.#lease(), ...play });
      if (!this.#isSettled(answer)) return;
      const { itemId, count } = play;
      const now = exam.plays?.[itemId];
      if (now !== undefined) exam.plays = { ...exam.plays, [itemId]: { ...now, told: count } };
      return this.#keepAndGoOn();
    }
    const [gap] = exam.gaps;
    if (gap !== undefined) {
      const answer = await host.request({ t: 'gap', ...this.#lease(), ...gap });
      if (!this.#isSettled(answer)) return;
      exam.gaps = exam.gaps.slice(1);
      return this.#keepAndGoOn();
    }
    if (exam.submit !== null && !exam.submit.settled) {
      const { madeAt } = exam.submit;
      const answer = await host.request({ t: 'submit', ...this.#lease(), madeAt });
      if (!this.#isSettled(answer)) return;
      // Refused for good: the candidate is not handed in, and writes on if there is time.
      exam.submit = answer?.ok ? { madeAt, settled: true } : null;
      return this.#keepAndGoOn();
    }
    if (host.over() && this.unsent === 0 && !this.book.isWriting) {
      const answer = await host.request({ t: 'nothing-unsent', ...this.#lease() });
      if (!this.#isSettled(answer)) return;
      this.#done = true;
      host.received();
    }
  }

  async #keepAndGoOn(): Promise<void> {
    await this.host.keepExam(this.exam).catch(() => undefined);
    this.host.changed();
    setTimeout(() => this.push());
  }

  #isSettled(answer: Answer | null): boolean {
    if (answer === null) return false;
    if (answer.ok || !TRY_AGAIN.has(answer.code)) return true;
    if (answer.code === 'files-missing') this.host.filesMissing();
    this.#wait();
    return false;
  }

  #wait(): void {
    this.#waitUntil ??= setTimeout(() => {
      this.#waitUntil = null;
      this.push();
    }, PATIENCE_MS);
  }

  #lease(): { candidateId: string; lease: number } {
    return { candidateId: this.exam.candidateId, lease: this.exam.lease };
  }
}
