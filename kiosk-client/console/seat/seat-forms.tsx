// The forms of a seat, one component each: every one gives one command.

import type { FunctionComponent } from 'preact';
import { useState } from 'preact/hooks';
import type { SeatRow, StaffRequest } from '../../../server/protocol/staff.js';
import { useLanguage, useTexts } from '../../i18n/language.js';
import { leads } from '../day/places.js';
import type { SeatForm } from '../desk.js';
import { CommandForm } from '../parts/command-form.js';
import { Choice, Line, Lines } from '../parts/fields.js';
import { minutesOf } from '../parts/typed.js';
import { useSession, useView } from '../room/use-console.js';
import { spell } from '../texts/age.js';
import { words } from '../texts/words.js';
import { formTexts, type FormTexts } from './form-texts.js';

export interface SeatFormProps {
  row: SeatRow;
  done: () => void;
  cancel: () => void;
}

/** What a form of a candidate needs: its texts, the ids, a reason. */
function useForm(row: SeatRow) {
  const t = useTexts(formTexts);
  const w = useTexts(words);
  const { sessionId } = useSession();
  const [reason, setReason] = useState('');
  const ids = { sessionId, candidateId: row.candidateId ?? '' };
  const said = reason.trim();
  return { t, w, ids, reason, setReason, said };
}

function Swap({ row, done, cancel }: SeatFormProps) {
  const { t, w, ids, reason, setReason, said } = useForm(row);
  const { seats } = useView();
  const free = seats.filter((one) => isFree(one) && one.seatId !== row.seatId);
  const [toSeatId, choose] = useState(free[0]?.seatId ?? '');
  if (free.length === 0) return <p class="notice">{t.noSeat}</p>;
  return (
    <CommandForm
      button={t.swapDo}
      {...{ done, cancel }}
      request={
        toSeatId === '' || said === '' ? null : { type: 'swap-machine', ...ids, toSeatId, reason: said }
      }
    >
      <Choice
        label={t.toSeat}
        value={toSeatId}
        options={free.map(({ seatId, label }) => ({ value: seatId, text: w.seat(label) }))}
        change={choose}
        none={t.chooseSeat}
        hint={t.swapHint}
      />
      <Lines label={w.reason} hint={w.reasonHint} value={reason} change={setReason} first />
    </CommandForm>
  );
}

/** A PC that is here, works, and is nobody's; spare ones come first in the package. */
const isFree = (row: SeatRow) =>
  row.connected && row.look === 'waiting' && (row.candidateId === null || row.attendance === 'absent');

function TimeBack({ row, done, cancel }: SeatFormProps) {
  const { t, w, ids, reason, setReason, said } = useForm(row);
  const language = useLanguage();
  const owed = Math.max(0, row.gapMs - row.extendedMs);
  const [typed, setTyped] = useState(owed > 0 ? String(Math.ceil(owed / 60_000)) : '');
  const minutes = minutesOf(typed);
  return (
    <CommandForm
      button={t.timeDo}
      {...{ done, cancel }}
      request={
        minutes === null || said === '' ? null : { type: 'request-extension', ...ids, minutes, reason: said }
      }
    >
      <Line
        label={t.minutes}
        hint={t.minutesHint(owed > 0 ? spell(owed, language) : '')}
        value={typed}
        change={setTyped}
        maxLength={3}
        numeric
        first
      />
      <Lines label={w.reason} hint={t.timeHint} value={reason} change={setReason} />
    </CommandForm>
  );
}

function Leave({ row, done, cancel }: SeatFormProps) {
  const { t, ids, reason, setReason, said } = useForm(row);
  return (
    <CommandForm
      button={t.leaveDo}
      {...{ done, cancel }}
      request={said === '' ? null : { type: 'leave-room', ...ids, accompaniedBy: said }}
    >
      <Line label={t.escort} hint={t.leaveHint} value={reason} change={setReason} maxLength={50} first />
    </CommandForm>
  );
}

type Category = Extract<StaffRequest, { type: 'record-incident' }>['category'];

function Incident({ row, done, cancel }: SeatFormProps) {
  const { t, w, ids, reason, setReason, said } = useForm(row);
  const [category, setCategory] = useState<Category>(row.look === 'hand' ? 'question-doubt' : 'other');
  return (
    <CommandForm
      button={t.incidentDo}
      {...{ done, cancel }}
      request={
        said === '' ? null : { type: 'record-incident', ...ids, category, text: said, happenedAt: null }
      }
    >
      <Choice label={t.category} value={category} options={categoriesOf(w.categories)} change={setCategory} />
      <Lines label={t.what} hint={w.reasonHint} value={reason} change={setReason} rows={3} first />
    </CommandForm>
  );
}

/** The kinds of a note, for a choice. */
export function categoriesOf(names: Record<string, string>): { value: Category; text: string }[] {
  return Object.entries(names).map(([value, text]) => ({ value: value as Category, text }));
}

function Message({ row, done, cancel }: SeatFormProps) {
  const { t, ids, reason, setReason, said } = useForm(row);
  return (
    <CommandForm
      button={t.messageDo}
      {...{ done, cancel }}
      request={said === '' ? null : { type: 'send-message', ...ids, text: said }}
    >
      <Lines label={t.messageText} hint={t.messageHint} value={reason} change={setReason} rows={3} first />
    </CommandForm>
  );
}

/** EN1: a proctor ends only somebody who disturbs. */
const END_REASONS = ['violation', 'illness', 'early-leave', 'disturbing'] as const;

function End({ row, done, cancel }: SeatFormProps) {
  const { t, w, ids, reason, setReason, said } = useForm(row);
  const { you } = useView();
  const allowed = END_REASONS.filter((one) => leads(you.roles) || one === 'disturbing');
  const [why, setWhy] = useState<(typeof END_REASONS)[number] | ''>(allowed.length === 1 ? 'disturbing' : '');
  return (
    <CommandForm
      button={t.endDo}
      kind="danger"
      {...{ done, cancel }}
      request={why === '' || said === '' ? null : { type: 'end-candidate', ...ids, reason: why, text: said }}
    >
      <Choice
        label={t.endWhy}
        value={why}
        none="—"
        options={allowed.map((value) => ({ value, text: w.endReasons[value] ?? value }))}
        change={setWhy}
      />
      <Lines label={t.what} hint={t.endHint} value={reason} change={setReason} />
    </CommandForm>
  );
}

/** The forms that only want a reason. */
function withReason(
  make: (ids: { sessionId: string; candidateId: string }, reason: string, row: SeatRow) => StaffRequest,
  button: keyof FormTexts,
  hint: keyof FormTexts | null,
): FunctionComponent<SeatFormProps> {
  return function ReasonForm({ row, done, cancel }: SeatFormProps) {
    const { t, w, ids, reason, setReason, said } = useForm(row);
    const texts = t as unknown as Record<string, string>;
    return (
      <CommandForm
        button={texts[button] ?? ''}
        {...{ done, cancel }}
        request={said === '' ? null : make(ids, said, row)}
      >
        <Lines
          label={w.reason}
          hint={hint === null ? w.reasonHint : texts[hint]}
          value={reason}
          change={setReason}
          first
        />
      </CommandForm>
    );
  };
}

/** The component of each form. */
export const SEAT_FORMS: Record<SeatForm, FunctionComponent<SeatFormProps>> = {
  swap: Swap,
  time: TimeBack,
  leave: Leave,
  incident: Incident,
  message: Message,
  end: End,
  'correct-check-in': withReason(
    (ids, reason) => ({ type: 'correct-check-in', ...ids, reason }),
    'correctCheckInDo',
    'correctCheckInHint',
  ),
  'correct-swap': withReason(
    (ids, reason) => ({ type: 'correct-swap', ...ids, reason }),
    'correctSwapDo',
    null,
  ),
  reopen: withReason(
    (ids, reason) => ({ type: 'reopen-candidate', ...ids, reason }),
    'reopenDo',
    'reopenHint',
  ),
  unpair: withReason(
    (_, reason, { seatId }) => ({ type: 'unpair-seat', seatId, reason }),
    'unpairDo',
    'unpairHint',
  ),
};
