// The devices over the exam: a row each, bars where an alarm stood, marks where somebody did something. Whoever does not see
// it has the table behind it; both are the same marks.

import { useState } from 'preact/hooks';
import type { AlarmView, DeviceMark } from '../../../server/protocol/staff.js';
import { useLanguage, useTexts, type Texts } from '../../i18n/language.js';
import { hourAndMinute, timeOfDay } from '../../ui/time.js';
import { useDesk } from '../desk.js';
import { useNow, useStaffNames, useView } from '../room/use-console.js';
import { useWhere } from '../shell/alarm-strip.js';
import { spell } from '../texts/age.js';
import { alarmWords } from '../texts/devices.js';
import { markSentence } from './device-texts.js';
import {
  axisTicks,
  timelineRows,
  timelineSpan,
  type TimelineBar,
  type TimelineRow,
} from './timeline-rows.js';

interface TimelineTexts {
  title: string;
  mains: string;
  lost: string;
  table: string;
  back: string;
  when: string;
  which: string;
  what: string;
  stands: string;
  nothing: string;
  quiet: string;
  legend: [amber: string, red: string, act: string];
  now: string;
  start: string;
  end: string;
}

const texts: Texts<TimelineTexts> = {
  zh: {
    title: '设备时间线',
    mains: '市电',
    lost: '市电中断',
    table: '以表格显示',
    back: '以图显示',
    when: '时间',
    which: '设备',
    what: '事件',
    stands: '至今',
    nothing: '还没有设备事件。',
    quiet: '无告警',
    legend: ['注意', '故障', '人员操作'],
    now: '现在',
    start: '开考',
    end: '结束',
  },
  en: {
    title: 'Timeline of devices',
    mains: 'Mains',
    lost: 'mains lost',
    table: 'Show as a table',
    back: 'Show as a drawing',
    when: 'Time',
    which: 'Device',
    what: 'Event',
    stands: 'until now',
    nothing: 'Nothing has happened to devices yet.',
    quiet: 'no alarm',
    legend: ['attention', 'fault', 'act of staff'],
    now: 'now',
    start: 'start',
    end: 'end',
  },
};

export function Timeline({ marks, alarms }: { marks: readonly DeviceMark[]; alarms: readonly AlarmView[] }) {
  const t = useTexts(texts);
  const [asTable, setAsTable] = useState(false);
  return (
    <article class="card timeline-card">
      <div class="card-head">
        <h2>{t.title}</h2>
        {!asTable && (
          <span class="keys" aria-hidden="true">
            <i class="bar amber" /> {t.legend[0]}
            <i class="bar red" /> {t.legend[1]}
            <i class="dot" /> {t.legend[2]}
          </span>
        )}
        <button type="button" class="quiet" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? t.back : t.table}
        </button>
      </div>
      {asTable ? <Table marks={marks} t={t} /> : <Drawing marks={marks} alarms={alarms} t={t} />}
    </article>
  );
}

interface DrawingProps {
  marks: readonly DeviceMark[];
  alarms: readonly AlarmView[];
  t: TimelineTexts;
}

function Drawing({ marks, alarms, t }: DrawingProps) {
  const { devices, session } = useView();
  const now = useNow();
  const { from, to } = timelineSpan(session, now);
  const place = (at: number) => `${Math.min(100, Math.max(0, ((at - from) / (to - from)) * 100))}%`;
  const rows = timelineRows(
    devices.map(({ deviceId }) => deviceId),
    marks,
    alarms,
  ).filter(
    (row) => row.deviceId !== null || row.dots.length > 0 || row.bars.some((bar) => (bar.to ?? now) >= from),
  );
  const edges: [at: number, word: string][] = [[now, t.now]];
  if (session?.startedAt != null) edges.push([session.startedAt, t.start]);
  if (session?.endsAt != null) edges.push([session.endsAt, t.end]);
  const lines = edges.filter(([at]) => at > from && at < to);
  return (
    <div class="timeline">
      <div class="axis" aria-hidden="true">
        {axisTicks(from, to).map((at) => (
          <span key={at} style={{ left: place(at) }}>
            {hourAndMinute(at)}
          </span>
        ))}
      </div>
      {rows.map((row) => (
        <Row
          key={`${row.deviceId ?? ''}/${row.seatId ?? ''}`}
          row={row}
          t={t}
          from={from}
          now={now}
          place={place}
        />
      ))}
      <div class="edges" aria-hidden="true">
        {lines.map(([at, word]) => (
          <span key={word} style={{ left: place(at) }} class={word === t.now ? 'edge now' : 'edge'}>
            <em>{word}</em>
          </span>
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  row: TimelineRow;
  t: TimelineTexts;
  from: number;
  now: number;
  place: (at: number) => string;
}

function Row({ row, t, from, now, place }: RowProps) {
  const desk = useDesk();
  const language = useLanguage();
  const nameOf = useStaffNames();
  const where = useWhere();
  const isMains = row.deviceId === null && row.seatId === null;
  const name = isMains ? t.mains : where(row);
  const wordOf = ({ code }: TimelineBar) => (code === 'mains-lost' ? t.lost : alarmWords(code, language));
  const sentence = (bar: TimelineBar) =>
    `${wordOf(bar)} ${timeOfDay(bar.from)}–${bar.to === null ? t.stands : timeOfDay(bar.to)} (${spell((bar.to ?? now) - bar.from, language)})`;
  const bars = row.bars.filter((bar) => (bar.to ?? now) >= from);
  const dots = row.dots.filter(({ at }) => at >= from);
  const aloud = [...bars.map(sentence), ...dots.map((dot) => markSentence(dot, nameOf, language))];
  const open = () => {
    if (row.seatId !== null) desk.openSeat(row.seatId);
    else if (row.deviceId !== null) desk.openDevice(row.deviceId);
  };
  return (
    <button
      type="button"
      class="track"
      aria-label={`${name}: ${aloud.length === 0 ? t.quiet : aloud.join('；')}`}
      disabled={isMains}
      onClick={open}
    >
      <span class="track-name">{name}</span>
      <span class="track-line">
        {bars.map((bar) => (
          <span
            key={`${bar.code}${bar.from}`}
            class={`bar ${bar.severity}${bar.to === null ? ' open' : ''}`}
            style={{ left: place(bar.from), right: `calc(100% - ${place(bar.to ?? now)})` }}
            title={sentence(bar)}
          >
            {wordOf(bar)}
          </span>
        ))}
        {dots.map((dot) => (
          <span
            key={dot.seq}
            class={`dot ${dot.type}`}
            style={{ left: place(dot.at) }}
            title={`${timeOfDay(dot.at)} ${markSentence(dot, nameOf, language)}`}
          />
        ))}
      </span>
    </button>
  );
}

function Table({ marks, t }: Pick<DrawingProps, 'marks' | 't'>) {
  const language = useLanguage();
  const nameOf = useStaffNames();
  const where = useWhere();
  if (marks.length === 0) return <p class="muted">{t.nothing}</p>;
  return (
    <table class="marks">
      <thead>
        <tr>
          <th>{t.when}</th>
          <th>{t.which}</th>
          <th>{t.what}</th>
        </tr>
      </thead>
      <tbody>
        {[...marks].reverse().map((mark) => (
          <tr key={mark.seq}>
            <td>{timeOfDay(mark.at)}</td>
            <td>{mark.deviceId === null && mark.seatId === null ? t.mains : where(mark)}</td>
            <td>{markSentence(mark, nameOf, language)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
