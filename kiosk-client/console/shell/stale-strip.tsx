// Says plainly that this page shows the past, and that candidates lose nothing by it.

import { useTexts, type Texts } from '../../i18n/language.js';
import { useLink, useNow } from '../room/use-console.js';
import { age } from '../texts/age.js';
import { useLanguage } from '../../i18n/language.js';

const texts: Texts<{ stale: (since: string) => string; hint: string }> = {
  zh: {
    stale: (since) => `与考场服务器的连接已中断 ${since}，页面显示的是中断前的情况`,
    hint: '考生机继续作答，答案存在各自的考生机上。页面会自动重连；请到服务器处查看。',
  },
  en: {
    stale: (since) => `No connection to the room’s server for ${since}: this page shows what was before`,
    hint: 'The PCs work on and keep every answer. This page reconnects by itself; please look at the server.',
  },
};

export function StaleStrip() {
  const link = useLink();
  const t = useTexts(texts);
  const language = useLanguage();
  useNow();
  if (link.line !== 'stale' || link.staleSince === null) return null;
  return (
    <div class="stale-strip" role="alert">
      <b>◐ {t.stale(age(performance.now() - link.staleSince, language))}</b> <span>{t.hint}</span>
    </div>
  );
}
