// How long a text is: in words as Chinese editors count them, and in characters as the room does. Pure.

/** Signs that count one by one: Han, kana, CJK punctuation and full-width forms. No \p: Firefox 68 lacks it. */
const ONE_BY_ONE =
  /[\u2e80-\u2fff\u3001-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u{20000}-\u{323af}]|[\u2014\u2018-\u201f\u2026]/gu;

/** 字数: each Chinese character or sign is one, each run of other letters or digits is one. */
export function countWords(text: string): number {
  const latin = text.replace(/([A-Za-z])[\u2018\u2019]([A-Za-z])/g, "$1'$2");
  let single = 0;
  const rest = latin.replace(ONE_BY_ONE, () => {
    single += 1;
    return ' ';
  });
  return single + (rest.match(/\S+/g) ?? []).length;
}

/** Characters as the room counts them: code points of the composed form. */
export function countCharacters(text: string): number {
  return [...text.normalize('NFC')].length;
}

/**
 * Where a text is too long, which part of it goes: what stands right before the caret came last.
 * @returns null where it fits, else the range to remove, in UTF-16 units
 */
export function excess(text: string, caret: number, maxLength: number): { from: number; to: number } | null {
  const over = countCharacters(text) - maxLength;
  if (over <= 0) return null;
  const before = text.slice(0, caret);
  // Composed characters may take several units each: shorten until it fits.
  for (let from = Math.max(0, caret - over); from >= 0; from--) {
    // Never in the middle of a pair.
    if (from > 0 && /[\udc00-\udfff]/.test(before[from] ?? '')) continue;
    if (countCharacters(before.slice(0, from) + text.slice(caret)) <= maxLength) return { from, to: caret };
  }
  const kept = [...text.normalize('NFC')].slice(0, maxLength).join('');
  return text.startsWith(kept) ? { from: kept.length, to: text.length } : { from: 0, to: text.length };
}
