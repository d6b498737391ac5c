// Light or dark, for whoever sits in a dark room.

import { useState } from 'preact/hooks';
import { useTexts, type Texts } from '../../i18n/language.js';
import { chooseTheme, isDark } from '../theme.js';

const texts: Texts<{ light: string; dark: string }> = {
  zh: { light: '浅色', dark: '深色' },
  en: { light: 'Light', dark: 'Dark' },
};

export function ThemeSwitch() {
  const t = useTexts(texts);
  const [dark, setDark] = useState(isDark());
  return (
    <button
      type="button"
      class="quiet"
      onClick={() => {
        chooseTheme(dark ? 'light' : 'dark');
        setDark(!dark);
      }}
    >
      {dark ? t.light : t.dark}
    </button>
  );
}
