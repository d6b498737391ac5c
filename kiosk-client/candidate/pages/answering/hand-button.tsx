// Raises a hand without a word (REQ-E17), and shows how long it has been up.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { SeatState } from '../../../../server/protocol/seat.js';
import { useTexts } from '../../../i18n/language.js';
import { countdown } from '../../../ui/time.js';
import type { Kiosk } from '../../kiosk.js';
import { texts } from '../../texts.js';
import { useRoomNow } from '../use-kiosk.js';

export function HandButton({ kiosk, state }: { kiosk: Kiosk; state: SeatState }) {
  const t = useTexts(texts);
  const raised = state.candidate?.handRaised ?? false;
  const [failed, setFailed] = useState(false);
  const [since, setSince] = useState<number | null>(null);
  const now = useRoomNow(kiosk);
  useEffect(() => setSince(raised ? kiosk.clock.now() : null), [raised]);
  const button = useRef<HTMLButtonElement>(null);
  // One button takes the place of the other under the hands of whoever is on it.
  const hadFocus = button.current !== null && document.activeElement === button.current;
  useLayoutEffect(() => {
    if (hadFocus) button.current?.focus();
  }, [raised]);
  const raise = async (up: boolean) => {
    const answer = await kiosk.raiseHand(up);
    setFailed(!answer?.ok);
  };
  if (!raised)
    return (
      <button
        key="raise"
        ref={button}
        type="button"
        class="quiet hand"
        title={failed ? t.handFailed : undefined}
        onClick={() => void raise(true)}
      >
        ▲ {failed ? t.handFailed : t.hand}
      </button>
    );
  const waited = since === null || now === null ? 0 : now - since;
  return (
    <span class="hand-up" role="status">
      ▲ {t.handUp}
      <small>{t.handWaiting(countdown(waited).slice(3))}</small>
      <button key="lower" ref={button} type="button" class="quiet" onClick={() => void raise(false)}>
        {t.handDown}
      </button>
    </span>
  );
}
