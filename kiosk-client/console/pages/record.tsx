// The record of the day: a note about the room, who stands in for whom, and everything that happened.

import { useState } from 'preact/hooks';
import type { StaffRequest } from '../../../server/protocol/staff.js';
import { useTexts, type Texts } from '../../i18n/language.js';
import { leads } from '../day/places.js';
import { CommandForm } from '../parts/command-form.js';
import { Choice, Lines } from '../parts/fields.js';
import { useLink, useSession, useView } from '../room/use-console.js';
import { categoriesOf } from '../seat/seat-forms.js';
import { Feed } from '../shell/feed.js';
import { words } from '../texts/words.js';

interface RecordTexts {
  note: string;
  noteHint: string;
  category: string;
  what: string;
  noteDo: string;
  standIn: string;
  standInHint: string;
  absent: string;
  by: string;
  choose: string;
  role: string;
  standInDo: string;
  noSession: string;
}

const texts: Texts<RecordTexts> = {
  zh: {
    note: '记录一件事',
    noteHint: '关于全场的事在这里记；关于某位考生的，请在座位图上点他的考位。',
    category: '类别',
    what: '经过',
    noteDo: '记入考场记录',
    standIn: '登记顶岗',
    standInHint: '有人不能到岗时登记由谁顶替。顶替后即有该岗位的权限，本场有效。',
    absent: '谁不能到岗',
    by: '由谁顶替',
    choose: '请选择',
    role: '岗位',
    standInDo: '登记顶岗',
    noSession: '没有安排考试。',
  },
  en: {
    note: 'Record something',
    noteHint: 'About the whole room here; about one candidate at the seat on the map.',
    category: 'Kind',
    what: 'What happened',
    noteDo: 'Into the record',
    standIn: 'Stand-in',
    standInHint: 'Who takes the place of somebody who cannot come. It counts for this session.',
    absent: 'Who cannot come',
    by: 'Who stands in',
    choose: 'Choose',
    role: 'As',
    standInDo: 'Record it',
    noSession: 'No exam is planned.',
  },
};

export function Record() {
  const { session, you } = useView();
  const t = useTexts(texts);
  const mayStandIn =
    leads(you.roles) || you.roles.includes('inspector') || you.roles.includes('org-technician');
  return (
    <section class="split even">
      <div class="list-side">
        {session === null ? (
          <p class="muted">{t.noSession}</p>
        ) : (
          <>
            <NoteCard t={t} />
            {mayStandIn && <StandInCard t={t} />}
          </>
        )}
      </div>
      <div class="card-side">
        <div class="card">
          <Feed shown={500} />
        </div>
      </div>
    </section>
  );
}

type Category = Extract<StaffRequest, { type: 'record-incident' }>['category'];

function NoteCard({ t }: { t: RecordTexts }) {
  const { sessionId } = useSession();
  const w = useTexts(words);
  const [category, setCategory] = useState<Category>('environment');
  const [text, setText] = useState('');
  const said = text.trim();
  return (
    <article class="card">
      <h2>{t.note}</h2>
      <p class="muted">{t.noteHint}</p>
      <CommandForm
        button={t.noteDo}
        done={() => setText('')}
        request={
          said === ''
            ? null
            : {
                type: 'record-incident',
                sessionId,
                candidateId: null,
                category,
                text: said,
                happenedAt: null,
              }
        }
      >
        <Choice
          label={t.category}
          value={category}
          options={categoriesOf(w.categories)}
          change={setCategory}
        />
        <Lines label={t.what} hint={w.reasonHint} value={text} change={setText} rows={3} />
      </CommandForm>
    </article>
  );
}

/** REQ-E16 */
function StandInCard({ t }: { t: RecordTexts }) {
  const { sessionId } = useSession();
  const { people } = useLink();
  const w = useTexts(words);
  const [absentStaffId, setAbsent] = useState('');
  const [staffId, setStaff] = useState('');
  const [reason, setReason] = useState('');
  const staff = people?.staff ?? [];
  const option = ({ staffId: value, name, roles }: (typeof staff)[number]) => ({
    value,
    text: `${name}（${roles.map((one) => w.roles[one]).join('、')}）`,
  });
  const role = staff.find((one) => one.staffId === absentStaffId)?.roles[0];
  const said = reason.trim();
  return (
    <details class="card">
      <summary>{t.standIn}</summary>
      <p class="muted">{t.standInHint}</p>
      <CommandForm
        button={t.standInDo}
        done={() => [setAbsent, setStaff, setReason].forEach((set) => set(''))}
        request={
          role === undefined || staffId === '' || said === ''
            ? null
            : { type: 'stand-in', sessionId, staffId, role, absentStaffId, reason: said }
        }
      >
        <Choice
          label={t.absent}
          value={absentStaffId}
          none={t.choose}
          options={staff.map(option)}
          change={setAbsent}
          hint={role === undefined ? undefined : `${t.role} ${w.roles[role]}`}
        />
        <Choice
          label={t.by}
          value={staffId}
          none={t.choose}
          options={staff.filter((one) => one.staffId !== absentStaffId).map(option)}
          change={setStaff}
        />
        <Lines label={w.reason} hint={w.reasonHint} value={reason} change={setReason} />
      </CommandForm>
    </details>
  );
}
