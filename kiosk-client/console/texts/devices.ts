// The words for devices in the language of the page: alarms and faults by the room's one dictionary, acts, what a person attested,
// and why a seal broke.

import type { AlarmCode } from '../../../server/core/alarm-codes.js';
import type { AttestedWhat, DeviceAct, SealTick } from '../../../server/core/device-types.js';
import { ADAPTER_WORDS, ALARM_WORDS, FAULT_WORDS } from '../../../server/protocol/device-words.js';
import { durationWords } from '../../../server/protocol/duration-words.js';
import type { Language } from '../../i18n/language.js';
import { ALARM_ADVICE } from './alarm-advice.js';

type Words = Record<Language, string>;

const ACTS: Record<DeviceAct, Words> = {
  on: { zh: '开启', en: 'switch on' },
  off: { zh: '关闭', en: 'switch off' },
  ring: { zh: '响铃', en: 'ring' },
};

const ATTESTED: Record<AttestedWhat, Words> = {
  'jammer-effective': { zh: '屏蔽效果', en: 'effect of the jammer' },
  runtime: { zh: '可供电', en: 'runtime on battery' },
  detector: { zh: '作弊器材探测', en: 'detection gear' },
  'camera-text': { zh: '画面与字幕', en: 'picture and its text' },
};

const VALUES: Record<string, Words> = {
  effective: { zh: '有效', en: 'effective' },
  ineffective: { zh: '无效', en: 'without effect' },
  right: { zh: '正确', en: 'right' },
  wrong: { zh: '有误', en: 'wrong' },
};

export const TICK_WORDS: Record<SealTick, Words> = {
  'trial-passed': { zh: '模拟考试已通过', en: 'Trial exam passed' },
  'no-internet': { zh: '考生机不能访问互联网', en: 'Candidate PCs without internet' },
  'antivirus-clean': { zh: '已查杀病毒', en: 'Antivirus clean' },
  'programs-closed': { zh: '其他程序已全部关闭', en: 'All other programs closed' },
  'power-confirmed': { zh: '供电已确认', en: 'Power confirmed' },
  'cameras-confirmed': { zh: '监控录像已确认', en: 'Cameras confirmed' },
  'roster-reconciled': { zh: '考生名单与签到表一致', en: 'Roster reconciled with the sign-in sheet' },
  'seats-apart': { zh: '座位间距或隔板符合要求', en: 'Seats apart or screened' },
  'detector-ready': { zh: '作弊器材探测设备就绪', en: 'Detection gear ready' },
};

const CAUSES: Record<string, Words> = {
  'seat-paired': { zh: '有考位重新配对', en: 'a seat was paired anew' },
  'seat-unpaired': { zh: '有考位解除配对', en: 'a seat was unpaired' },
  'package-installed': { zh: '安装了新的考试包', en: 'a new package was installed' },
  'devices-configured': { zh: '设备清单有改动', en: 'the list of devices was changed' },
};

const PARTS: Record<string, Words> = {
  package: { zh: '考试包', en: 'package' },
  version: { zh: '软件版本', en: 'server version' },
  config: { zh: '考场配置', en: 'configuration' },
  devices: { zh: '设备', en: 'devices' },
  seats: { zh: '考位', en: 'seats' },
};

const own = (table: Record<string, Words>, key: unknown, language: Language): string =>
  Object.prototype.hasOwnProperty.call(table, String(key))
    ? (table[String(key)] as Words)[language]
    : String(key ?? '');

/** A code of a newer room is shown by its name. */
export const alarmWords = (code: unknown, language: Language) => own(ALARM_WORDS, code, language);
/** What to do about it; '' for a code of a newer room. */
export const alarmAdvice = (code: unknown, language: Language): string =>
  Object.prototype.hasOwnProperty.call(ALARM_ADVICE, String(code))
    ? ALARM_ADVICE[code as AlarmCode][language]
    : '';
export const faultWords = (fault: unknown, language: Language) => own(FAULT_WORDS, fault, language);
/** How a device is connected; an adapter of a newer room is shown by its name. */
export const adapterWords = (adapter: unknown, language: Language) => own(ADAPTER_WORDS, adapter, language);
export const actWords = (act: unknown, language: Language) => own(ACTS, act, language);

/** `屏蔽效果 有效`. */
export function attestedWords(said: { what?: unknown; value?: unknown }, language: Language): string {
  const seconds = said.what === 'runtime' ? Number(said.value) : NaN;
  const value = Number.isFinite(seconds)
    ? durationWords(seconds)[language]
    : own(VALUES, said.value, language);
  return `${own(ATTESTED, said.what, language)} ${value}`;
}

/** Parts of the installation that were changed, by name. */
export const changedWords = (parts: readonly string[], language: Language): string =>
  parts.map((part) => own(PARTS, part, language)).join(language === 'zh' ? '、' : ', ');

/** Why a seal broke: `seat-paired 07` or `changed:config,seats`. */
export function brokenSeal(cause: string, language: Language): string {
  if (cause.indexOf('changed:') === 0) {
    const parts = cause.slice('changed:'.length).split(',');
    const named = changedWords(parts, language);
    return language === 'zh' ? `${named}有改动` : `changed: ${named}`;
  }
  const [name = '', ...rest] = cause.split(' ');
  const seat = rest.join(' ');
  return `${own(CAUSES, name, language)}${seat === '' ? '' : language === 'zh' ? `（${seat}）` : ` (${seat})`}`;
}
