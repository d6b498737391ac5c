// What the uploads need of the room; compose passes it in.

import type { Actor } from '../core/types.js';
import type { Refusal } from '../core/refusals.js';
import type { UploadName } from '../protocol/uploads.js';

export type SeatActor = Extract<Actor, { kind: 'seat' }>;

/** A file that an answer names, as the rules see it now. */
export interface AskedFile {
  sessionId: string;
  /** Bytes that it has to have; null where no answer names it. */
  size: number | null;
  /** The room has acknowledged its bytes. */
  received: boolean;
}

export interface UploadHost {
  /** The paired PC with this secret, or null. */
  seatOf(pcSecret: string): SeatActor | null;
  /** What the rules say of a file that this PC asks about; refused where the lease is not its own. */
  asked(by: SeatActor, name: UploadName): AskedFile | Refusal;
  /** Records that the bytes are on the disk; resolves when that is durable too. */
  receive(by: SeatActor, name: UploadName, bytes: number): Promise<Refusal | null>;
  /** Hashes of a candidate's files that an answer names. */
  declared(sessionId: string, candidateId: string): ReadonlySet<string>;
  /** Records that a file leaves the disk. @returns false where it may not */
  drop(sessionId: string, candidateId: string, fileHash: string): Promise<boolean>;
}
