// How many candidates the PCs of a rehearsal play, and which PCs were the slowest. Pure.

import type { MOST_SEATS, MOST_SEATS_A_PC, RoomRehearsal } from '../../../server/protocol/rehearsal.js';

export const MOST_A_PC: typeof MOST_SEATS_A_PC = 50;
export const MOST_IN_ALL: typeof MOST_SEATS = 2_000;
const TIMES_THE_SEATS = 2;

/**
 * What the room would play.
 * @param wanted null = twice the seats of the room, or of the PCs where nothing is installed
 */
export function shareOf(
  wanted: number | null,
  idlePcs: number,
  roomSeats: number,
): { total: number; each: number } {
  const total = Math.min(wanted ?? TIMES_THE_SEATS * (roomSeats || idlePcs), mostOn(idlePcs));
  return { total, each: idlePcs === 0 ? 0 : Math.ceil(total / idlePcs) };
}

/** A whole number of candidates that somebody typed; null for anything else. */
export function wholeOf(text: string | null): number | null {
  const number = text === null ? NaN : Number(text);
  return Number.isInteger(number) && number > 0 ? number : null;
}

/** How many candidates so many PCs play at most. */
export const mostOn = (idlePcs: number): number => Math.min(MOST_IN_ALL, idlePcs * MOST_A_PC);

/** PCs that did not finish first, then by their slowest saves. */
export function worstFirst(pcs: RoomRehearsal['pcs']): RoomRehearsal['pcs'] {
  const unfinished = ({ seats, handedIn }: RoomRehearsal['pcs'][number]) => seats - handedIn;
  return [...pcs].sort((a, b) => unfinished(b) - unfinished(a) || b.saveP99Ms - a.saveP99Ms);
}
