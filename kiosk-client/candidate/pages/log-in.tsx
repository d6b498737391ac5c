// Ticket number and password (REQ-D04). The ticket number is long: it is shown in groups beside what is typed.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { SeatState } from '../../../server/protocol/seat.js';
import { useTexts } from '../../i18n/language.js';
import type { Kiosk } from '../kiosk.js';
import { texts } from '../texts.js';
import { Frame } from './frame.js';
import { Refusal, type Failure } from './refusal.js';

interface LogInProps {
  kiosk: Kiosk;
  state: SeatState;
}

export function LogIn({ kiosk, state }: LogInProps) {
  const t = useTexts(texts);
  const [ticketNo, setTicketNo] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | undefined>(undefined);
  const ticketField = useRef<HTMLInputElement>(null);
  useEffect(() => ticketField.current?.focus(), []);

  const logIn = async () => {
    if (busy || ticketNo === '') return;
    setBusy(true);
    setFailure(undefined);
    const answer = await kiosk.logIn(ticketNo, password);
    setBusy(false);
    if (answer?.ok) return;
    setFailure(answer);
    ticketField.current?.focus();
  };

  return (
    <Frame kiosk={kiosk}>
      <form
        class="card narrow"
        autocomplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void logIn();
        }}
      >
        <h1>{t.logInTitle}</h1>
        {state.session !== null && (
          <p class="session-line">
            {state.session.certificate}（{state.session.level}） · {state.session.subject}
          </p>
        )}
        <label>
          <span class="field-name">
            {t.ticketNo}
            <small>{ticketNo === '' ? '' : t.digits(ticketNo.length)}</small>
          </span>
          <input
            ref={ticketField}
            value={ticketNo}
            onInput={(event) => setTicketNo(plain(event.currentTarget.value))}
            inputMode="numeric"
            spellcheck={false}
            maxLength={64}
            name="ticket"
          />
        </label>
        <p class="ticket-groups" aria-hidden="true">
          {inFours(ticketNo)}
        </p>
        <label>
          <span class="field-name">
            {t.password}
            <small>{t.passwordHint}</small>
          </span>
          <input
            type="password"
            value={password}
            onInput={(event) => setPassword(plain(event.currentTarget.value))}
            maxLength={64}
            name="password"
          />
        </label>
        {failure !== undefined && <Refusal failure={failure} />}
        <button type="submit" class="primary large" aria-disabled={busy || ticketNo === ''}>
          {busy ? t.loggingIn : t.logIn}
        </button>
      </form>
    </Frame>
  );
}

/** Full-width digits and spaces come from Chinese input methods and from tickets read aloud in groups. */
export function plain(typed: string): string {
  return typed.normalize('NFKC').replace(/\s+/g, '');
}

/** `9901 2026 1100` */
export function inFours(text: string): string {
  return text.replace(/(.{4})(?=.)/g, '$1 ');
}
