// Requests for time (REQ-E09): who asked, why, who agreed; approving and rejecting. And the decision after an outage.

import { useState } from 'preact/hooks';
import type { Todo } from '../../../server/protocol/staff.js';
import { useLanguage, useTexts, type Texts } from '../../i18n/language.js';
import { timeOfDay } from '../../ui/time.js';
import { leads } from '../day/places.js';
import { isPlaceOf } from '../map/seat-state.js';
import { ActButton } from '../parts/act-button.js';
import { CommandForm } from '../parts/command-form.js';
import { Line, Lines } from '../parts/fields.js';
import { codeOf } from '../parts/typed.js';
import { useNow, useSession, useStaffNames, useView } from '../room/use-console.js';
import { spell } from '../texts/age.js';
import { words } from '../texts/words.js';
import { SuspendedCard } from './suspended-card.js';

interface TimeTexts {
  title: string;
  none: string;
  how: string;
  who: string;
  minutes: string;
  reason: string;
  asked: string;
  agreed: string;
  waits: string;
  left: (time: string) => string;
  agree: string;
  reject: string;
  rejectDo: string;
  code: string;
  codeHint: string;
  given: string;
  nobodyGiven: string;
  decided: string;
}

const texts: Texts<TimeTexts> = {
  zh: {
    title: '补时申请',
    none: '没有待处理的申请。',
    how: '监考员在座位图上点考位，选“补时”提出申请；主考和巡考员都同意后立即生效。',
    who: '考生',
    minutes: '补时',
    reason: '原因',
    asked: '提出',
    agreed: '已同意',
    waits: '等待同意',
    left: (time) => `剩 ${time}`,
    agree: '同意',
    reject: '不同意',
    rejectDo: '不同意',
    code: '用授权码代替巡考员',
    codeHint: '巡考员不在场时，由培训评价组织值班员电话读出',
    given: '已补时',
    nobodyGiven: '还没有人补时。',
    decided: '结束时间',
  },
  en: {
    title: 'Requests for time',
    none: 'No request waits.',
    how: 'A proctor opens a seat on the map and chooses “Time back”. It counts as soon as chief and inspector have agreed.',
    who: 'Candidate',
    minutes: 'Time',
    reason: 'Reason',
    asked: 'Asked',
    agreed: 'Agreed',
    waits: 'not yet',
    left: (time) => `${time} left`,
    agree: 'Agree',
    reject: 'Reject',
    rejectDo: 'Reject',
    code: 'A code instead of the inspector',
    codeHint: 'Where no inspector is here: read over the telephone by the duty officer of the organisation',
    given: 'Time given',
    nobodyGiven: 'Nobody was given time yet.',
    decided: 'Ends at',
  },
};

export function TimeBack() {
  const { session, todo, seats, you } = useView();
  const language = useLanguage();
  const t = useTexts(texts);
  const w = useTexts(words);
  const requests = todo.filter(isExtension);
  const given = seats.filter((one) => one.extendedMs > 0 && isPlaceOf(one));
  const maySecond = you.roles.includes('inspector') || you.roles.includes('org-technician');
  return (
    <section class="cards">
      {session?.phase === 'suspended' && (maySecond || leads(you.roles)) && <SuspendedCard />}
      <article class="card">
        <h2>{t.title}</h2>
        <p class="muted">{t.how}</p>
        {requests.length === 0 && <p>{t.none}</p>}
      </article>
      {requests.map((request) => (
        <RequestCard key={request.requestId} request={request} />
      ))}
      <article class="card">
        <h2>{t.given}</h2>
        {given.length === 0 ? (
          <p class="muted">{t.nobodyGiven}</p>
        ) : (
          <table>
            <thead>
              <tr>
                <th>{t.who}</th>
                <th>{t.minutes}</th>
                <th>{t.decided}</th>
              </tr>
            </thead>
            <tbody>
              {given.map((row) => (
                <tr key={row.seatId}>
                  <td>
                    {w.seat(row.label)} {row.name}
                  </td>
                  <td>{spell(row.extendedMs, language)}</td>
                  <td>{row.endsAt === null ? '—' : timeOfDay(row.endsAt)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </article>
    </section>
  );
}

type Extension = Extract<Todo, { kind: 'extension' }>;
const isExtension = (todo: Todo): todo is Extension => todo.kind === 'extension';

function RequestCard({ request }: { request: Extension }) {
  const { sessionId } = useSession();
  const { seats, you } = useView();
  const nameOf = useStaffNames();
  const now = useNow();
  const language = useLanguage();
  const t = useTexts(texts);
  const w = useTexts(words);
  const [open, setOpen] = useState<'reject' | 'code' | null>(null);
  const [text, setText] = useState('');
  const { requestId, candidateId, ms, reason, chief, second, expiresAt, since } = request;
  const row = seats.find((one) => one.candidateId === candidateId && isPlaceOf(one));
  const isLeader = leads(you.roles);
  const isSecond = you.roles.includes('inspector') || you.roles.includes('org-technician');
  const isMine = (isLeader && chief === null) || (isSecond && second === null);
  const close = () => {
    setOpen(null);
    setText('');
  };
  const halves: [string, string | null][] = [
    [w.roles.chief, chief],
    [w.roles.inspector, second],
  ];
  return (
    <article class="card" data-request={requestId}>
      <h2>
        {row === undefined ? candidateId : `${w.seat(row.label)} ${row.name ?? ''}`} · {spell(ms, language)}
        <small class="muted">{t.left(spell(expiresAt - now, language))}</small>
      </h2>
      <dl class="facts">
        <dt>{t.asked}</dt>
        <dd>{timeOfDay(since)}</dd>
        <dt>{t.reason}</dt>
        <dd>{reason}</dd>
        {halves.map(([role, staffId]) => (
          <Half
            key={role}
            name={role}
            state={staffId === null ? t.waits : `✓ ${t.agreed} ${nameOf(staffId)}`}
          />
        ))}
      </dl>
      {open === null && (
        <div class="row wrap">
          {isMine && (
            <ActButton
              request={{ type: 'approve-extension', sessionId, requestId, orgCode: null }}
              kind="primary"
            >
              {t.agree}
            </ActButton>
          )}
          {(isLeader || isSecond) && (
            <button type="button" onClick={() => setOpen('reject')}>
              {t.reject}
            </button>
          )}
          {isLeader && second === null && (
            <button type="button" onClick={() => setOpen('code')}>
              {t.code}
            </button>
          )}
        </div>
      )}
      {open === 'reject' && (
        <CommandForm
          button={t.rejectDo}
          kind="danger"
          done={close}
          cancel={close}
          request={
            text.trim() === ''
              ? null
              : { type: 'reject-extension', sessionId, requestId, reason: text.trim() }
          }
        >
          <Lines label={w.reason} hint={w.reasonHint} value={text} change={setText} first />
        </CommandForm>
      )}
      {open === 'code' && (
        <CommandForm
          button={t.agree}
          done={close}
          cancel={close}
          request={
            codeOf(text) === null
              ? null
              : { type: 'approve-extension', sessionId, requestId, orgCode: codeOf(text) }
          }
        >
          <Line
            label={w.orgCode}
            hint={t.codeHint}
            value={text}
            change={setText}
            maxLength={40}
            numeric
            first
          />
        </CommandForm>
      )}
    </article>
  );
}

function Half({ name, state }: { name: string; state: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{state}</dd>
    </>
  );
}
