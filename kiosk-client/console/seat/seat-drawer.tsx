// One seat beside the page: who sits there, how they are, and what can be done. One form open at a time.

import type { SeatRow } from '../../../server/protocol/staff.js';
import { useLanguage, useTexts, type Texts } from '../../i18n/language.js';
import { hourAndMinute, timeOfDay } from '../../ui/time.js';
import { leads, proctors } from '../day/places.js';
import { useDesk, type SeatForm } from '../desk.js';
import { isPlaceOf, seatState } from '../map/seat-state.js';
import { ActButton } from '../parts/act-button.js';
import { useNow, useView } from '../room/use-console.js';
import { age, spell } from '../texts/age.js';
import { words } from '../texts/words.js';
import { SEAT_FORMS } from './seat-forms.js';
import { formTexts } from './form-texts.js';
import { useEffect, useRef, useState } from 'preact/hooks';

interface DrawerTexts {
  ticket: string;
  answered: string;
  unsent: string;
  ends: string;
  extended: string;
  gap: string;
  checkedIn: string;
  pc: string;
  connected: string;
  off: string;
  unpaired: string;
  checkPassed: string;
  checkFailed: string;
  heard: string;
  notHeard: string;
  ended: string;
  nobody: string;
  handDone: string;
  back: string;
  checkIn: string;
  photoMissing: string;
}

const texts: Texts<DrawerTexts> = {
  zh: {
    ticket: '准考证号',
    answered: '已答',
    unsent: '待送达',
    ends: '结束时间',
    extended: '已补时',
    gap: '机器停顿',
    checkedIn: '入场',
    pc: '考生机',
    connected: '已连接',
    off: '未连接',
    unpaired: '未配对',
    checkPassed: '自检通过',
    checkFailed: '自检未通过',
    heard: '耳机正常',
    notHeard: '耳机听不到',
    ended: '结束原因',
    nobody: '没有考生',
    handDone: '举手已处理',
    back: '已返回考场',
    checkIn: '去核验入场',
    photoMissing: '无照片',
  },
  en: {
    ticket: 'Ticket',
    answered: 'Answered',
    unsent: 'Unsent',
    ends: 'Ends at',
    extended: 'Time given',
    gap: 'PC stood still',
    checkedIn: 'Checked in',
    pc: 'PC',
    connected: 'connected',
    off: 'not connected',
    unpaired: 'not paired',
    checkPassed: 'check passed',
    checkFailed: 'check failed',
    heard: 'headphones heard',
    notHeard: 'headphones not heard',
    ended: 'Ended',
    nobody: 'Nobody',
    handDone: 'Hand answered',
    back: 'Back in the room',
    checkIn: 'Check in',
    photoMissing: 'no photo',
  },
};

export function SeatDrawer({ seatId }: { seatId: string }) {
  const { seats, session, you } = useView();
  const desk = useDesk();
  const now = useNow();
  const language = useLanguage();
  const t = useTexts(texts);
  const w = useTexts(words);
  const forms = useTexts(formTexts);
  const form = useRef<HTMLDivElement>(null);
  // The button that sends it may lie below the edge of a small screen.
  useEffect(() => form.current?.scrollIntoView({ block: 'nearest' }), [desk.form]);
  const row = seats.find((one) => one.seatId === seatId);
  if (row === undefined) return null;
  const { shape, word, tone } = seatState(row, w);
  const possible = session === null ? [] : formsFor(row, you.roles, session.phase);
  const open = possible.find((form) => form === desk.form) ?? null;
  const Form = open === null ? null : SEAT_FORMS[open];

  return (
    <section class="drawer" aria-label={w.seat(row.label)}>
      <div class="drawer-head">
        <h3>{w.seat(row.label)}</h3>
        <button type="button" class="quiet" onClick={() => desk.openSeat(null)}>
          {w.close} Esc
        </button>
      </div>
      <div class="who">
        <Photo url={row.photoUrl} missing={t.photoMissing} />
        <div>
          <b class="name">{row.name ?? t.nobody}</b>
          <span class={`state ${tone}`}>
            <i aria-hidden="true">{shape}</i> {word}{' '}
            {row.since === null ? '' : age(now - row.since, language)}
          </span>
          {row.ticketNo !== null && <span class="ticket">{row.ticketNo.replace(/(.{4})(?=.)/g, '$1 ')}</span>}
        </div>
      </div>
      <dl class="facts">
        <Pair name={t.pc} value={pcLine(row, t)} />
        {row.checkedInAt !== null && <Pair name={t.checkedIn} value={hourAndMinute(row.checkedInAt)} />}
        {row.items > 0 && <Pair name={t.answered} value={`${row.answered} / ${row.items}`} />}
        {row.unsent > 0 && <Pair name={t.unsent} value={String(row.unsent)} />}
        {row.endsAt !== null && row.endReason === null && (
          <Pair name={t.ends} value={timeOfDay(row.endsAt)} />
        )}
        {row.extendedMs > 0 && <Pair name={t.extended} value={spell(row.extendedMs, language)} />}
        {row.gapMs > 0 && <Pair name={t.gap} value={spell(row.gapMs, language)} />}
        {row.endReason !== null && (
          <Pair name={t.ended} value={w.endReasons[row.endReason] ?? row.endReason} />
        )}
      </dl>
      {session !== null && row.candidateId !== null && (
        <div class="row wrap">
          {row.look === 'hand' && proctors(you.roles) && (
            <ActButton
              kind="primary"
              request={{ type: 'answer-hand', sessionId: session.sessionId, candidateId: row.candidateId }}
            >
              {t.handDone}
            </ActButton>
          )}
          {row.look === 'away' && proctors(you.roles) && (
            <ActButton
              kind="primary"
              request={{ type: 'return-to-room', sessionId: session.sessionId, candidateId: row.candidateId }}
            >
              {t.back}
            </ActButton>
          )}
          {row.attendance === 'expected' && proctors(you.roles) && desk.place !== 'check-in' && (
            <button type="button" class="primary" onClick={() => desk.go('check-in')}>
              {t.checkIn}
            </button>
          )}
        </div>
      )}
      <div class="form-tabs">
        {possible.map((form) => (
          <button
            type="button"
            key={form}
            class={form === open ? 'chosen' : ''}
            aria-expanded={form === open}
            onClick={() => desk.openSeat(seatId, form === open ? null : form)}
          >
            {forms[form]}
          </button>
        ))}
      </div>
      {Form !== null && open !== null && (
        <div ref={form}>
          <Form
            key={open}
            row={row}
            done={() => desk.openSeat(seatId)}
            cancel={() => desk.openSeat(seatId)}
          />
        </div>
      )}
    </section>
  );
}

/** The forms that may be of use now; whether the room accepts is the room's to say. */
function formsFor(row: SeatRow, roles: readonly string[], phase: string): SeatForm[] {
  const all = roles as Parameters<typeof leads>[0];
  const forms: SeatForm[] = [];
  const sits = row.candidateId !== null && isPlaceOf(row);
  const runs = phase === 'running' || phase === 'paused' || phase === 'suspended';
  const isIn = row.attendance === 'admitted' && row.endReason === null;
  if (row.candidateId !== null) forms.push('incident');
  if (proctors(all) && sits) {
    if (isIn && (runs || phase === 'open')) forms.push('swap');
    if (isIn && runs) forms.push('leave', 'end');
    if (isIn) forms.push('message');
    if (row.attendance === 'admitted' || row.attendance === 'refused') forms.push('correct-check-in');
  }
  if (proctors(all) && row.look === 'moving') forms.push('correct-swap');
  if ((proctors(all) || all.includes('inspector')) && isIn && runs && sits) forms.unshift('time');
  if (leads(all) && row.endReason !== null && runs) forms.push('reopen');
  if (all.includes('sysadmin') && row.look !== 'unpaired') forms.push('unpair');
  return forms;
}

function pcLine(row: SeatRow, t: DrawerTexts): string {
  if (row.look === 'unpaired') return t.unpaired;
  const check = row.checkPassed === null ? [] : [row.checkPassed ? t.checkPassed : t.checkFailed];
  const sound = row.audioOk === null ? [] : [row.audioOk ? t.heard : t.notHeard];
  return [row.connected ? t.connected : t.off, ...check, ...sound].join(' · ');
}

function Pair({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

/** The candidate's photo of the roster, or a plain place where there is none. */
export function Photo({
  url,
  missing,
  large = false,
}: {
  url: string | null;
  missing: string;
  large?: boolean;
}) {
  const [failed, setFailed] = useState<string | null>(null);
  const classes = large ? 'photo large' : 'photo';
  if (url === null || failed === url) return <div class={classes}>{missing}</div>;
  return <img class={classes} src={url} alt="" onError={() => setFailed(url)} />;
}
