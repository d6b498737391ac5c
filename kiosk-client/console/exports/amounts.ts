// Sizes and times of exports as people read them. Pure.

import type { Language } from '../../i18n/language.js';

/** `1.2 GB`, `340 MB`, `28 kB`: as drives are sold, 1 GB = 1e9 bytes. */
export function sizeText(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(0)} MB`;
  return `${Math.ceil(bytes / 1e3)} kB`;
}

/** How long something will still take, rounded up: seconds below a minute, then minutes. @param ms a duration */
export function aboutTime(ms: number, language: Language): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return language === 'zh' ? `${seconds} 秒` : `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return language === 'zh' ? `${minutes} 分` : `${minutes} min`;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return language === 'zh' ? `${hours} 小时 ${rest} 分` : `${hours} h ${rest} min`;
}

/** Of the whole, rounded down to a tenth: what is not all is not 100. */
export function percentText(part: number, whole: number): string {
  if (whole <= 0) return '–';
  return `${Math.min(100, Math.floor((part * 1000) / whole) / 10)}%`;
}
