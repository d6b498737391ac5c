// The button with the number of one item: answered, marked, shown now.

import { useTexts } from '../../../i18n/language.js';
import type { DealtItem } from '../../exam/dealt-paper.js';
import type { Sitting } from '../../exam/sittings.js';
import { texts } from '../../texts.js';

interface ItemNumberProps {
  book: Sitting['book'];
  item: DealtItem;
  /** The identifier of the item shown. */
  shown: string;
  /** @param index from 0 through the whole paper */
  onGoTo: (index: number) => void;
}

export function ItemNumber({ book, item: { number, content }, shown, onGoTo }: ItemNumberProps) {
  const t = useTexts(texts);
  const { itemId } = content;
  const answered = book.isAnswered(itemId);
  const marked = book.isMarked(itemId);
  return (
    <button
      type="button"
      class={`number${answered ? ' answered' : ''}${marked ? ' marked' : ''}`}
      aria-label={t.itemLabel(number, answered, marked)}
      aria-current={itemId === shown ? 'true' : undefined}
      onClick={() => onGoTo(number - 1)}
    >
      {number}
    </button>
  );
}
