// The candidate looks whether this is who he is: photo, name, ticket, subject (REQ-D04).

import { useState } from 'preact/hooks';
import type { SeatState } from '../../../server/protocol/seat.js';
import { useTexts } from '../../i18n/language.js';
import type { Kiosk } from '../kiosk.js';
import { texts } from '../texts.js';
import { Frame } from './frame.js';
import { inFours } from './log-in.js';
import { Refusal, type Failure } from './refusal.js';

interface ConfirmProps {
  kiosk: Kiosk;
  state: SeatState;
}

export function Confirm({ kiosk, state: { session, candidate, seatLabel } }: ConfirmProps) {
  const t = useTexts(texts);
  const [wrong, setWrong] = useState(false);
  const [failure, setFailure] = useState<Failure | undefined>(undefined);
  if (session === null || candidate === null) return null;
  const confirm = async () => {
    const answer = await kiosk.confirm('identity');
    if (!answer?.ok) setFailure(answer);
  };
  return (
    <Frame kiosk={kiosk}>
      <section class="card">
        <h1>{t.confirmTitle}</h1>
        <div class="identity">
          {candidate.photoUrl === null ? (
            <div class="photo" />
          ) : (
            <img class="photo" src={candidate.photoUrl} alt={t.photoOf(candidate.name)} />
          )}
          <dl>
            <dt>{t.name}</dt>
            <dd class="name">{candidate.name}</dd>
            <dt>{t.ticketNo}</dt>
            <dd class="digits">{inFours(candidate.ticketNo)}</dd>
            <dt>{t.certificate}</dt>
            <dd>
              {session.certificate}（{session.level}）
            </dd>
            <dt>{t.subject}</dt>
            <dd>
              {session.subject} · {t.minutes(session.minutes)}
            </dd>
            <dt>{t.seatNo}</dt>
            <dd>{seatLabel}</dd>
          </dl>
        </div>
        {failure !== undefined && <Refusal failure={failure} />}
        {wrong ? (
          <div class="refusal" role="alert">
            <b>{t.notMeHint}</b>
            <button type="button" onClick={() => setWrong(false)}>
              {t.back}
            </button>
          </div>
        ) : (
          <div class="buttons">
            <button type="button" class="primary large" onClick={() => void confirm()}>
              {t.thatIsMe}
            </button>
            <button type="button" class="large" onClick={() => setWrong(true)}>
              {t.notMe}
            </button>
          </div>
        )}
      </section>
    </Frame>
  );
}
