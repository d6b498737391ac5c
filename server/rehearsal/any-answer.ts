// What somebody who knows nothing of a question might answer.

import type { AnswerValueMessage, ItemContent } from '../protocol/seat.js';

/**
 * A possible answer to an item, chosen by chance.
 * @param random numbers in [0, 1)
 * @param sentinel text in place of invented text, that can be told from everybody else's
 * @throws Error for a case, whose items are answered one by one
 */
export function anyAnswer(item: ItemContent, random: () => number, sentinel?: string): AnswerValueMessage {
  const pick = () => item.options[Math.floor(random() * item.options.length)]?.id ?? '';
  switch (item.type) {
    case 'single':
    case 'true-false':
      return { options: [pick()] };
    case 'multiple': {
      const chosen = item.options.filter(() => random() < 0.5).map(({ id }) => id);
      return { options: chosen.length > 0 ? chosen : [pick()] };
    }
    case 'fill-in':
      return { blanks: item.blanks.map(() => sentinel ?? String(Math.floor(random() * 1000))) };
    case 'short-text':
    case 'essay':
      return { text: (sentinel ?? `第 ${Math.floor(random() * 1000)} 稿。`).slice(0, item.text?.maxLength) };
    case 'file-upload':
    case 'screenshot':
      return { files: [] };
    case 'case':
      throw new Error(`A case takes no answer: ${item.itemId}`);
  }
}
