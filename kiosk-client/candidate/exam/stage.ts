// Which page this PC shows: what the room said last, and what has come true here since, with or without the room. Pure.

import type { SeatStage, SeatState } from '../../../server/protocol/seat.js';

export type LocalStage =
  | SeatStage
  /** Not yet a word from the room, and nothing kept. */
  | 'connecting'
  /** The exam runs, the paper is not open here yet. */
  | 'opening';

export interface StageFacts {
  state: SeatState | null;
  /** Room time, ms. */
  now: number | null;
  /** The paper of the candidate in `state` is open on this PC. */
  paperOpen: boolean;
  /** The candidate handed in on this PC, whether the room knows or not. */
  submitted: boolean;
}

/** The page to show. A lock that the PC makes by itself is undone by the room's next word (rule 9). */
export function localStage({ state, now, paperOpen, submitted }: StageFacts): LocalStage {
  if (state === null) return 'connecting';
  const { stage, candidate } = state;
  if (stage !== 'answering' && stage !== 'paused' && stage !== 'suspended') return stage;
  if (submitted) return 'ended';
  if (stage !== 'answering') return stage;
  if (isOver(candidate?.endsAt ?? null, now)) return 'ended';
  return paperOpen ? 'answering' : 'opening';
}

/** Half-open: at the very end writing is over. */
export function isOver(endsAt: number | null, now: number | null): boolean {
  return endsAt !== null && now !== null && now >= endsAt;
}

/** What is left of the candidate's time, ms. */
export function remainingOf({ candidate }: SeatState, now: number | null): number {
  if (candidate === null) return 0;
  if (candidate.endsAt === null || now === null) return candidate.remainingMs;
  return Math.max(0, candidate.endsAt - now);
}

/** How long a reminder stays in sight. */
const REMINDER_SHOWN_MS = 60_000;

/**
 * The reminder that is due now (REQ-E05), the last one to come, in ms before the end; null where none is.
 * @param remainingMs what is left of the time
 */
export function reminderDue(remindersBeforeEndMs: readonly number[], remainingMs: number): number | null {
  const due = remindersBeforeEndMs.filter(
    (beforeEndMs) =>
      remainingMs > 0 && remainingMs <= beforeEndMs && remainingMs > beforeEndMs - REMINDER_SHOWN_MS,
  );
  return due.length === 0 ? null : Math.min(...due);
}
