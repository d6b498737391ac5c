// After writing: what is still on its way, and the word that the candidate may leave (REQ-F01).

import type { SeatState } from '../../../server/protocol/seat.js';
import { useTexts } from '../../i18n/language.js';
import type { Kiosk } from '../kiosk.js';
import { texts } from '../texts.js';
import { Frame } from './frame.js';

interface EndedProps {
  kiosk: Kiosk;
  state: SeatState;
}

export function Ended({ kiosk, state }: EndedProps) {
  const t = useTexts(texts);
  const unsent = kiosk.sittings.unsent(null).count;
  const reason = state.candidate?.endReason ?? null;
  const submitted = reason === 'submitted' || kiosk.sitting?.exam.submit != null;
  const byTime = reason === null || reason === 'time' || reason === 'session-ended';
  const why = submitted ? t.endedBySubmit : byTime ? t.endedByTime : t.endedByStaff;
  return (
    <Frame kiosk={kiosk}>
      <section class="card narrow centred" role="status">
        <div class="pulse" aria-hidden="true" />
        <h1>{t.endedTitle}</h1>
        <p>{why}</p>
        <p class="strong">{unsent > 0 ? t.delivering(unsent) : t.waitForReceipt}</p>
        {!kiosk.online && <p class="warn">{t.deliveringAlone}</p>}
        <p class="hint">{t.doNotLeave}</p>
      </section>
    </Frame>
  );
}

export function Received({ kiosk }: { kiosk: Kiosk }) {
  const t = useTexts(texts);
  return (
    <Frame kiosk={kiosk}>
      <section class="card narrow centred received" role="status">
        <div class="tick" aria-hidden="true">
          ✓✓
        </div>
        <h1>{t.receivedTitle}</h1>
        <p class="hint">{t.receivedHint}</p>
      </section>
    </Frame>
  );
}

export function Moved({ kiosk }: { kiosk: Kiosk }) {
  const t = useTexts(texts);
  const unsent = kiosk.sittings.unsent(null).count;
  return (
    <Frame kiosk={kiosk}>
      <section class="card narrow centred" role="status">
        <div class="standing" aria-hidden="true">
          ⇄
        </div>
        <h1>{t.movedTitle}</h1>
        <p class="hint">{t.movedHint}</p>
        {unsent > 0 && <p class="warn">{t.movedDelivering(unsent)}</p>}
      </section>
    </Frame>
  );
}
