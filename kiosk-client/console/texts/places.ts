// The names of the pages.

import type { Texts } from '../../i18n/language.js';
import type { Place } from '../day/places.js';

export const placeTexts: Texts<Record<Place, string>> = {
  zh: {
    map: '座位图',
    lead: '主考台',
    'check-in': '核验入场',
    time: '补时与中断',
    pairing: '配对考生机',
    preflight: '考前检查',
    seal: '封场',
    devices: '设备',
    cameras: '录像',
    'hand-over': '收卷交接',
    record: '考场记录',
  },
  en: {
    map: 'Seat map',
    lead: 'Chief',
    'check-in': 'Check-in',
    time: 'Time back',
    pairing: 'Pairing',
    preflight: 'Preflight',
    seal: 'Seal',
    devices: 'Devices',
    cameras: 'Cameras',
    'hand-over': 'Hand-over',
    record: 'Record',
  },
};
