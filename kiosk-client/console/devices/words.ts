// The small words of devices in both languages: kinds, states, who says so. Codes that are not known are shown as they are.

import type { DeviceKind } from '../../../server/core/readings.js';
import { readingValueWords } from '../../../server/protocol/device-words.js';
import type { Language } from '../../i18n/language.js';

type Words = Record<Language, string>;

export const KIND_WORDS: Record<DeviceKind, Words> = {
  ups: { zh: 'UPS', en: 'UPS' },
  jammer: { zh: '信号屏蔽器', en: 'Jammer' },
  'id-reader': { zh: '证件读卡器', en: 'ID reader' },
  contact: { zh: '触点', en: 'Contacts' },
  meter: { zh: '电表', en: 'Meter' },
  network: { zh: '网络', en: 'Network' },
  camera: { zh: '摄像机', en: 'Camera' },
};

const SOURCES: Record<string, Words> = {
  device: { zh: '报告', en: 'reported' },
  tested: { zh: '实测', en: 'tested' },
  estimated: { zh: '估算', en: 'estimated' },
  attested: { zh: '人工', en: 'attested' },
};

const BANDS: Record<string, Words> = { 蓝牙: { zh: '蓝牙', en: 'Bluetooth' } };

const own = (table: Record<string, Words>, key: string, language: Language): string =>
  Object.prototype.hasOwnProperty.call(table, key) ? (table[key] as Words)[language] : key;

export const sourceWords = (source: string, language: Language) => own(SOURCES, source, language);
export const observedWords = (observed: string, language: Language) =>
  readingValueWords('jammer.observed', observed)[language];
export const bandWords = (band: string, language: Language) => own(BANDS, band, language);
export const yesOrNo = (value: boolean, language: Language) =>
  language === 'zh' ? (value ? '是' : '否') : value ? 'yes' : 'no';
