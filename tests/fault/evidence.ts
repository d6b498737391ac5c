// What is known from outside of an exam: what PCs and staff noted for themselves, what the driver did to the room, and what the
// organisation reads in the bundle. The checker knows nothing else.

import type { AnswerValueMessage } from '../../server/protocol/seat.js';

/** Whose paper, by which lease. */
export interface Holder {
  candidateId: string;
  lease: number;
}

export interface SaveBody extends Holder {
  t: 'save';
  itemId: string;
  rev: number;
  value: AnswerValueMessage;
  marked: boolean;
  madeAt: number;
}

/** What a PC sent and was answered; saves whole, of others what the checker needs. */
export type SentBody =
  SaveBody | ({ t: string; madeAt?: number } & Partial<Holder> & Record<string, unknown>);

/** One row of what a page shows as its answers. */
export interface ShownRow {
  itemId: string;
  rev: number;
  value: AnswerValueMessage;
}

/** A line of a PC's own file. `at`: the machine's monotonic clock, ms. */
export type SeatLine = { at: number } & (
  | { k: 'born' }
  | { k: 'candidate'; candidateId: string }
  /** The candidate changed an answer. */
  | ({ k: 'made' } & Omit<SaveBody, 't' | 'marked'>)
  | { k: 'acked'; sentAt: number; roomNow: number; body: SentBody }
  | { k: 'refused'; sentAt: number; roomNow: number; code: string; body: SentBody }
  /** The room said what time it is. `sentAt`: when that was asked; null where it came by itself. */
  | { k: 'time'; sentAt: number | null; roomNow: number }
  | {
      k: 'page';
      roomNow: number;
      stage: string;
      holder: Holder | null;
      startedAt: number | null;
      endsAt: number | null;
      remainingMs: number | null;
    }
  | ({
      k: 'paper';
      rows: { itemId: string; lease: number; rev: number; value: AnswerValueMessage }[];
    } & Holder)
  /** The room ended the connection, and why. */
  | { k: 'bye'; code: string }
  /** Marks of candidates that stood in a frame of the room. */
  | { k: 'marks'; marks: string[] }
  /** What the page showed when it let go of everything, by the room's word that it has it. */
  | ({ k: 'shown'; rows: ShownRow[] } & Holder)
  | { k: 'end'; how: 'reload' | 'killed' }
  /** The candidate chose a file; the hash is of the bytes as they were made. */
  | { k: 'file-made'; candidateId: string; itemId: string; fileHash: string; size: number }
  /** The room's word that it has all bytes of a file: on the upload, with the paper, or as the page showed it. */
  | ({
      k: 'file-acked';
      fileHash: string;
      size: number | null;
      by: 'upload' | 'paper' | 'page';
    } & Holder)
  | { k: 'file-refused'; method: string; path: string; status: number; code: string | null }
  /** A hand in a real browser is about to make this the answer. */
  | { k: 'given'; candidateId: string; itemId: string; value: AnswerValueMessage }
  /** A page said that everything is in the room while it showed this. */
  | { k: 'saved-shown'; candidateId: string; itemId: string; value: AnswerValueMessage }
);

export interface StaffLine {
  sentAt: number;
  at: number;
  staffId: string;
  request: { type: string } & Record<string, unknown>;
  outcome: { ok: true } | { ok: false; code: string };
}

/** What the driver did to the server. */
export type DriverLine = { at: number } & (
  | { k: 'started' }
  /** Answers /healthz. */
  | { k: 'ready' }
  | { k: 'gone'; why: string }
  | { k: 'fault'; text: string }
);

/** An event of the journal in the bundle. */
export interface RoomEvent {
  seq: number;
  at: number;
  type: string;
  [field: string]: unknown;
}

export interface HeldAnswer {
  lease: number;
  rev: number;
  value: AnswerValueMessage;
  madeAt: number;
  savedAt: number;
}

/** A handed-in file as it lies in the bundle. */
export interface BundledFile {
  candidateId: string;
  /** By its name. */
  fileHash: string;
  /** Of its bytes. */
  sha256: string;
  size: number;
}

/** A candidate as the bundle shows him or her. */
export interface BundledCandidate {
  candidateId: string;
  ended: { at: number; reason: string } | null;
  grants: { ms: number }[];
  answers: Record<string, HeldAnswer>;
  contested: { itemId: string; record: HeldAnswer; why: string }[];
}

export interface Evidence {
  sessionId: string;
  /** Of the subject. */
  allowanceMs: number;
  clockToleranceMs: number;
  handOverWindowMs: number;
  suspendedDecisionMs: number;
  /** Candidates who were played, with the mark that only they write. */
  played: { candidateId: string; mark: string }[];
  seats: { seatId: string; lines: SeatLine[] }[];
  staff: StaffLine[];
  driver: DriverLine[];
  bundle: { events: RoomEvent[]; candidates: BundledCandidate[]; files: BundledFile[]; problems: string[] };
  /** What the command says of the journal. */
  journal: { ok: boolean; text: string };
  /** Codes that the documents name, by message: `seat.save`, `staff.swap-machine`. */
  documented: Record<string, string[]>;
}

/** A candidate's mark: stands in texts that only this candidate writes. */
export function markOf(candidateId: string): string {
  return `〔${candidateId}〕`;
}

/** All marks in a text. */
export function marksIn(text: string): string[] {
  return [...new Set([...text.matchAll(/〔([\w-]+)〕/g)].map((found) => found[1] ?? ''))];
}
