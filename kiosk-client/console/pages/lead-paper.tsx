// Before the start: opening the paper with the two halves, delaying, the reserve paper.

import { useState } from 'preact/hooks';
import type { SessionView } from '../../../server/protocol/staff.js';
import { useTexts } from '../../i18n/language.js';
import { CommandForm } from '../parts/command-form.js';
import { Line, Lines } from '../parts/fields.js';
import { codeOf, minutesOf } from '../parts/typed.js';
import { words } from '../texts/words.js';
import { leadTexts } from './lead-texts.js';

/** REQ-C03: the start code from the telephone and the PIN of whoever presses. */
export function OpenPaperCard({ session }: { session: SessionView }) {
  const t = useTexts(leadTexts);
  const { sessionId, papers, paperInForce } = session;
  const paperId = paperInForce ?? '';
  const [typed, setTyped] = useState('');
  const [pin, setPin] = useState('');
  const startCode = codeOf(typed) ?? '';
  const ownPin = pin.normalize('NFKC').trim();
  const isReady = paperId !== '' && startCode !== '' && ownPin.length >= 4;
  return (
    <article class="card">
      <h2>{t.openTitle}</h2>
      <p class="muted">{t.openHint}</p>
      <CommandForm
        button={t.open}
        done={() => setTyped('')}
        request={isReady ? { type: 'open-paper', sessionId, paperId, startCode, pin: ownPin } : null}
      >
        {papers.length > 1 && (
          <p>
            {t.which}{' '}
            <b>
              {papers.some((one) => one.paperId === paperId && one.use === 'reserve') ? t.reserve : t.main}
            </b>
          </p>
        )}
        <Line
          label={t.startCode}
          hint={`${t.startCodeHint}${startCode === '' ? '' : `（${startCode.length}）`}`}
          value={typed}
          change={setTyped}
          maxLength={60}
          numeric
          first
        />
        <Line label={t.pin} value={pin} change={setPin} maxLength={32} secret />
      </CommandForm>
    </article>
  );
}

/** REQ-E14: by the organisation's authority. */
export function DelayCard({ session: { sessionId } }: { session: SessionView }) {
  const t = useTexts(leadTexts);
  const w = useTexts(words);
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const [code, setCode] = useState('');
  const minutes = minutesOf(typed);
  const said = reason.trim();
  const clear = () => [setTyped, setReason, setCode].forEach((set) => set(''));
  return (
    <details class="card">
      <summary>{t.delayTitle}</summary>
      <p class="muted">{t.delayHint}</p>
      <CommandForm
        button={t.delay}
        done={clear}
        request={
          minutes === null || said === ''
            ? null
            : { type: 'delay-start', sessionId, minutes, reason: said, orgCode: codeOf(code) }
        }
      >
        <Line label={t.delayMinutes} value={typed} change={setTyped} maxLength={3} numeric />
        <Lines label={w.reason} hint={w.reasonHint} value={reason} change={setReason} />
        <Line label={w.orgCode} hint={w.orgCodeHint} value={code} change={setCode} maxLength={40} numeric />
      </CommandForm>
    </details>
  );
}

/** REQ-C02, REQ-E14: the reserve paper stands in for the main one. */
export function ReserveCard({ session: { sessionId, papers, paperOpened } }: { session: SessionView }) {
  const t = useTexts(leadTexts);
  const w = useTexts(words);
  const [reason, setReason] = useState('');
  const [code, setCode] = useState('');
  const said = reason.trim();
  const paperId = papers.find(({ use }) => use === 'reserve')?.paperId;
  if (paperId === undefined || paperOpened) return null;
  const clear = () => [setReason, setCode].forEach((set) => set(''));
  return (
    <details class="card">
      <summary>{t.reserveTitle}</summary>
      <p class="muted">{t.reserveHint}</p>
      <CommandForm
        button={t.reserveDo}
        kind="danger"
        done={clear}
        request={
          said === '' || codeOf(code) === null
            ? null
            : { type: 'enable-reserve', sessionId, paperId, reason: said, orgCode: codeOf(code) }
        }
      >
        <Lines label={w.reason} hint={w.reasonHint} value={reason} change={setReason} />
        <Line label={w.orgCode} hint={w.orgCodeHint} value={code} change={setCode} maxLength={40} numeric />
      </CommandForm>
    </details>
  );
}
