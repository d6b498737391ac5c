// The decision after an outage in which somebody's end lay: chief and inspector press the same.

import { useLanguage, useTexts, type Texts } from '../../i18n/language.js';
import { timeOfDay } from '../../ui/time.js';
import { ActButton } from '../parts/act-button.js';
import { useNow, useView } from '../room/use-console.js';
import { spell } from '../texts/age.js';

interface SuspendedTexts {
  title: string;
  from: (at: string) => string;
  until: (at: string, left: string) => string;
  both: string;
  goOn: string;
  goOnHint: string;
  close: string;
  closeHint: string;
}

const texts: Texts<SuspendedTexts> = {
  zh: {
    title: '服务器中断后的决定',
    from: (at) => `中断从 ${at} 开始。`,
    until: (at, left) => `请在 ${at} 之前决定（剩 ${left}）。到时没有决定，按原定的结束时间处理。`,
    both: '主考与巡考员须选择同一项。',
    goOn: '考试继续',
    goOnHint: '中断的时间补给全场，考生继续作答',
    close: '考试结束',
    closeHint: '按原定结束时间收卷，考生机里已有的作答全部有效',
  },
  en: {
    title: 'After the server’s outage',
    from: (at) => `The outage began at ${at}.`,
    until: (at, left) => `Decide before ${at} (${left} left). Otherwise every end stands where it was.`,
    both: 'Chief and inspector have to choose the same.',
    goOn: 'The exam goes on',
    goOnHint: 'Everybody gets the time of the outage back',
    close: 'The exam is over',
    closeHint: 'It ended as planned; every answer on the PCs counts',
  },
};

export function SuspendedCard() {
  const { session, todo } = useView();
  const now = useNow();
  const language = useLanguage();
  const t = useTexts(texts);
  const facts = todo.find((one) => one.kind === 'suspended');
  if (session === null) return null;
  const { sessionId } = session;
  return (
    <article class="card alarm-card">
      <h2>{t.title}</h2>
      {facts !== undefined && facts.kind === 'suspended' && (
        <p>
          {t.from(timeOfDay(facts.from))}
          {t.until(timeOfDay(facts.closesAt), spell(facts.closesAt - now, language))}
        </p>
      )}
      <p class="muted">{t.both}</p>
      <div class="row wrap">
        <ActButton request={{ type: 'continue-suspended', sessionId }} kind="primary" sure={t.goOnHint}>
          {t.goOn}
        </ActButton>
        <ActButton request={{ type: 'close-suspended', sessionId }} sure={t.closeHint}>
          {t.close}
        </ActButton>
      </div>
    </article>
  );
}
