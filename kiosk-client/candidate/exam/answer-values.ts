// Values of answers as this PC handles them: the empty one of each kind, whether one says anything, whether two are the same.

import type { AnswerValueMessage, ItemContent } from '../../../server/protocol/seat.js';

/** What stands for "no answer" to an item. */
export function emptyValue(content: ItemContent): AnswerValueMessage {
  if (content.type === 'fill-in') return { blanks: content.blanks.map(() => '') };
  if (content.text !== undefined) return { text: '' };
  if (content.files !== undefined) return { files: [] };
  return { options: [] };
}

/** An empty value takes an answer back. */
export function hasContent(value: AnswerValueMessage): boolean {
  if ('options' in value) return value.options.length > 0;
  if ('files' in value) return value.files.length > 0;
  return ('text' in value ? [value.text] : value.blanks).some((text) => text.trim() !== '');
}

/** True when both say the same. */
export function sameValue(a: AnswerValueMessage, b: AnswerValueMessage): boolean {
  if ('options' in a && 'options' in b) return sameTexts(a.options, b.options);
  if ('blanks' in a && 'blanks' in b) return sameTexts(a.blanks, b.blanks);
  if ('text' in a && 'text' in b) return a.text === b.text;
  if ('files' in a && 'files' in b)
    return sameTexts(
      a.files.map(({ fileHash, name }) => `${fileHash} ${name}`),
      b.files.map(({ fileHash, name }) => `${fileHash} ${name}`),
    );
  return false;
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
}
