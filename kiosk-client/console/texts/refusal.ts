// The sentences of a refusal in the language shown, the page's own two included. Pure.

import { refusalText } from '../../../server/protocol/refusal-texts.js';
import type { Refused } from '../../../server/protocol/staff.js';
import type { Language } from '../../i18n/language.js';

const OWN: Record<string, { zh: [string, string]; en: [string, string] }> = {
  'no-line': {
    zh: ['没有连上考场服务器，这一步没有执行', '页面会自动重连；连上后请再试一次'],
    en: [
      'There is no connection to the room’s server; this was not carried out',
      'The page reconnects by itself; then try again',
    ],
  },
  'no-answer': {
    zh: ['没有收到考场服务器的答复', '请先看页面上的最新状态，确认是否已经生效，再决定要不要重试'],
    en: ['The room’s server did not answer', 'Look at the present state on the page before you try again'],
  },
};

/** What happened, and what to do next. */
export function refusalSentence(refused: Refused, language: Language): { what: string; next: string } {
  const own = OWN[refused.code];
  if (own !== undefined) return { what: own[language][0], next: own[language][1] };
  const { zh, en, nextZh, nextEn } = refusalText(refused.code, refused.params);
  return language === 'zh' ? { what: zh, next: nextZh } : { what: en, next: nextEn };
}
