// The answers of one sitting on this PC: changed here first, kept in the PC's storage, then delivered. Knows which revision of
// each item the room has. It neither sends nor shows.

import type { AnswerValueMessage, PaperMessage } from '../../../server/protocol/seat.js';
import type { AnswerRow, LocalStore } from '../local/local-store.js';
import { hasContent, sameValue } from './answer-values.js';
import { withVersion, type TextVersion } from './text-versions.js';

type BookStore = Pick<LocalStore, 'answers' | 'keepAnswer' | 'versions' | 'keepVersions'>;
/** As many as one save may carry. */
const MOST_RESTORES = 20;
/** More changes of one item than can be on their way to the storage when a PC dies. */
const REOPENED_STEP = 1_000;

export class AnswerBook {
  readonly #rows = new Map<string, AnswerRow>();
  readonly #versions = new Map<string, TextVersion[]>();
  /** Writes that the PC's storage has not confirmed. */
  #writing = 0;
  /** The PC's storage refused a write: answers live in memory and in the room only. */
  storageFailed = false;

  /** Changed on this page while the room had not said what it holds. */
  readonly #early = new Set<string>();
  /** An earlier page may have sent what this PC's storage lost: a revision that it used is not used again. */
  #mayHaveLost: boolean;

  private constructor(
    readonly examId: string,
    private readonly store: BookStore,
    private readonly changed: () => void,
    reopened: boolean,
  ) {
    this.#mayHaveLost = reopened;
  }

  /**
   * Reads what the PC kept. @param changed called whenever something is to be shown or sent anew
   * @param reopened an earlier page has worked on this sitting
   */
  static async open(
    examId: string,
    store: BookStore,
    changed: () => void,
    reopened = false,
  ): Promise<AnswerBook> {
    const book = new AnswerBook(examId, store, changed, reopened);
    for (const row of await store.answers(examId)) book.#rows.set(row.itemId, row);
    for (const { itemId, versions } of await store.versions(examId)) book.#versions.set(itemId, versions);
    return book;
  }

  get(itemId: string): AnswerRow | undefined {
    return this.#rows.get(itemId);
  }

  /** Every answer of this sitting. */
  all(): AnswerRow[] {
    return [...this.#rows.values()];
  }

  isAnswered(itemId: string): boolean {
    const value = this.#rows.get(itemId)?.value;
    return value !== undefined && hasContent(value);
  }

  isMarked(itemId: string): boolean {
    return this.#rows.get(itemId)?.marked ?? false;
  }

  /** True while something is not yet in this PC's storage. */
  get isWriting(): boolean {
    return this.#writing > 0;
  }

  /** Rows that the room does not have, the oldest change first. */
  unsent(): AnswerRow[] {
    return [...this.#rows.values()]
      .filter(({ rev, settledRev }) => rev > settledRev)
      .sort((a, b) => a.madeAt - b.madeAt);
  }

  /**
   * Changes an answer; nothing happens where it says the same already.
   * @param madeAt room time of the change, ms
   */
  change(itemId: string, value: AnswerValueMessage, marked: boolean, madeAt: number): void {
    const before = this.#rows.get(itemId);
    if (before !== undefined && before.marked === marked && sameValue(before.value, value)) return;
    this.#keepVersion(before, value);
    this.#keep({
      ...this.#untold(before),
      examId: this.examId,
      itemId,
      rev: this.#nextRev(itemId, before),
      value,
      marked,
      madeAt,
      settledRev: before?.settledRev ?? 0,
    });
  }

  /** Earlier versions of a text, oldest first. */
  versions(itemId: string): readonly TextVersion[] {
    return this.#versions.get(itemId) ?? [];
  }

  /** Brings an earlier version back. What stood until now becomes a version itself. @param madeAt room time, ms */
  restore(itemId: string, version: TextVersion, madeAt: number): void {
    const before = this.#rows.get(itemId);
    const value = { text: version.text };
    if (before === undefined || sameValue(before.value, value)) return;
    this.#keepVersion(before, value, true);
    const rev = this.#nextRev(itemId, before);
    const restores = [...(before.restores ?? []), { rev, ofRev: version.rev }].slice(-MOST_RESTORES);
    this.#keep({ ...before, rev, value, madeAt, restores });
  }

  #keepVersion(before: AnswerRow | undefined, next: AnswerValueMessage, always = false): void {
    if (before === undefined || !('text' in before.value) || !('text' in next)) return;
    const { itemId, rev, madeAt, value } = before;
    const known = this.#versions.get(itemId) ?? [];
    const versions = withVersion(known, { rev, text: value.text, madeAt }, next.text, always);
    if (versions.length === known.length && versions.every((one, index) => one === known[index])) return;
    this.#versions.set(itemId, versions);
    // An answer comes first: where the storage is full, versions live in memory only.
    this.store.keepVersions({ examId: this.examId, itemId, versions }).catch(() => undefined);
  }

  /** Restores that the room has not heard of. */
  #untold(before: AnswerRow | undefined): Pick<AnswerRow, 'restores'> {
    const restores = (before?.restores ?? []).filter(({ rev }) => rev > (before?.settledRev ?? 0));
    return restores.length === 0 ? {} : { restores };
  }

  /** The room would not take this revision while it stood still; it is still what the candidate sees: made anew now. */
  renew(itemId: string, madeAt: number): void {
    const before = this.#rows.get(itemId);
    if (before !== undefined) this.#keep({ ...before, rev: this.#nextRev(itemId, before), madeAt });
  }

  /** The room has this revision on its disk, or has refused it for good. */
  settle(itemId: string, rev: number): void {
    const row = this.#rows.get(itemId);
    if (row === undefined || rev <= row.settledRev) return;
    const { restores: _told, ...rest } = row;
    this.#keep({ ...rest, ...this.#untold({ ...row, settledRev: rev }), settledRev: rev });
  }

  #nextRev(itemId: string, before: AnswerRow | undefined): number {
    const isFirst = this.#mayHaveLost && !this.#early.has(itemId);
    if (this.#mayHaveLost) this.#early.add(itemId);
    return (before?.rev ?? 0) + (isFirst ? REOPENED_STEP : 1);
  }

  /**
   * Takes what the room holds, where this PC knows less: after a swap, when the PC before it delivers late, or with its storage
   * lost. What was changed here (from revision 1 on) gives way to nothing of an earlier PC.
   */
  merge(lease: number, answers: PaperMessage['answers']): void {
    this.#mayHaveLost = false;
    for (const { itemId, lease: itsLease, rev, value, marked } of answers) {
      const mine = this.#rows.get(itemId);
      const own = itsLease === lease;
      if (mine !== undefined && (own ? mine.rev >= rev : mine.rev > 0 || sameValue(mine.value, value))) {
        if (own) this.settle(itemId, rev);
        continue;
      }
      const known = own ? rev : 0;
      this.#keep({ examId: this.examId, itemId, rev: known, value, marked, madeAt: 0, settledRev: known });
    }
  }

  #keep(row: AnswerRow): void {
    this.#rows.set(row.itemId, row);
    this.#writing += 1;
    this.store.keepAnswer(row).then(
      () => this.#written(),
      () => {
        this.storageFailed = true;
        this.#written();
      },
    );
    this.changed();
  }

  #written(): void {
    this.#writing -= 1;
    if (this.#writing === 0) this.changed();
  }
}
