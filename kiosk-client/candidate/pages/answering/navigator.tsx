// All items at a glance: answered, open, marked, the present one. Sections with their counts.

import { useEffect, useRef } from 'preact/hooks';
import { useTexts } from '../../../i18n/language.js';
import type { Sitting } from '../../exam/sittings.js';
import { texts } from '../../texts.js';
import { ItemNumber } from './item-number.js';

interface NavigatorProps {
  sitting: Sitting;
  /** The item shown. */
  shown: string;
  /** @param index from 0 through the whole paper */
  onGoTo: (index: number) => void;
}

export function Navigator({ sitting: { book, paper }, shown, onGoTo }: NavigatorProps) {
  const t = useTexts(texts);
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [shown]);
  return (
    <nav ref={list} aria-label={t.items}>
      {paper?.sections.map(({ sectionId, title, items }) => (
        <section key={sectionId}>
          <h2>
            {title}
            <small>
              {items.filter(({ content }) => book.isAnswered(content.itemId)).length} / {items.length}
            </small>
          </h2>
          <div class="numbers">
            {items.map((item) => (
              <ItemNumber key={item.content.itemId} {...{ book, item, shown, onGoTo }} />
            ))}
          </div>
        </section>
      ))}
      <p class="legend" aria-hidden="true">
        <span>
          <i class="answered" /> {t.legendAnswered}
        </span>
        <span>
          <i /> {t.legendOpen}
        </span>
        <span class="marked">◥ {t.legendMarked}</span>
      </p>
    </nav>
  );
}
