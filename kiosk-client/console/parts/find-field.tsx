// Where `/` leads: finds somebody by name, seat or ticket number. Enter takes the first; Escape clears.

import type { Ref } from 'preact';
import { useTexts, type Texts } from '../../i18n/language.js';

const texts: Texts<{ find: string }> = {
  zh: { find: '按 / 查找：姓名、考位、准考证号' },
  en: { find: 'Press / to find: name, seat, ticket' },
};

interface FindFieldProps {
  typed: string;
  change: (typed: string) => void;
  /** Enter was pressed. */
  take: () => void;
  field?: Ref<HTMLInputElement>;
}

export function FindField({ typed, change, take, field = null }: FindFieldProps) {
  const t = useTexts(texts);
  return (
    <input
      ref={field}
      class="find"
      type="search"
      data-find=""
      aria-label={t.find}
      placeholder={t.find}
      value={typed}
      onInput={(event) => change(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') take();
        if (event.key === 'Escape') change('');
      }}
    />
  );
}
