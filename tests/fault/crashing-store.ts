// A PC's storage as a browser keeps it: a write is in order, takes its time, and is lost when the browser dies before it is done.
// Tells what the page wanted to keep, at once.

import type {
  AnswerRow,
  ExamRecord,
  FileRow,
  LocalStore,
} from '../../kiosk-client/candidate/local/local-store.js';
import { MemoryStore } from '../kiosk-client/support/memory-store.js';

export interface StoreWatcher {
  kept(row: AnswerRow): void;
  /** Everything of an exam leaves the PC; `rows` is what its page showed. */
  dropped(examId: string, rows: AnswerRow[]): void;
}

export class CrashingStore extends MemoryStore {
  /** What the page believes to be kept. */
  readonly #shown = new Map<string, AnswerRow>();
  #last: Promise<unknown> = Promise.resolve();
  #life = 0;

  constructor(
    private readonly watcher: StoreWatcher,
    private readonly writeMs: () => number,
  ) {
    super();
  }

  /** The storage as one page has it: once that page is gone, nothing of it is done or answered any more. */
  forPage(): { store: LocalStore; gone(): void } {
    let isThere = true;
    const store = new Proxy<LocalStore>(this, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]): unknown =>
          isThere ? Reflect.apply(member, target, args) : new Promise(() => undefined);
      },
    });
    return { store, gone: () => (isThere = false) };
  }

  /** The browser dies: what is not done is never done. The next page reads what is there. */
  crash(): void {
    this.#life += 1;
    this.#last = Promise.resolve();
    this.#shown.clear();
    for (const row of this.answerRows.values()) this.#shown.set(`${row.examId}/${row.itemId}`, row);
  }

  override keepAnswer(row: AnswerRow): Promise<void> {
    const copy = structuredClone(row);
    this.#shown.set(`${row.examId}/${row.itemId}`, copy);
    this.watcher.kept(copy);
    return this.#write(() => super.keepAnswer(copy));
  }

  override keepExam(exam: ExamRecord): Promise<void> {
    return this.#write(() => super.keepExam(exam));
  }

  override keepFile(row: FileRow): Promise<void> {
    return this.#write(() => super.keepFile(row));
  }

  override dropExam(examId: string): Promise<void> {
    const rows = [...this.#shown.values()].filter((row) => row.examId === examId);
    for (const row of rows) this.#shown.delete(`${examId}/${row.itemId}`);
    this.watcher.dropped(examId, rows);
    return this.#write(() => super.dropExam(examId));
  }

  /** One after the other; never again once the browser has died. */
  #write(work: () => Promise<void>): Promise<void> {
    const life = this.#life;
    const done = this.#last.then(async () => {
      await new Promise((resolve) => setTimeout(resolve, this.writeMs()));
      if (life === this.#life) await work();
      else await new Promise(() => undefined);
    });
    this.#last = done;
    return done;
  }
}
