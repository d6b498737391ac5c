// The frame of all pages but the paper: which room and seat this is, the room's time, whether the room is there, whom to call.

import type { ComponentChildren } from 'preact';
import { useTexts } from '../../i18n/language.js';
import { LanguageSwitch } from '../../ui/language-switch.js';
import { timeOfDay } from '../../ui/time.js';
import type { Kiosk } from '../kiosk.js';
import { texts } from '../texts.js';
import { useRoomNow } from './use-kiosk.js';

interface FrameProps {
  kiosk: Kiosk;
  children: ComponentChildren;
}

export function Frame({ kiosk, children }: FrameProps) {
  const t = useTexts(texts);
  const { state } = kiosk;
  return (
    <div class="frame">
      <header class="frame-top">
        {state?.seatLabel != null && <span class="seat-number">{t.seat(state.seatLabel)}</span>}
        <span class="room-name">{state?.roomName}</span>
        {state?.practice && <Practice />}
        <RoomTime kiosk={kiosk} />
        <LanguageSwitch />
      </header>
      <main class="frame-main">{children}</main>
      <footer class="frame-bottom">
        {kiosk.online ? (
          <span>{t.callProctor}</span>
        ) : (
          <span class="warn" role="status">
            ◐ {t.offline}
          </span>
        )}
        {state !== null && state.helpTelephone !== '' && <span>{t.help(state.helpTelephone)}</span>}
      </footer>
    </div>
  );
}

/** Says that this PC plays candidates of a practice session, while it does. */
export function Rehearsing({ kiosk }: { kiosk: Kiosk }) {
  const t = useTexts(texts);
  if (!kiosk.rehearsing) return null;
  return (
    <p class="rehearsing" role="status">
      {t.rehearsing}
    </p>
  );
}

/** Says that nothing here counts (REQ-C03). */
export function Practice() {
  const t = useTexts(texts);
  return <span class="practice">{t.practice}</span>;
}

function RoomTime({ kiosk }: { kiosk: Kiosk }) {
  const t = useTexts(texts);
  const now = useRoomNow(kiosk);
  return (
    <span class="room-time">
      <small>{t.roomTime}</small>
      <b>{now === null ? '--:--:--' : timeOfDay(now)}</b>
    </span>
  );
}
