// How a device is, in shape, word and tone: by the alarms that stand, which the rules have freed of flapping, never by one
// poll. Pure.

import type { AlarmView, DeviceView } from '../../../server/protocol/staff.js';
import type { Language, Texts } from '../../i18n/language.js';
import { alarmWords } from '../texts/devices.js';

export type DeviceTone = 'ok' | 'warn' | 'alarm' | 'grey';

export interface DeviceLook {
  tone: DeviceTone;
  shape: string;
  word: string;
  /** What stands against it, worst first. */
  alarms: string[];
}

const texts: Texts<Record<'fine' | 'attention' | 'fault' | 'help' | 'silent' | 'nothing', string>> = {
  zh: { fine: '正常', attention: '注意', fault: '故障', help: '求助', silent: '无应答', nothing: '尚无读数' },
  en: {
    fine: 'fine',
    attention: 'attention',
    fault: 'fault',
    help: 'help asked',
    silent: 'no answer',
    nothing: 'no reading yet',
  },
};

/** @param readAt when it last answered; null = never */
export function deviceLook(
  { deviceId }: Pick<DeviceView, 'deviceId'>,
  alarms: readonly AlarmView[],
  readAt: number | null,
  language: Language,
): DeviceLook {
  const t = texts[language];
  const standing = alarms.filter((alarm) => alarm.deviceId === deviceId && alarm.clearedAt === null);
  const named = standing.map(({ code }) => alarmWords(code, language));
  const red = standing.filter(({ severity }) => severity === 'red');
  // A person presses a button: the device is in order.
  const isHelp = red.length > 0 && red.every(({ code }) => code === 'help-asked');
  if (red.length > 0) return { tone: 'alarm', shape: '■', word: isHelp ? t.help : t.fault, alarms: named };
  if (standing.some(({ code }) => code === 'silent'))
    return { tone: 'warn', shape: '◌', word: t.silent, alarms: named };
  if (standing.length > 0) return { tone: 'warn', shape: '▲', word: t.attention, alarms: named };
  if (readAt === null) return { tone: 'grey', shape: '·', word: t.nothing, alarms: [] };
  return { tone: 'ok', shape: '●', word: t.fine, alarms: [] };
}

/** Those that need a person first, the others as the room lists them. */
export function worstFirst<T extends Pick<DeviceView, 'worst'>>(devices: readonly T[]): T[] {
  const rank = ({ worst }: T) => (worst === 'red' ? 0 : worst === 'amber' ? 1 : 2);
  return [0, 1, 2].flatMap((wanted) => devices.filter((one) => rank(one) === wanted));
}
