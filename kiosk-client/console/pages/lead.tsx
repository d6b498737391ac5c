// The chief's page: what leads the exam through the day. Only what can be of use now is shown.

import { useTexts } from '../../i18n/language.js';
import { timeOfDay } from '../../ui/time.js';
import { useNow, useView } from '../room/use-console.js';
import { ClockCard, MainsCard } from './lead-clock.js';
import { DelayCard, OpenPaperCard, ReserveCard } from './lead-paper.js';
import { EndCard, MessageCard, PauseCard } from './lead-running.js';
import { leadTexts } from './lead-texts.js';
import { SuspendedCard } from './suspended-card.js';

export function Lead() {
  const { session, clockTrusted } = useView();
  const now = useNow();
  const t = useTexts(leadTexts);
  if (session === null) return <p class="muted">{t.noSession}</p>;
  const { phase, paperOpened, codesLockedUntil } = session;
  const runs = phase === 'running' || phase === 'paused';
  const before = phase === 'sealed' || phase === 'open';
  return (
    <section class="cards">
      {codesLockedUntil !== null && codesLockedUntil > now && (
        <p class="notice warn">{t.locked(timeOfDay(codesLockedUntil))}</p>
      )}
      {!clockTrusted && <ClockCard />}
      {phase === 'suspended' && <SuspendedCard />}
      {phase === 'open' && !paperOpened && <OpenPaperCard session={session} />}
      {runs && <PauseCard session={session} />}
      {(before || runs) && <MessageCard session={session} />}
      {before && <DelayCard session={session} />}
      {before && <ReserveCard session={session} />}
      <MainsCard />
      {runs && <EndCard session={session} />}
      {(phase === 'installed' || phase === 'sealed') && <p class="muted">{t.early}</p>}
      {(phase === 'ended' || phase === 'collected' || phase === 'handed-over') && (
        <p class="muted">{t.over}</p>
      )}
    </section>
  );
}
