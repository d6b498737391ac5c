// What happened in the room, newest first.

import { useLanguage, useTexts, type Texts } from '../../i18n/language.js';
import { timeOfDay } from '../../ui/time.js';
import { useView } from '../room/use-console.js';
import { feedSentence, isQuiet } from '../texts/feed.js';

const texts: Texts<{ heading: string; none: string }> = {
  zh: { heading: '刚刚发生', none: '还没有记录' },
  en: { heading: 'Just happened', none: 'Nothing yet' },
};

/** @param shown how many lines */
export function Feed({ shown = 60 }: { shown?: number }) {
  const { feed } = useView();
  const t = useTexts(texts);
  const language = useLanguage();
  return (
    <section class="feed" aria-label={t.heading}>
      <h3>{t.heading}</h3>
      {feed.length === 0 && <p class="muted">{t.none}</p>}
      <ol tabIndex={0} aria-label={t.heading}>
        {feed.slice(0, shown).map((line) => (
          <li key={line.seq} class={isQuiet(line) ? 'quiet-line' : ''}>
            <time>{timeOfDay(line.at)}</time>
            <span>{feedSentence(line, language)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
