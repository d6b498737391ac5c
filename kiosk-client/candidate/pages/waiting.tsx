// A paired PC between exams: its seat, what comes next, whether the sealed paper is here.

import type { SeatState } from '../../../server/protocol/seat.js';
import { useTexts } from '../../i18n/language.js';
import { hourAndMinute } from '../../ui/time.js';
import type { Kiosk } from '../kiosk.js';
import type { MachineReport } from '../machine-check.js';
import { texts } from '../texts.js';
import { CheckList } from './check-list.js';
import { Frame, Rehearsing } from './frame.js';
import { HeadphoneTest } from './headphone-test.js';
import { TypingTest } from './typing-test.js';

interface WaitingProps {
  kiosk: Kiosk;
  state: SeatState;
  report: MachineReport | null;
}

export function Waiting({ kiosk, state, report }: WaitingProps) {
  const t = useTexts(texts);
  const { session } = state;
  return (
    <Frame kiosk={kiosk}>
      <section class="card">
        <Rehearsing kiosk={kiosk} />
        <div class="waiting-head">
          <div class="big-seat">{state.seatLabel}</div>
          <div>
            <h1>{t.waitingTitle}</h1>
            <p class="hint">{session === null ? t.noSession : t.waitingHint}</p>
          </div>
        </div>
        {session !== null && (
          <p class="session-line">
            {session.certificate}（{session.level}） · {session.subject} ·{' '}
            {t.startsAt(hourAndMinute(session.startsAt))}
          </p>
        )}
        <PartsProgress kiosk={kiosk} />
        <CheckList report={report} />
        {session?.audio === true && <HeadphoneTest kiosk={kiosk} />}
        <TypingTest kiosk={kiosk} />
      </section>
    </Frame>
  );
}

/** How much of the sealed paper is on this PC. */
export function PartsProgress({ kiosk }: { kiosk: Kiosk }) {
  const t = useTexts(texts);
  const { have, all } = kiosk.fetcher.progress;
  if (all === 0) return null;
  if (have === all) return <p class="parts ok">✓ {t.partsReady}</p>;
  return (
    <p class="parts">
      <progress value={have} max={all} /> {t.partsLoading(have, all)}
    </p>
  );
}
