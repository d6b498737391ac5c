// The server's clock after it was doubted, and mains power where no UPS reports it.

import { useTexts } from '../../i18n/language.js';
import { timeOfDay } from '../../ui/time.js';
import { ActButton } from '../parts/act-button.js';
import { useNow, useView } from '../room/use-console.js';
import { leadTexts } from './lead-texts.js';

/** Rule 6: a clock in doubt is confirmed by the chief before anything is timed by it. */
export function ClockCard() {
  const t = useTexts(leadTexts);
  const now = useNow();
  return (
    <article class="card alarm-card">
      <h2>{t.clockTitle}</h2>
      <p class="big">{timeOfDay(now)}</p>
      <p class="muted">{t.clockHint(timeOfDay(now))}</p>
      <div class="row">
        <ActButton request={{ type: 'confirm-clock', wallRight: true }} kind="primary">
          {t.clockRight}
        </ActButton>
        <ActButton request={{ type: 'confirm-clock', wallRight: false }} sure={t.clockWrongSure}>
          {t.clockWrong}
        </ActButton>
      </div>
    </article>
  );
}

export function MainsCard() {
  const t = useTexts(leadTexts);
  const { mainsPresent } = useView();
  return mainsPresent ? (
    <details class="card">
      <summary>{t.mainsTitle}</summary>
      <p class="muted">{t.mainsHint}</p>
      <ActButton request={{ type: 'report-mains', present: false }} sure={t.mainsSure}>
        {t.mainsLost}
      </ActButton>
    </details>
  ) : (
    <article class="card alarm-card">
      <h2>{t.mainsTitle}</h2>
      <p class="muted">{t.mainsBackHint}</p>
      <ActButton request={{ type: 'report-mains', present: true }} kind="primary">
        {t.mainsBack}
      </ActButton>
    </article>
  );
}
