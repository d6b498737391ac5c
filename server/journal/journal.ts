// The journal as the rest of the server knows it: append, wait for the disk, replay. Two implementations, one contract.

/** One thing to write. `body` is any JSON value; it is encrypted under the session's data key before it is stored. */
export interface Entry {
  at: number;
  /** Session id, or '' for what concerns the room. */
  session: string;
  type: string;
  /** `staff:<id>@<station>`, `seat:<id>`, `room`. */
  actor: string;
  body: unknown;
}

/** One thing that was written. */
export interface Written extends Entry {
  seq: number;
}

/** The stored bytes that the hash chain covers; what a bundle carries. The body is ciphertext. */
export interface StoredRow {
  seq: number;
  at: number;
  session: string;
  type: string;
  actor: string;
  /** Data key under which the body is sealed; '' where the body is plain. */
  keyId: string;
  body: Buffer;
  /** Hash of the row before, 64 hex digits; 64 zeros before the first. */
  prev: string;
  hash: string;
}

/** The room's signature over a head of the chain. */
export interface SignedHead {
  seq: number;
  hash: string;
  at: number;
  keyId: string;
  /** Ed25519, base64. */
  signature: string;
}

export interface Snapshot {
  /** The last event that the state contains. */
  seq: number;
  state: unknown;
}

/** A snapshot that was encoded elsewhere: JSON as UTF-8, gzipped or not. */
export interface EncodedSnapshot {
  seq: number;
  json: Uint8Array;
}

export interface Journal {
  /** The last sequence number given out (0 = none), and the last that is on disk. */
  readonly lastSeq: number;
  readonly durableSeq: number;
  /**
   * Gives numbers to the entries at once, in order, and hands them to the writer.
   * @returns the number of the last entry
   */
  append(entries: readonly Entry[]): number;
  /** Resolves when `seq` is on disk (fsync done); rejects when the journal has failed. */
  whenDurable(seq: number): Promise<void>;
  /** Reads everything after `afterSeq`, oldest first, decrypted. */
  replay(afterSeq?: number): AsyncIterable<Written>;
  /** The newest snapshot whose signature holds, or null. */
  latestSnapshot(): Promise<Snapshot | null>;
  /** Stores a signed, encrypted snapshot of the state after `seq`. Encoded bytes are taken over: they cannot be used again. */
  writeSnapshot(snapshot: Snapshot | EncodedSnapshot): Promise<void>;
  /** Signs the present head with the room's key (phase changes, and at least once a minute). */
  signHead(at: number): Promise<void>;
  /**
   * Brings everything that was appended into the journal's own file, and waits for the disk: where the power is about to end, nothing
   * is left to be brought back. What somebody reads at that moment stays in the log, as safe as before.
   */
  checkpoint(): Promise<void>;
  /** Stored rows after `afterSeq`, as they lie on the disk. */
  rows(afterSeq?: number): AsyncIterable<StoredRow>;
  heads(): Promise<SignedHead[]>;
  /** Plain data keys (32 bytes, by key id) under which the rows of a session, and the room's rows beside them, are sealed. */
  dataKeys(session: string): Promise<Record<string, Buffer>>;
  /**
   * Begins new data keys at the installation of a package: for the rows with session '' and for those of the sessions that it
   * brings. In force for what is appended after the call; resolves when they are on disk.
   */
  rotateKeys(sessions: readonly string[]): Promise<void>;
  /**
   * Destroys the room's copies of a session's data keys and every snapshot (the wipe, rule 3). To be called again after a crash;
   * what is written for the session later has a key of its own.
   */
  destroyKey(session: string): Promise<void>;
  /** Online backup to a new file, by SQLite's own means; without snapshots, so that the wipe holds for it too. */
  backup(file: string): Promise<void>;
  /** Called once when a commit failed: the process has to stop (rule 2). */
  onFailure(listener: (error: Error) => void): void;
  close(): Promise<void>;
}
