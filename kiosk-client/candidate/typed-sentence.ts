// Whether a sentence came out of an input method whole (REQ-A13), from the events of one field. Pure; it keeps nothing of what
// else is typed.

/** Characters of everyday exam answers. */
export const SENTENCE = '数字营销的转化率与客单价';

export interface TypedSoFar {
  /** Characters that compositions have brought, in order. */
  composed: string;
}

export const NOTHING_TYPED: TypedSoFar = { composed: '' };

/** A composition has ended. @param data what it brought, as the browser says */
export function composed({ composed: before }: TypedSoFar, data: string): TypedSoFar {
  // Somebody who types on for ever makes no list that grows for ever.
  return { composed: (before + data).slice(-1_000) };
}

/**
 * What the line comes to.
 * @param value what stands in the field
 * @returns `no-method` = the sentence stands there, and not all of it came out of an input method
 */
export function judgeSentence(
  value: string,
  { composed: brought }: TypedSoFar,
): 'empty' | 'wrong' | 'no-method' | 'passed' {
  const plain = value.normalize('NFC').replace(/\s+/g, '');
  if (plain === '') return 'empty';
  if (plain !== SENTENCE) return 'wrong';
  return [...SENTENCE].every((character) => brought.indexOf(character) >= 0) ? 'passed' : 'no-method';
}
