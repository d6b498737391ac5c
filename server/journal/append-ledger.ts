// Numbers given out, numbers on disk, and who waits for which. Shared by every implementation of the journal.

interface Waiter {
  seq: number;
  resolve: () => void;
  reject: (error: Error) => void;
}

export class AppendLedger {
  lastSeq = 0;
  durableSeq = 0;
  /** In order of seq: whoever asks later waits for the same or a later number in nearly all cases. */
  #waiters: Waiter[] = [];
  #listeners: ((error: Error) => void)[] = [];
  #failure: Error | null = null;

  get failed(): boolean {
    return this.#failure !== null;
  }

  begin(seq: number): void {
    this.lastSeq = seq;
    this.durableSeq = seq;
  }

  /** The next number. */
  take(): number {
    return ++this.lastSeq;
  }

  /** @throws Error once the journal has failed or was closed */
  assertAlive(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  whenDurable(seq: number): Promise<void> {
    if (seq <= this.durableSeq) return Promise.resolve();
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const waiter = { seq, resolve, reject };
      const last = this.#waiters.at(-1);
      if (last === undefined || last.seq <= seq) this.#waiters.push(waiter);
      else
        this.#waiters.splice(
          this.#waiters.findIndex((other) => other.seq > seq),
          0,
          waiter,
        );
    });
  }

  /** Everything up to `seq` is on disk. */
  settle(seq: number): void {
    this.durableSeq = seq;
    const firstWaiting = this.#waiters.findIndex((waiter) => waiter.seq > seq);
    const served = this.#waiters.splice(0, firstWaiting === -1 ? this.#waiters.length : firstWaiting);
    for (const { resolve } of served) resolve();
  }

  /** Nothing more will reach the disk: rejects all who wait and tells the listeners, once. */
  fail(error: Error): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    for (const { reject } of this.#waiters.splice(0)) reject(error);
    for (const listener of this.#listeners) listener(error);
  }

  onFailure(listener: (error: Error) => void): void {
    this.#listeners.push(listener);
  }

  close(): void {
    this.#failure ??= new Error('The journal is closed');
    for (const { reject } of this.#waiters.splice(0)) reject(this.#failure);
  }
}
