// Who works at this page; language, colours, sign-out.

import { useTexts, type Texts } from '../../i18n/language.js';
import { LanguageSwitch } from '../../ui/language-switch.js';
import { ThemeSwitch } from '../parts/theme-switch.js';
import { useLink, useView } from '../room/use-console.js';
import { words } from '../texts/words.js';

const texts: Texts<{ signOut: string }> = { zh: { signOut: '退出' }, en: { signOut: 'Sign out' } };

export function Person() {
  const link = useLink();
  const { you } = useView();
  const t = useTexts(texts);
  const w = useTexts(words);
  return (
    <div class="person-line">
      <span class="muted">
        {you.roles.map((role) => w.roles[role]).join(' · ')} <b>{you.name}</b>
      </span>
      <ThemeSwitch />
      <LanguageSwitch />
      <button type="button" class="quiet" onClick={() => void link.signOut()}>
        {t.signOut}
      </button>
    </div>
  );
}
