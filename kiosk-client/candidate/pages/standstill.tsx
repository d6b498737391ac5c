// The clock stands: a pause (REQ-E10), or an outage on which the chief decides (rule 7).

import type { SeatState } from '../../../server/protocol/seat.js';
import { useTexts } from '../../i18n/language.js';
import { countdown } from '../../ui/time.js';
import { remainingOf } from '../exam/stage.js';
import type { Kiosk } from '../kiosk.js';
import { texts } from '../texts.js';
import { Frame } from './frame.js';

interface StandstillProps {
  kiosk: Kiosk;
  state: SeatState;
  stage: 'paused' | 'suspended';
}

export function Standstill({ kiosk, state, stage }: StandstillProps) {
  const t = useTexts(texts);
  return (
    <Frame kiosk={kiosk}>
      <section class="card narrow centred" role="status">
        <div class="standing" aria-hidden="true">
          ❙❙
        </div>
        <h1>{stage === 'paused' ? t.pausedTitle : t.suspendedTitle}</h1>
        <p class="hint">{stage === 'paused' ? t.pausedHint : t.suspendedHint}</p>
        {stage === 'paused' && (
          <p class="strong digits">{t.timeLeft(countdown(remainingOf(state, kiosk.clock.now())))}</p>
        )}
      </section>
    </Frame>
  );
}
