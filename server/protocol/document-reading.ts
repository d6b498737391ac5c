// What an identity reader or a keyboard wedge gives: telling a reader's typing from a person's, cleaning a number, finding the
// candidate. Pure, for the check-in page (Chrome 74) and the server alike; it keeps nothing.

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
  return text.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase();
}

/** A reader types faster than this between two keys, milliseconds; nobody does so for eight keys. */
export const READER_GAP_MS = 40;
/** What ends a number may come a little later than its last figure, milliseconds. */
export const READER_END_MS = 250;
/** Long enough to be no part of a ticket number that a person types: passports and permits have eight signs and more. */
const FEWEST_KEYS = 8;
/** No document number and no bar code of a ticket is longer. */
const LONGEST_NUMBER = 64;

/** A number that cannot be that of any document has fewer signs. */
const SHORTEST_NUMBER = 6;

export interface WedgeMemory {
  keys: string;
  lastAt: number | null;
  /** More came than any number has: all of it is noise until it ends. */
  spilled?: true;
}

export const NO_KEYS: WedgeMemory = { keys: '', lastAt: null };

/** True from the key on at which nobody but a reader can be typing. */
export function isReader({ keys, spilled }: WedgeMemory): boolean {
  return spilled === true || keys.length >= FEWEST_KEYS;
}

/**
 * One key of a page that waits for a reader.
 * @param key as the browser names it: one character, `Enter` or `Tab`
 * @param at milliseconds of a clock that never goes back
 * @returns `typed` = what a reader has just typed to its end, '' where it was too long to be a number; else null
 */
export function wedgeKey(
  memory: WedgeMemory,
  key: string,
  at: number,
): { memory: WedgeMemory; typed: string | null } {
  const sinceMs = memory.lastAt === null ? Infinity : at - memory.lastAt;
  if (key === 'Enter' || key === 'Tab') {
    const ends = isReader(memory) && sinceMs <= READER_END_MS;
    return { memory: NO_KEYS, typed: ends ? textOf(memory) : null };
  }
  if ([...key].length !== 1) return { memory: key === 'Shift' ? memory : NO_KEYS, typed: null };
  // A pause begins a new number: what a person typed before is none of the reader's.
  const before = sinceMs <= READER_GAP_MS ? memory : NO_KEYS;
  const keys = before.keys + key;
  if (before.spilled === true || keys.length > LONGEST_NUMBER)
    return { memory: { keys: '', lastAt: at, spilled: true }, typed: null };
  return { memory: { keys, lastAt: at }, typed: null };
}

/**
 * A reader fell silent without a key that ends its number: some are set up so.
 * @returns the number where it is a whole one by its own check digit, else ''
 */
export function wedgePause(memory: WedgeMemory): string {
  const text = textOf(memory);
  return isIdentityNumber(cleanDocumentNo(text)) ? text : '';
}

const textOf = ({ keys, spilled }: WedgeMemory) => (spilled === true ? '' : keys.trim());

/**
 * What a keyboard reader typed, as a document: some put the name before the number, some a sign of their own, and a key that a
 * person pressed just before may stand there too.
 * @param text a number, or a name in Chinese and a number
 */
export function typedDocument(text: string): DocumentRead {
  const plain = text.normalize('NFKC').trim();
  const [, name = '', rest = ''] =
    /^([\u3007\u3400-\u9fff\u{20000}-\u{323af}·•・\s]*)(.*)$/u.exec(plain) ?? [];
  const number = cleanDocumentNo(rest.replace(/^[,;|\s]+/, ''));
  const tail = number.slice(-18);
  const documentNo = isIdentityNumber(tail) ? tail : number;
  return name.trim() === '' ? { documentNo } : { documentNo, name: name.trim() };
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

/**
 * Why this cannot be the number of a document; null where it can.
 * @param number cleaned
 */
export function unreadableBecause(number: string): 'check-digit' | 'no-number' | null {
  if (/^[0-9]{17}[0-9X]$/.test(number)) return isIdentityNumber(number) ? null : 'check-digit';
  return number.length >= SHORTEST_NUMBER ? null : 'no-number';
}

const cleanName = (name: string) =>
  name
    .normalize('NFKC')
    .replace(/[\s·•・]/g, '')
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
  if (unreadableBecause(number) !== null)
    return { outcome: 'unreadable', candidateId: null, sessionId: null, differing: [] };
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
