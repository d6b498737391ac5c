// The items of one case at a glance, above the one that is shown.

import { useTexts } from '../../../i18n/language.js';
import type { DealtItem } from '../../exam/dealt-paper.js';
import type { Sitting } from '../../exam/sittings.js';
import { texts } from '../../texts.js';
import { ItemNumber } from './item-number.js';

interface CaseItemsProps {
  sitting: Sitting;
  item: DealtItem;
  /** @param index from 0 through the whole paper */
  onGoTo: (index: number) => void;
}

export function CaseItems({ sitting: { book, paper }, item, onGoTo }: CaseItemsProps) {
  const t = useTexts(texts);
  const caseId = item.within?.content.itemId;
  const siblings = paper?.items.filter(({ within }) => within?.content.itemId === caseId) ?? [];
  return (
    <div class="case-items" role="group" aria-label={t.caseItems}>
      <span>{t.caseItems}</span>
      {siblings.map((sibling) => (
        <ItemNumber
          key={sibling.content.itemId}
          {...{ book, item: sibling, shown: item.content.itemId, onGoTo }}
        />
      ))}
    </div>
  );
}
