// What this PC keeps by itself, as a disk would: its secret, every answer before it is sent, the hand-in, and ciphertext. Neither a
// key nor an opened word of the paper comes here.

import { randomBytes } from 'node:crypto';

export type Value =
  | { options: string[] }
  | { blanks: string[] }
  | { text: string }
  | { files: { fileHash: string; size: number; name: string; type: string }[] };

export interface KeptAnswer {
  itemId: string;
  rev: number;
  value: Value;
  marked: boolean;
  madeAt: number;
  /** The newest revision that the room has, or has refused for good. */
  settledRev: number;
}

export class PcStorage {
  readonly pcSecret = randomBytes(32).toString('hex');
  readonly answers = new Map<string, KeptAnswer>();
  submittedAt: number | null = null;
  submitSettled = false;
  /** How often each recording has begun, by item; `told` is what the room knows. */
  readonly plays = new Map<string, { count: number; told: number }>();
  gaps: { from: number; to: number }[] = [];
  /** Ciphertext by its SHA-256. */
  readonly parts = new Map<string, Buffer>();
  /** Files that answers name, by their SHA-256, until the room has them. */
  readonly files = new Map<string, Buffer>();

  unsent(): KeptAnswer[] {
    return [...this.answers.values()]
      .filter(({ rev, settledRev }) => rev > settledRev)
      .sort((a, b) => a.madeAt - b.madeAt);
  }
}
