// Check-in at the door (REQ-D03): find the candidate by a reader or by hand, compare face and photo, tick document and ticket,
// admit or refuse. The whole of it by keyboard: type, Enter, 1, 2, Enter.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { READER_GAP_MS } from '../../../server/protocol/document-reading.js';
import type { SeatRow } from '../../../server/protocol/staff.js';
import { useTexts, type Texts } from '../../i18n/language.js';
import { hourAndMinute } from '../../ui/time.js';
import { useDesk } from '../desk.js';
import { ReadingStrip } from '../documents/reading-strip.js';
import { useReadings } from '../documents/use-readings.js';
import { isFound, isPlaceOf } from '../map/seat-state.js';
import { CommandForm } from '../parts/command-form.js';
import { Choice, Lines, Tick } from '../parts/fields.js';
import { FindField } from '../parts/find-field.js';
import { Refusal } from '../parts/refusal.js';
import { useAct, useSession, useView } from '../room/use-console.js';
import { Photo } from '../seat/seat-drawer.js';
import { words } from '../texts/words.js';

interface CheckInTexts {
  title: string;
  waiting: (count: number) => string;
  done: (count: number) => string;
  nobodyLeft: string;
  nobodyFits: string;
  choose: string;
  keys: string;
  document: string;
  ticket: string;
  admit: string;
  refuse: string;
  refuseWhy: string;
  reasons: string[];
  more: string;
  goTo: (seat: string) => string;
  correct: string;
  photoMissing: string;
  notOpen: string;
}

const texts: Texts<CheckInTexts> = {
  zh: {
    title: '核验入场',
    waiting: (count) => `未核验 ${count} 人`,
    done: (count) => `已核验 ${count} 人`,
    nobodyLeft: '全部考生都已核验。',
    nobodyFits: '没有找到。请核对准考证上的考场和场次。',
    choose: '请把身份证放到读卡器上，或从左边选择考生。',
    keys: '键盘：1 证件　2 准考证　回车 准入',
    document: '身份证件已看，与本人相符',
    ticket: '准考证已看，与本人相符',
    admit: '准入',
    refuse: '不准入',
    refuseWhy: '不准入的原因',
    reasons: [
      '未带有效身份证件',
      '证件与本人不符',
      '没有准考证',
      '不是本考场或本场次',
      '超过停止入场时间',
      '其他',
    ],
    more: '补充说明',
    goTo: (seat) => `请到 ${seat} 就座`,
    correct: '更正',
    photoMissing: '无照片',
    notOpen: '开放入场之后才能核验。',
  },
  en: {
    title: 'Check-in',
    waiting: (count) => `${count} to check in`,
    done: (count) => `${count} checked in`,
    nobodyLeft: 'Everybody is checked in.',
    nobodyFits: 'Nobody found. Look at room and session on the ticket.',
    choose: 'Hold the identity card to the reader, or choose a candidate on the left.',
    keys: 'Keys: 1 document, 2 ticket, Enter admits',
    document: 'Identity document seen, and it is this person',
    ticket: 'Admission ticket seen, and it is this person’s',
    admit: 'Admit',
    refuse: 'Refuse',
    refuseWhy: 'Why not',
    reasons: [
      'No valid identity document',
      'The document is not this person’s',
      'No admission ticket',
      'Another room or session',
      'After the door has closed',
      'Other',
    ],
    more: 'In more words',
    goTo: (seat) => `Please sit down at ${seat}`,
    correct: 'Correct',
    photoMissing: 'no photo',
    notOpen: 'Possible as soon as entry is open.',
  },
};

export function CheckIn() {
  const { seats, session } = useView();
  const t = useTexts(texts);
  const w = useTexts(words);
  const desk = useDesk();
  const [typed, setTyped] = useState('');
  const [candidateId, choose] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const rows = seats.filter((row) => row.candidateId !== null && isPlaceOf(row));
  const waiting = rows.filter(({ attendance }) => attendance === 'expected');
  const done = rows
    .filter((row) => row.attendance === 'admitted' || row.attendance === 'refused')
    .sort((a, b) => (b.checkedInAt ?? 0) - (a.checkedInAt ?? 0));
  const found = waiting.filter((row) => isFound(row, typed));
  const chosen = rows.find((row) => row.candidateId === candidateId) ?? null;
  const readings = useReadings({
    ...{ rows, choose },
    busyWith: chosen?.attendance === 'expected' ? chosen.candidateId : null,
  });
  const mayBegin = session !== null && session.phase !== 'installed' && session.phase !== 'sealed';
  // The number was taken out of whatever had the focus; somebody who goes on by hand begins here.
  useEffect(() => {
    if (readings.reading !== null && document.activeElement === document.body) field.current?.focus();
  }, [readings.reading]);
  const next = () => {
    setTyped('');
    readings.clear();
    field.current?.focus();
  };
  const byHand = (id: string | null) => {
    readings.clear();
    choose(id);
  };

  return (
    <section class="split">
      <div class="list-side">
        <FindField
          typed={typed}
          change={setTyped}
          take={() => found[0] !== undefined && byHand(found[0].candidateId)}
          field={field}
        />
        <h3>{t.waiting(waiting.length)}</h3>
        {waiting.length === 0 && <p class="muted">{t.nobodyLeft}</p>}
        {waiting.length > 0 && found.length === 0 && <p class="muted">{t.nobodyFits}</p>}
        <div class="names">
          {found.map((row) => (
            <button
              type="button"
              key={row.seatId}
              class={row.candidateId === candidateId ? 'name-line chosen' : 'name-line'}
              onClick={() => byHand(row.candidateId)}
            >
              <span>{row.label}</span>
              <b>{row.name}</b>
              <small>{row.ticketNo?.slice(-6)}</small>
            </button>
          ))}
        </div>
        {done.length > 0 && (
          <>
            <h3>{t.done(done.length)}</h3>
            <div class="names">
              {done.map((row) => (
                <div class="name-line" key={row.seatId}>
                  <span>{row.label}</span>
                  <b>{row.name}</b>
                  <small>
                    {row.attendance === null ? '' : w.attendance[row.attendance]}{' '}
                    {row.checkedInAt === null ? '' : hourAndMinute(row.checkedInAt)}
                  </small>
                  <button
                    type="button"
                    class="quiet"
                    onClick={() => desk.openSeat(row.seatId, 'correct-check-in')}
                  >
                    {t.correct}
                  </button>
                </div>
              ))}
            </div>
          </>
        )}
      </div>
      <div class="card-side">
        {!mayBegin && <p class="notice">{t.notOpen}</p>}
        {readings.reading !== null && (
          <ReadingStrip
            reading={readings.reading}
            sessionId={session?.sessionId ?? null}
            goTo={readings.waiting === null ? null : readings.goThere}
          />
        )}
        {chosen === null ? (
          <p class="muted">{t.choose}</p>
        ) : chosen.attendance === 'expected' ? (
          <CheckDesk key={chosen.candidateId} row={chosen} t={t} next={next} began={readings.began} />
        ) : (
          <Outcome row={chosen} t={t} />
        )}
      </div>
    </section>
  );
}

/** What the candidate is told: where to sit. */
function Outcome({ row, t }: { row: SeatRow; t: CheckInTexts }) {
  const w = useTexts(words);
  return (
    <div class="card outcome" role="status">
      <h2>{row.name}</h2>
      <p class="big">
        {row.attendance === 'admitted' ? `✓ ${t.goTo(w.seat(row.label))}` : `⊘ ${w.attendance.refused}`}
      </p>
    </div>
  );
}

interface CheckDeskProps {
  row: SeatRow;
  t: CheckInTexts;
  next: () => void;
  /** Counts readers that began to type: their first keys were no ticks. */
  began: number;
}

function CheckDesk({ row, t, next, began }: CheckDeskProps) {
  const { sessionId } = useSession();
  const w = useTexts(words);
  const { busy, refused, act } = useAct();
  const [documentSeen, setDocument] = useState(false);
  const [ticketSeen, setTicket] = useState(false);
  const [refusing, setRefusing] = useState(false);
  const [why, setWhy] = useState('');
  const [more, setMore] = useState('');
  const card = useRef<HTMLDivElement>(null);
  /** The ticks before the last keys that came as fast as a reader's. */
  const before = useRef({ at: -Infinity, documentSeen, ticketSeen });
  // Before the card is seen: a hand that ticks at the first sight of it finds it listening. What a reader said stands above the
  // card, and stays in sight.
  useLayoutEffect(() => card.current?.focus({ preventScroll: true }), []);
  useLayoutEffect(() => {
    if (began === 0) return;
    setDocument(before.current.documentSeen);
    setTicket(before.current.ticketSeen);
    card.current?.focus({ preventScroll: true });
  }, [began]);
  const tick = (key: string, at: number) => {
    if (at - before.current.at > READER_GAP_MS) before.current = { at, documentSeen, ticketSeen };
    else before.current.at = at;
    if (key === '1') setDocument((seen) => !seen);
    if (key === '2') setTicket((seen) => !seen);
  };
  const ids = { type: 'check-in' as const, sessionId, candidateId: row.candidateId ?? '', happenedAt: null };
  const admit = async () => {
    if (!documentSeen || !ticketSeen || busy) return;
    if (await act({ ...ids, outcome: 'admitted', documentSeen, ticketSeen, reason: null })) next();
  };
  const reason = [why, more.trim()].filter(Boolean).join('：');

  return (
    <div
      class="card check"
      ref={card}
      tabIndex={-1}
      onKeyDown={(event) => {
        const { tagName } = event.target as HTMLElement;
        if (refusing || tagName === 'BUTTON') return;
        if (event.key === 'Enter') return void admit();
        tick(event.key, event.timeStamp);
      }}
    >
      <div class="face">
        <Photo url={row.photoUrl} missing={t.photoMissing} large />
        <div>
          <h2 class={(row.name ?? '').length > 8 ? 'long' : undefined}>{row.name}</h2>
          <p class="seat-no">{w.seat(row.label)}</p>
          <p class="ticket">{row.ticketNo?.replace(/(.{4})(?=.)/g, '$1 ')}</p>
        </div>
      </div>
      <Tick checked={documentSeen} change={setDocument}>
        <kbd>1</kbd> {t.document}
      </Tick>
      <Tick checked={ticketSeen} change={setTicket}>
        <kbd>2</kbd> {t.ticket}
      </Tick>
      {refusing ? (
        <CommandForm
          button={t.refuse}
          kind="danger"
          done={next}
          cancel={() => setRefusing(false)}
          request={why === '' ? null : { ...ids, outcome: 'refused', documentSeen, ticketSeen, reason }}
        >
          <Choice
            label={t.refuseWhy}
            value={why}
            none="—"
            options={t.reasons.map((text) => ({ value: text, text }))}
            change={setWhy}
          />
          <Lines label={t.more} value={more} change={setMore} />
        </CommandForm>
      ) : (
        <>
          <Refusal refused={refused} />
          <div class="row">
            <button
              type="button"
              class="primary large"
              disabled={busy || !documentSeen || !ticketSeen}
              onClick={() => void admit()}
            >
              {t.admit}
            </button>
            <button type="button" class="large" onClick={() => setRefusing(true)}>
              {t.refuse}
            </button>
          </div>
          <p class="muted small">{t.keys}</p>
        </>
      )}
    </div>
  );
}
