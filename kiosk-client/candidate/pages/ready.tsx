// Everything is confirmed: the countdown to the start.

import type { SeatState } from '../../../server/protocol/seat.js';
import { useTexts } from '../../i18n/language.js';
import { countdown, hourAndMinute } from '../../ui/time.js';
import type { Kiosk } from '../kiosk.js';
import { texts } from '../texts.js';
import { Frame } from './frame.js';
import { HeadphoneTest } from './headphone-test.js';
import { useRoomNow } from './use-kiosk.js';
import { PartsProgress } from './waiting.js';

interface ReadyProps {
  kiosk: Kiosk;
  state: SeatState;
}

export function Ready({ kiosk, state: { session, candidate } }: ReadyProps) {
  const t = useTexts(texts);
  const now = useRoomNow(kiosk);
  if (session === null || candidate === null) return null;
  const leftMs = now === null ? 0 : session.startsAt - now;
  return (
    <Frame kiosk={kiosk}>
      <section class="card narrow centred">
        <p class="session-line">
          {candidate.name} · {session.subject} · {t.minutes(session.minutes)}
        </p>
        <h1>{t.readyTitle}</h1>
        {leftMs > 0 ? (
          <p class="countdown">
            <small>{t.untilStart}</small>
            <b>{countdown(leftMs)}</b>
            <small>{t.startsAt(hourAndMinute(session.startsAt))}</small>
          </p>
        ) : (
          <p class="strong">{t.waitForChief}</p>
        )}
        <p class="hint">{t.readyHint}</p>
        <PartsProgress kiosk={kiosk} />
        {session.audio && <HeadphoneTest kiosk={kiosk} />}
      </section>
    </Frame>
  );
}
