// Who writes, how much time is left, where the answers are.

import type { SeatState } from '../../../../server/protocol/seat.js';
import { useTexts } from '../../../i18n/language.js';
import { LanguageSwitch } from '../../../ui/language-switch.js';
import { countdown } from '../../../ui/time.js';
import type { Sitting } from '../../exam/sittings.js';
import { remainingOf } from '../../exam/stage.js';
import type { Kiosk } from '../../kiosk.js';
import { texts } from '../../texts.js';
import { Practice } from '../frame.js';
import { useRoomNow } from '../use-kiosk.js';
import { SavedLine } from './saved-line.js';

interface HeaderProps {
  kiosk: Kiosk;
  state: SeatState;
  sitting: Sitting;
}

export function Header({ kiosk, state, sitting }: HeaderProps) {
  const t = useTexts(texts);
  const { candidate, session } = state;
  return (
    <header class="paper-top">
      <div class="who">
        <p>
          <b title={candidate?.name}>{candidate?.name}</b>
          <span>
            {t.seat(state.seatLabel ?? '')} · {t.ticketNo} …{candidate?.ticketNo.slice(-12)}
          </span>
          {state.practice && <Practice />}
        </p>
        <small>
          {session?.certificate}（{session?.level}） · {session?.subject}
        </small>
      </div>
      <LanguageSwitch />
      <TimeLeft kiosk={kiosk} state={state} />
      <SavedLine kiosk={kiosk} sitting={sitting} />
    </header>
  );
}

const SHORT_MS = 5 * 60_000;

function TimeLeft({ kiosk, state }: { kiosk: Kiosk; state: SeatState }) {
  const t = useTexts(texts);
  const leftMs = remainingOf(state, useRoomNow(kiosk));
  return (
    <p class={leftMs < SHORT_MS ? 'time-left short' : 'time-left'} role="timer">
      <small>{t.remaining}</small>
      <b>{countdown(leftMs)}</b>
    </p>
  );
}
