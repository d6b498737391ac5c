// What an identity reader or a keyboard wedge gives: telling a reader's typing from a person's, cleaning a number, finding the
// candidate. Pure, for the check-in page and the server alike; it keeps nothing.

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = '10X98765432';

/** True for an 18-digit identity number whose check digit is right (GB 11643, ISO 7064 MOD 11-2). */
export function isIdentityNumber(text: string): boolean {
  if (!/^[0-9]{17}[0-9X]$/.test(text)) return false;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(text[index]), 0);
  return text[17] === CHECKS[sum % 11];
}

/** As numbers are compared: full-width digits, blanks, hyphens and small letters do not matter. */
export function cleanDocumentNo(text: string): string {
  return text.normalize('NFKC').replaceAll(/[\s-]/g, '').toUpperCase();
}

/** A reader types faster than this between two keys, milliseconds; nobody does so for eighteen keys. */
const READER_GAP_MS = 40;
const LONGEST_NUMBER = 30;
const FEWEST_KEYS = 6;

export interface WedgeMemory {
  keys: string;
  lastAt: number | null;
}

export const NO_KEYS: WedgeMemory = { keys: '', lastAt: null };

/**
 * One key of a page that waits for a reader.
 * @param key as the browser names it: one character, `Enter` or `Tab`
 * @param at milliseconds of a clock that never goes back
 * @returns `typed` = the number that a reader has just typed to its end, else null
 */
export function wedgeKey(
  memory: WedgeMemory,
  key: string,
  at: number,
): { memory: WedgeMemory; typed: string | null } {
  const fast = memory.lastAt !== null && at - memory.lastAt <= READER_GAP_MS;
  if (key === 'Enter' || key === 'Tab') {
    const number = fast && memory.keys.length >= FEWEST_KEYS ? cleanDocumentNo(memory.keys) : null;
    return { memory: NO_KEYS, typed: number };
  }
  if ([...key].length !== 1) return { memory: key === 'Shift' ? memory : NO_KEYS, typed: null };
  // A pause begins a new number: what a person typed before is none of the reader's.
  const keys = (fast ? memory.keys : '') + key;
  if (keys.length > LONGEST_NUMBER) return { memory: NO_KEYS, typed: null };
  return { memory: { keys, lastAt: at }, typed: null };
}

export interface RosterPerson {
  candidateId: string;
  sessionId: string;
  name: string;
  documentNo: string;
}

export interface DocumentRead {
  documentNo: string;
  /** What the document says, where the reader gives it. */
  name?: string;
}

export type DocumentOutcome =
  | { outcome: 'match' | 'other-session'; candidateId: string; sessionId: string; differing: 'name'[] }
  | { outcome: 'not-on-roster' | 'unreadable'; candidateId: null; sessionId: null; differing: [] };

const cleanName = (name: string) =>
  name
    .normalize('NFKC')
    .replaceAll(/[\s·•・]/g, '')
    .toUpperCase();

/**
 * Finds the person of a document. REQ of the check-in: the session under way first, then the others, so that somebody who comes
 * to the wrong session is told so.
 * @param sessionId the session whose check-in is open
 */
export function matchDocument(
  read: DocumentRead,
  roster: readonly RosterPerson[],
  sessionId: string | null,
): DocumentOutcome {
  const number = cleanDocumentNo(read.documentNo);
  const isWhole = /^[0-9]{17}[0-9X]$/.test(number) ? isIdentityNumber(number) : number.length >= FEWEST_KEYS;
  if (!isWhole) return { outcome: 'unreadable', candidateId: null, sessionId: null, differing: [] };
  const same = roster.filter(({ documentNo }) => cleanDocumentNo(documentNo) === number);
  const person = same.find((each) => each.sessionId === sessionId) ?? same[0];
  if (person === undefined)
    return { outcome: 'not-on-roster', candidateId: null, sessionId: null, differing: [] };
  const differs = read.name !== undefined && cleanName(read.name) !== cleanName(person.name);
  return {
    outcome: person.sessionId === sessionId ? 'match' : 'other-session',
    candidateId: person.candidateId,
    sessionId: person.sessionId,
    differing: differs ? ['name'] : [],
  };
}
