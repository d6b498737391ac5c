// The words for devices in both languages: alarms, faults, acts, what a person attested, and why a seal broke.

import type { AlarmCode } from '../../../server/core/alarm-codes.js';
import type { DeviceFaultCode } from '../../../server/core/readings.js';
import type { AttestedWhat, DeviceAct, SealTick } from '../../../server/core/device-types.js';
import type { Language } from '../../i18n/language.js';
import { ALARM_ADVICE } from './alarm-advice.js';

type Words = Record<Language, string>;

export const ALARM_WORDS: Record<AlarmCode, Words> = {
  silent: { zh: '没有回应', en: 'no answer' },
  'on-battery': { zh: '电池供电', en: 'on battery' },
  'battery-low': { zh: '电池电量低', en: 'battery low' },
  'runtime-short': { zh: '可供电时间不足', en: 'runtime on battery short' },
  'battery-charge-low': { zh: '电池未充足', en: 'battery not charged' },
  'battery-replace': { zh: '需更换电池', en: 'battery to be replaced' },
  'ups-overload': { zh: '过载', en: 'overload' },
  'ups-bypass': { zh: '旁路供电，断电无保护', en: 'on bypass: no protection' },
  'ups-off': { zh: '输出关闭', en: 'output off' },
  'forced-shutdown': { zh: '强制关机', en: 'forced shutdown' },
  'ups-alarm': { zh: '设备自报告警', en: 'alarm of the device' },
  'mains-disagree': { zh: 'UPS 与市电触点不一致', en: 'UPS and mains contact disagree' },
  'jammer-off': { zh: '应开未开', en: 'off and should be on' },
  'jammer-ineffective': { zh: '屏蔽无效', en: 'without effect' },
  'jammer-hot': { zh: '过热', en: 'too hot' },
  'supply-off-range': { zh: '供电电流异常', en: 'supply current out of range' },
  'door-open': { zh: '门开着', en: 'door open' },
  'help-asked': { zh: '有人求助', en: 'help is asked for' },
  'reader-not-ready': { zh: '未就绪', en: 'not ready' },
  'pcs-unreachable': { zh: '有电脑不可达', en: 'PCs do not answer' },
  'slow-network': { zh: '网络缓慢', en: 'network slow' },
  'duplicate-address': { zh: '网络地址冲突', en: 'an address is used twice' },
  'seat-reaches-internet': { zh: '能访问互联网', en: 'reaches the internet' },
  'camera-lost': { zh: '应录未录', en: 'should record and does not' },
  'camera-no-signal': { zh: '没有图像信号', en: 'no picture' },
  'camera-tampered': { zh: '镜头被遮挡或移动', en: 'lens covered or turned' },
  'camera-clock-off': { zh: '摄像机时钟不准', en: 'clock of the camera is off' },
  'video-gap': { zh: '录像有缺口', en: 'gap in the recording' },
  'video-chain': { zh: '录像清单对不上', en: 'list of recordings does not fit' },
  'video-space-low': { zh: '录像空间不足', en: 'space for video runs low' },
  'video-space-out': { zh: '录像因空间不足停止', en: 'no space: recording stopped' },
  'video-volume': { zh: '录像盘不对', en: 'not the intended video disk' },
};

const FAULTS: Record<DeviceFaultCode | 'silent', Words> = {
  silent: { zh: '没有回应', en: 'no answer' },
  unreachable: { zh: '连接不上', en: 'not reachable' },
  'timed-out': { zh: '超时', en: 'timed out' },
  'bad-answer': { zh: '回应无法识别', en: 'answer not understood' },
  refused: { zh: '被设备拒绝', en: 'refused by the device' },
  'stale-data': { zh: '数据陈旧', en: 'stale data' },
  'driver-gone': { zh: '驱动已停止', en: 'driver gone' },
  'not-installed': { zh: '缺少组件', en: 'a component is missing' },
};

const ACTS: Record<DeviceAct, Words> = {
  on: { zh: '开启', en: 'switch on' },
  off: { zh: '关闭', en: 'switch off' },
  ring: { zh: '响铃', en: 'ring' },
};

const ATTESTED: Record<AttestedWhat, Words> = {
  'jammer-effective': { zh: '屏蔽效果', en: 'effect of the jammer' },
  runtime: { zh: '可供电秒数', en: 'seconds on battery' },
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
export const faultWords = (fault: unknown, language: Language) => own(FAULTS, fault, language);
export const actWords = (act: unknown, language: Language) => own(ACTS, act, language);

/** `屏蔽效果 有效`. */
export function attestedWords(said: { what?: unknown; value?: unknown }, language: Language): string {
  return `${own(ATTESTED, said.what, language)} ${own(VALUES, said.value, language)}`;
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
