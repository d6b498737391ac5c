// Beside the reminders before the end: items that ask for a file and have none yet.

import { useLanguage } from '../../../i18n/language.js';
import type { Sitting } from '../../exam/sittings.js';
import { fileTexts } from '../../uploads/texts.js';

/** Numbers of items without a file, from 1. */
export function itemsWithoutFile({ paper, book }: Pick<Sitting, 'paper' | 'book'>): number[] {
  return (paper?.items ?? [])
    .filter(({ content }) => content.files !== undefined && !book.isAnswered(content.itemId))
    .map(({ number }) => number);
}

export function FileReminder({ sitting }: { sitting: Sitting | null }) {
  const t = fileTexts[useLanguage()];
  const numbers = sitting === null ? [] : itemsWithoutFile(sitting);
  if (numbers.length === 0) return null;
  return <p class="reminder files">{t.missing(numbers.join('、'))}</p>;
}
