// What a seat says on the map: shape, word, colour. Before the start the word says how far the candidate has come. Pure.

import type { SeatRow } from '../../../server/protocol/staff.js';
import { SHAPES, type Words } from '../texts/words.js';

export type Tone = 'ok' | 'info' | 'warn' | 'alarm' | 'accent' | 'grey';

export interface SeatState {
  shape: string;
  word: string;
  tone: Tone;
}

const TONES: Record<SeatRow['look'], Tone> = {
  hand: 'info',
  unsent: 'alarm',
  alone: 'warn',
  moving: 'warn',
  away: 'info',
  answering: 'ok',
  'handed-in': 'accent',
  received: 'accent',
  ended: 'grey',
  absent: 'grey',
  refused: 'grey',
  waiting: 'grey',
  unpaired: 'grey',
};

/** The state of a seat in words of one language. */
export function seatState(row: SeatRow, w: Words): SeatState {
  const { look } = row;
  if (row.reachesInternet === true) return { shape: SHAPES.unsent, word: w.reachesInternet, tone: 'alarm' };
  const plain = { shape: SHAPES[look], word: w.looks[look], tone: TONES[look] };
  if (look !== 'waiting') return plain;
  if (!row.connected) return { shape: SHAPES.alone, word: w.notConnected, tone: 'warn' };
  if (row.checkPassed === false) return { shape: SHAPES.unsent, word: w.checkFailed, tone: 'alarm' };
  if (row.candidateId === null) return { ...plain, word: row.spare ? w.spareReady : plain.word };
  if (row.attendance === 'admitted')
    return row.loggedIn === 'ready'
      ? { shape: SHAPES['handed-in'], word: w.loggedIn.ready, tone: 'ok' }
      : { ...plain, word: w.loggedIn[row.loggedIn], tone: 'info' };
  return { ...plain, word: w.attendance.expected };
}

/** Its candidate sits here or is on the way here, and has not gone to another seat. */
export function isPlaceOf({ seatId, movedTo }: Pick<SeatRow, 'seatId' | 'movedTo'>): boolean {
  return movedTo === null || movedTo === seatId;
}

/** True when what was typed to find somebody fits: name, seat, or part of the ticket number. */
export function isFound(row: SeatRow, typed: string): boolean {
  const sought = typed.normalize('NFKC').replace(/\s+/g, '').toLowerCase();
  if (sought === '') return true;
  if (row.label.toLowerCase() === sought || row.label.replace(/^0+/, '') === sought) return true;
  if ((row.name ?? '').toLowerCase().includes(sought)) return true;
  return sought.length >= 3 && (row.ticketNo ?? '').includes(sought);
}
