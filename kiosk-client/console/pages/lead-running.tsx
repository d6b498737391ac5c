// While the exam runs: pause and resume, a message to everybody, ending it early.

import { useState } from 'preact/hooks';
import type { SessionView } from '../../../server/protocol/staff.js';
import { useTexts } from '../../i18n/language.js';
import { ActButton } from '../parts/act-button.js';
import { CommandForm } from '../parts/command-form.js';
import { Choice, Lines } from '../parts/fields.js';
import { words } from '../texts/words.js';
import { leadTexts } from './lead-texts.js';

/** REQ-E10 */
export function PauseCard({ session }: { session: SessionView }) {
  const t = useTexts(leadTexts);
  const w = useTexts(words);
  const [cause, setCause] = useState<'power' | 'chief'>('power');
  const [reason, setReason] = useState('');
  const { sessionId, phase, pauseReason } = session;
  const said = reason.trim();
  if (phase === 'paused')
    return (
      <article class="card">
        <h2>{t.resumeTitle}</h2>
        {pauseReason !== null && <p class="muted">{t.resumeHint(t.causes[pauseReason])}</p>}
        <ActButton request={{ type: 'resume-session', sessionId }} kind="primary" sure={t.resumeSure}>
          {t.resume}
        </ActButton>
      </article>
    );
  return (
    <article class="card">
      <h2>{t.pauseTitle}</h2>
      <p class="muted">{t.pauseHint}</p>
      <CommandForm
        button={t.pause}
        done={() => setReason('')}
        request={said === '' ? null : { type: 'pause-session', sessionId, cause, reason: said }}
      >
        <Choice
          label={t.cause}
          value={cause}
          options={[
            { value: 'power', text: t.causes.power },
            { value: 'chief', text: t.causes.chief },
          ]}
          change={setCause}
        />
        <Lines label={w.reason} hint={w.reasonHint} value={reason} change={setReason} />
      </CommandForm>
    </article>
  );
}

export function MessageCard({ session: { sessionId } }: { session: SessionView }) {
  const t = useTexts(leadTexts);
  const [text, setText] = useState('');
  const [sent, setSent] = useState(false);
  const said = text.trim();
  return (
    <article class="card">
      <h2>{t.messageTitle}</h2>
      <p class="muted">{t.messageHint}</p>
      <CommandForm
        button={t.send}
        done={() => {
          setText('');
          setSent(true);
        }}
        request={said === '' ? null : { type: 'send-message', sessionId, candidateId: null, text: said }}
      >
        <Lines
          label={t.message}
          value={text}
          change={(value) => {
            setText(value);
            setSent(false);
          }}
          rows={3}
        />
        {sent && (
          <p class="done-line" role="status">
            ✓ {t.sent}
          </p>
        )}
      </CommandForm>
    </article>
  );
}

export function EndCard({ session: { sessionId } }: { session: SessionView }) {
  const t = useTexts(leadTexts);
  const w = useTexts(words);
  const [reason, setReason] = useState('');
  const said = reason.trim();
  return (
    <details class="card danger-zone">
      <summary>{t.endTitle}</summary>
      <p class="muted">{t.endHint}</p>
      <CommandForm
        button={t.end}
        kind="danger"
        done={() => setReason('')}
        request={said === '' ? null : { type: 'end-session', sessionId, reason: said }}
      >
        <Lines label={w.reason} hint={w.reasonHint} value={reason} change={setReason} />
      </CommandForm>
    </details>
  );
}
