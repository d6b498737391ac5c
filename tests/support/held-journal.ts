// A journal in memory whose disk the test drives: entries get their numbers at once and become durable when `release` says
// so, or at once with `auto`. For tests of what waits for the disk; not a journal to keep anything in.

import type { EncodedSnapshot, Entry, Journal, Snapshot, Written } from '../../server/journal/journal.js';

export class HeldJournal implements Journal {
  readonly entries: Written[] = [];
  readonly heads: () => Promise<never[]> = async () => [];
  readonly signedAt: number[] = [];
  readonly snapshots: Snapshot[] = [];
  durableSeq = 0;
  auto: boolean;
  #waiting: { seq: number; resolve: () => void; reject: (error: Error) => void }[] = [];
  #failed: Error | null = null;
  #listeners: ((error: Error) => void)[] = [];

  /** @param entries what lies on the disk already, from another journal */
  constructor(
    options: { auto?: boolean; entries?: readonly Written[]; snapshots?: readonly Snapshot[] } = {},
  ) {
    this.auto = options.auto ?? false;
    this.entries.push(...(options.entries ?? []));
    this.snapshots.push(...(options.snapshots ?? []));
    this.durableSeq = this.entries.length;
  }

  get lastSeq(): number {
    return this.entries.length;
  }

  append(entries: readonly Entry[]): number {
    if (this.#failed) throw this.#failed;
    for (const entry of entries)
      this.entries.push({ ...(JSON.parse(JSON.stringify(entry)) as Entry), seq: this.entries.length + 1 });
    if (this.auto) this.release();
    return this.lastSeq;
  }

  /** Lets everything until `seq` reach the disk. */
  release(seq = this.lastSeq): void {
    this.durableSeq = Math.max(this.durableSeq, seq);
    const ready = this.#waiting.filter((one) => one.seq <= this.durableSeq);
    this.#waiting = this.#waiting.filter((one) => one.seq > this.durableSeq);
    for (const { resolve } of ready) resolve();
  }

  /** The disk fails. */
  fail(error: Error): void {
    this.#failed = error;
    for (const { reject } of this.#waiting) reject(error);
    this.#waiting = [];
    for (const listener of this.#listeners) listener(error);
  }

  whenDurable(seq: number): Promise<void> {
    if (this.#failed) return Promise.reject(this.#failed);
    if (seq <= this.durableSeq) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ seq, resolve, reject }));
  }

  async *replay(afterSeq = 0): AsyncIterable<Written> {
    for (const entry of this.entries.slice(afterSeq, this.durableSeq)) yield entry;
  }

  async latestSnapshot(): Promise<Snapshot | null> {
    return this.snapshots.at(-1) ?? null;
  }

  async writeSnapshot(snapshot: Snapshot | EncodedSnapshot): Promise<void> {
    const { seq } = snapshot;
    const json =
      'json' in snapshot ? Buffer.from(snapshot.json).toString('utf8') : JSON.stringify(snapshot.state);
    this.snapshots.push({ seq, state: JSON.parse(json) as unknown });
  }

  async checkpoint(): Promise<void> {
    return;
  }

  async signHead(at: number): Promise<void> {
    this.signedAt.push(at);
  }

  onFailure(listener: (error: Error) => void): void {
    this.#listeners.push(listener);
  }

  rows(): AsyncIterable<never> {
    throw new Error('The held journal has no rows');
  }

  async dataKeys(): Promise<Record<string, Buffer>> {
    return {};
  }

  async rotateKeys(): Promise<void> {
    return;
  }

  async destroyKey(): Promise<void> {
    return;
  }

  async backup(): Promise<void> {
    throw new Error('The held journal makes no backup');
  }

  async close(): Promise<void> {
    return;
  }
}
