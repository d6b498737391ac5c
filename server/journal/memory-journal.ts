// The journal in memory: for tests of what stands above it. Seals and chains like the real one; "durable" comes a turn later.

import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { PrivateKeys } from '../keys/key-files.js';
import { AppendLedger } from './append-ledger.js';
import { FIRST_PREV, rowToLine, signHead } from './chain.js';
import type { EncodedSnapshot, Entry, Journal, SignedHead, Snapshot, StoredRow, Written } from './journal.js';
import { DATA_KEY_CREATED, makeRow, numbered, readRow } from './rows.js';
import { parseState } from './snapshots.js';

export interface MemoryJournalOptions {
  room: PrivateKeys;
  /** False leaves it to the test to say what is durable. */
  autoDurable?: boolean;
}

/** A journal that forgets everything when the process ends. */
export class MemoryJournal implements Journal {
  readonly #rows: StoredRow[] = [];
  readonly #heads: SignedHead[] = [];
  readonly #keys = new Map<string, { keyId: string; key: Buffer }[]>();
  readonly #ledger = new AppendLedger();
  #snapshot: { seq: number; json: string } | null = null;
  #forgottenSeq = 0;

  constructor(private readonly options: MemoryJournalOptions) {}

  get lastSeq(): number {
    return this.#ledger.lastSeq;
  }

  get durableSeq(): number {
    return this.#ledger.durableSeq;
  }

  append(entries: readonly Entry[]): number {
    this.#ledger.assertAlive();
    for (const { session, at } of entries) if (!this.#keys.has(session)) this.#beginKey(session, at);
    for (const entry of entries) {
      const key = this.#keys.get(entry.session)?.at(-1);
      if (key === undefined) throw new Error(`The data key of "${entry.session}" was destroyed`);
      this.#rows.push(makeRow(this.#lastHash(), numbered(entry, this.#ledger.take()), key));
    }
    const seq = this.lastSeq;
    if (this.options.autoDurable !== false) setImmediate(() => this.settle(seq));
    return seq;
  }

  /** Says that everything up to `seq` is on the disk that is not there. */
  settle(seq: number): void {
    if (!this.#ledger.failed) this.#ledger.settle(Math.max(seq, this.durableSeq));
  }

  /** Makes the journal fail as a full disk would. */
  fail(error: Error): void {
    this.#ledger.fail(error);
  }

  whenDurable(seq: number): Promise<void> {
    return this.#ledger.whenDurable(seq);
  }

  async *replay(afterSeq = 0): AsyncIterable<Written> {
    for (const row of this.#rows.slice(afterSeq))
      if (row.type !== DATA_KEY_CREATED) yield readRow(row, (keyId) => this.#keyById(keyId));
    await Promise.resolve();
  }

  async *rows(afterSeq = 0): AsyncIterable<StoredRow> {
    await this.whenDurable(this.lastSeq);
    yield* this.#rows.slice(afterSeq);
  }

  heads(): Promise<SignedHead[]> {
    return Promise.resolve([...this.#heads]);
  }

  dataKeys(session: string): Promise<Record<string, Buffer>> {
    const keys = [...(this.#keys.get(session) ?? []), ...(this.#keys.get('') ?? [])];
    return Promise.resolve(Object.fromEntries(keys.map(({ keyId, key }) => [keyId, key])));
  }

  async rotateKeys(sessions: readonly string[]): Promise<void> {
    for (const scope of ['', ...sessions]) this.#beginKey(scope, this.#rows.at(-1)?.at ?? 0);
    const seq = this.lastSeq;
    setImmediate(() => this.settle(seq));
    await this.whenDurable(seq);
  }

  destroyKey(session: string): Promise<void> {
    for (const { key } of this.#keys.get(session) ?? []) key.fill(0);
    this.#keys.delete(session);
    this.#snapshot = null;
    this.#forgottenSeq = this.lastSeq;
    return Promise.resolve();
  }

  latestSnapshot(): Promise<Snapshot | null> {
    const { seq, json } = this.#snapshot ?? { seq: 0, json: 'null' };
    return Promise.resolve(seq === 0 ? null : { seq, state: JSON.parse(json) as unknown });
  }

  writeSnapshot(snapshot: Snapshot | EncodedSnapshot): Promise<void> {
    const { seq } = snapshot;
    const json = JSON.stringify('json' in snapshot ? parseState(snapshot.json) : snapshot.state);
    if (seq < 1 || seq > this.lastSeq)
      return Promise.reject(new Error(`No row ${seq} to take a snapshot of`));
    if (seq > this.#forgottenSeq) this.#snapshot = { seq, json };
    return Promise.resolve();
  }

  signHead(at: number): Promise<void> {
    const last = this.#rows.at(-1);
    if (last) this.#heads.push(signHead({ seq: last.seq, hash: last.hash, at }, this.options.room));
    return Promise.resolve();
  }

  async checkpoint(): Promise<void> {
    await this.whenDurable(this.lastSeq);
  }

  async backup(file: string): Promise<void> {
    await writeFile(file, this.#rows.map(rowToLine).join('\n'));
  }

  onFailure(listener: (error: Error) => void): void {
    this.#ledger.onFailure(listener);
  }

  close(): Promise<void> {
    this.#ledger.close();
    return Promise.resolve();
  }

  #beginKey(scope: string, at: number): void {
    const keyId = `${scope === '' ? 'room' : scope}.${randomBytes(6).toString('hex')}`;
    this.#keys.set(scope, [...(this.#keys.get(scope) ?? []), { keyId, key: randomBytes(32) }]);
    const body = { keyId, scope, forOrg: null };
    const entry = numbered(
      { at, session: scope, type: DATA_KEY_CREATED, actor: 'room', body },
      this.#ledger.take(),
    );
    this.#rows.push(makeRow(this.#lastHash(), entry, null));
  }

  #keyById(keyId: string): Buffer | null {
    for (const keys of this.#keys.values()) for (const one of keys) if (one.keyId === keyId) return one.key;
    return null;
  }

  #lastHash(): string {
    return this.#rows.at(-1)?.hash ?? FIRST_PREV;
  }
}
