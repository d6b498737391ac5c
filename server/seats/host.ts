// What the seats gateway needs of the rest of the room; main.ts passes it in.

import type { Room } from '../room.js';
import type { Log } from '../log.js';
import type { ItemId, SeatId, SessionId, State } from '../core/types.js';
import type { SeatFacts } from '../core/views.js';
import type { SealedPart } from '../protocol/seat.js';

/** Keys of a paper that was opened; in memory only. */
export interface OpenedPaper {
  paperId: string;
  contentKey: Buffer;
  /** Keys of pooled items. */
  itemKeys: ReadonlyMap<ItemId, Buffer>;
}

export interface SeatHost {
  room: Room;
  /** Rules' view of one paired seat. */
  seatFacts(state: State, seatId: SeatId, now: number): SeatFacts;
  /** Sealed parts that PCs of a session fetch before the start. */
  parts(sessionId: SessionId): readonly SealedPart[];
  /** Keys of the paper that a session opened; null before the opening and after the collection. */
  openedPaper(sessionId: SessionId): OpenedPaper | null;
  photoUrl(hash: string): string;
  /** Room time as the wall clock has it; PCs' own times are compared with it after a new boot (rule 6). */
  wallTime(): number;
  version: string;
  /** What PCs try to reach outside, and how often; absent where nothing is tried. */
  probes?: { addresses: string[]; fromMs: number; toMs: number };
  log: Log;
}

/** Limits of the channel; milliseconds and bytes. Defaults and reasons are in config.ts. */
export interface SeatLimits {
  maxConnections: number;
  helloTimeoutMs: number;
  silentTimeoutMs: number;
  maxOutstanding: number;
  maxBufferedBytes: number;
  messagesPerSecond: number;
  messageBurst: number;
  bytesPerSecond: number;
  byteBurst: number;
  floodRestMs: number;
}
