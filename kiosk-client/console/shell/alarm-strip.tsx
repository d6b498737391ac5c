// Red alarms that stand and that nobody has acknowledged, along the top of every page: what, where, since when, what to do.
// It never moves and never takes the focus; a screen reader is told once, politely.

import type { AlarmView } from '../../../server/protocol/staff.js';
import { useLanguage, useTexts, type Texts } from '../../i18n/language.js';
import { mayAcknowledge } from '../day/places.js';
import { useDesk } from '../desk.js';
import { useNow, useView } from '../room/use-console.js';
import { spell } from '../texts/age.js';
import { alarmAdvice, alarmWords } from '../texts/devices.js';
import { words } from '../texts/words.js';
import { Acknowledge } from './acknowledge.js';

const texts: Texts<{
  label: string;
  stands: (time: string) => string;
  look: string;
  more: (count: number) => string;
}> = {
  zh: {
    label: '告警',
    stands: (time) => `已 ${time}`,
    look: '查看',
    more: (count) => `另有 ${count} 项红色告警，见设备页`,
  },
  en: {
    label: 'Alarms',
    stands: (time) => `for ${time}`,
    look: 'Look',
    more: (count) => `${count} more red ${count === 1 ? 'alarm' : 'alarms'}: see Devices`,
  },
};

/** More would leave no room for the exam. */
const SHOWN = 2;

/** Red, standing, not acknowledged: the strip has it, so no other list needs to. */
export const isOnStrip = ({ severity, clearedAt, acknowledged }: AlarmView): boolean =>
  severity === 'red' && clearedAt === null && acknowledged === null;

export function AlarmStrip() {
  const { alarms } = useView();
  const desk = useDesk();
  const t = useTexts(texts);
  const red = alarms.filter(isOnStrip);
  const more = red.length - SHOWN;
  return (
    <div class="alarm-strip" role="status" aria-label={t.label}>
      {red.slice(0, SHOWN).map((alarm) => (
        <Row key={alarm.alarmId} alarm={alarm} />
      ))}
      {more > 0 && (
        <button type="button" class="quiet" onClick={() => desk.go('devices')}>
          {t.more(more)}
        </button>
      )}
    </div>
  );
}

function Row({ alarm }: { alarm: AlarmView }) {
  const { you } = useView();
  const desk = useDesk();
  const language = useLanguage();
  const t = useTexts(texts);
  const where = useWhere()(alarm);
  const { deviceId, seatId, code, alarmId } = alarm;
  const look = () => (seatId === null ? desk.openDevice(deviceId) : desk.openSeat(seatId));
  return (
    <div class="alarm-row" data-alarm={code}>
      <span class="glyph" aria-hidden="true">
        ■
      </span>
      <div class="alarm-words">
        <b>
          {where} {alarmWords(code, language)}
        </b>
        <Since at={alarm.raisedAt} />
        <p>{alarmAdvice(code, language)}</p>
      </div>
      <button type="button" onClick={look}>
        {t.look}
      </button>
      {mayAcknowledge(you.roles) && <Acknowledge alarmId={alarmId} />}
    </div>
  );
}

/** The seconds are not read aloud one by one. */
function Since({ at }: { at: number }) {
  const now = useNow();
  const language = useLanguage();
  const t = useTexts(texts);
  return (
    <span class="muted" aria-hidden="true">
      {t.stands(spell(now - at, language))}
    </span>
  );
}

/** The name of the device or the seat that an alarm is about. */
export function useWhere(): (alarm: Pick<AlarmView, 'deviceId' | 'seatId'>) => string {
  const { devices, seats } = useView();
  const w = useTexts(words);
  return ({ deviceId, seatId }) => {
    const seat = seats.find((one) => one.seatId === seatId);
    if (seat !== undefined) return w.seat(seat.label);
    return devices.find((one) => one.deviceId === deviceId)?.name ?? deviceId ?? seatId ?? '';
  };
}
