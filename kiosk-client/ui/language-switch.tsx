// One small button that shows the page in the other language.

import { chooseLanguage, useLanguage } from '../i18n/language.js';

export function LanguageSwitch() {
  const shown = useLanguage();
  const other = shown === 'zh' ? 'en' : 'zh';
  return (
    <button type="button" class="language" lang={other} onClick={() => chooseLanguage(other)}>
      {other === 'en' ? 'English' : '中文'}
    </button>
  );
}
