// The room's devices over the exam (REQ-E): the timeline, and every alarm that stands or that nobody has acknowledged.

import type { AlarmView } from '../../../server/protocol/staff.js';
import { useLanguage, useTexts, type Texts } from '../../i18n/language.js';
import { timeOfDay } from '../../ui/time.js';
import { mayAcknowledge } from '../day/places.js';
import { useMarks } from '../devices/use-live.js';
import { Timeline } from '../devices/timeline.js';
import { useNow, useStaffNames, useView } from '../room/use-console.js';
import { Acknowledge } from '../shell/acknowledge.js';
import { useWhere } from '../shell/alarm-strip.js';
import { spell } from '../texts/age.js';
import { alarmAdvice, alarmWords } from '../texts/devices.js';

interface PageTexts {
  alarms: string;
  none: string;
  noDevices: string;
  stands: (time: string) => string;
  over: (from: string, to: string) => string;
  acknowledged: (who: string, at: string, note: string) => string;
  loading: string;
}

const texts: Texts<PageTexts> = {
  zh: {
    alarms: '告警',
    none: '没有告警。',
    noDevices: '考场配置中没有设备。',
    stands: (time) => `已持续 ${time}`,
    over: (from, to) => `${from}–${to}，已解除，待确认`,
    acknowledged: (who, at, note) => `${who} ${at} 确认：${note}`,
    loading: '正在读取设备事件',
  },
  en: {
    alarms: 'Alarms',
    none: 'No alarm.',
    noDevices: 'The room’s settings name no device.',
    stands: (time) => `has stood for ${time}`,
    over: (from, to) => `${from}–${to}, over, to be acknowledged`,
    acknowledged: (who, at, note) => `acknowledged by ${who} at ${at}: ${note}`,
    loading: 'Reading what happened to devices',
  },
};

export function Devices() {
  const { devices, alarms } = useView();
  const t = useTexts(texts);
  const marks = useMarks();
  return (
    <section class="wide-cards">
      {devices.length === 0 && <p class="muted">{t.noDevices}</p>}
      {marks === null ? <p class="muted">{t.loading}</p> : <Timeline marks={marks} alarms={alarms} />}
      <article class="card">
        <h2>{t.alarms}</h2>
        {alarms.length === 0 && <p class="muted">{t.none}</p>}
        <ul class="alarm-list">
          {alarms.map((alarm) => (
            <Line key={alarm.alarmId} alarm={alarm} />
          ))}
        </ul>
      </article>
    </section>
  );
}

function Line({ alarm }: { alarm: AlarmView }) {
  const { you } = useView();
  const now = useNow();
  const language = useLanguage();
  const nameOf = useStaffNames();
  const where = useWhere();
  const t = useTexts(texts);
  const { code, severity, raisedAt, clearedAt, acknowledged } = alarm;
  const isQuiet = clearedAt !== null || acknowledged !== null;
  const advice = alarmAdvice(code, language);
  return (
    <li class={`${isQuiet ? 'quiet-alarm' : severity}`} data-alarm={code}>
      <span class="glyph" aria-hidden="true">
        {clearedAt !== null ? '○' : severity === 'red' ? '■' : '▲'}
      </span>
      <div>
        <b>
          {where(alarm)} {alarmWords(code, language)}
        </b>
        <span class="muted">
          {clearedAt === null
            ? t.stands(spell(now - raisedAt, language))
            : t.over(timeOfDay(raisedAt), timeOfDay(clearedAt))}
        </span>
        {!isQuiet && <p>{advice}</p>}
        {acknowledged !== null && (
          <p class="muted">
            {t.acknowledged(nameOf(acknowledged.by), timeOfDay(acknowledged.at), acknowledged.note)}
          </p>
        )}
      </div>
      {acknowledged === null && mayAcknowledge(you.roles) && <Acknowledge alarmId={alarm.alarmId} />}
    </li>
  );
}
