// How long something has been so, in a few characters that do not jump. Pure.

import type { Language } from '../../i18n/language.js';

/** `48 秒`, `1:20`, `12 分`, `2 时 05 分`. Never negative. @param ms a duration */
export function age(ms: number, language: Language): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (seconds < 60) return language === 'zh' ? `${seconds} 秒` : `${seconds} s`;
  if (minutes < 10) return `${minutes}:${two(seconds % 60)}`;
  if (minutes < 60) return language === 'zh' ? `${minutes} 分` : `${minutes} min`;
  return language === 'zh'
    ? `${Math.floor(minutes / 60)} 时 ${two(minutes % 60)} 分`
    : `${Math.floor(minutes / 60)} h ${two(minutes % 60)}`;
}

/** A wait or time given back in a sentence, to the second since somebody decides about it: `1 分 20 秒`, `1 min 20 s`. @param ms a duration */
export function spell(ms: number, language: Language): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const [m, s] = language === 'zh' ? ['分', '秒'] : ['min', 's'];
  if (minutes === 0) return `${seconds} ${s}`;
  if (seconds % 60 === 0) return language === 'zh' ? `${minutes} 分钟` : `${minutes} min`;
  return `${minutes} ${m} ${seconds % 60} ${s}`;
}

const two = (value: number) => (value < 10 ? `0${value}` : String(value));
