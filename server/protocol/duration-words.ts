// How long a battery, a disk or a key-frame interval lasts, in words: one rule for the check of the room, its print and the staff's
// pages. (A wait or time given back, about which somebody decides, is said to the second: kiosk-client/console/texts/age.ts.)

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;
/** From so many on only whole days are said. */
const WHOLE_DAYS = 3;
/** Up to ten minutes each second counts. */
const EXACT_S = 10 * MINUTE_S;

/**
 * `2.5 秒`, `9 分 59 秒`, `48 分钟`, `5 小时`, `2 小时 5 分`, `81 天`.
 * @param seconds never negative
 * @param rounded `down` for what there is, so that nobody reckons with more; `up` for what is required
 */
export function durationWords(seconds: number, rounded: 'down' | 'up' = 'down'): { zh: string; en: string } {
  const whole = (value: number) => (rounded === 'down' ? Math.floor(value) : Math.ceil(value));
  if (seconds < MINUTE_S) {
    const tenths = whole(Number((seconds * 10).toFixed(6))) / 10;
    if (tenths < MINUTE_S) return { zh: `${tenths} 秒`, en: `${tenths} s` };
  }
  const exact = whole(seconds);
  if (exact < EXACT_S && exact % MINUTE_S !== 0) {
    const [m, s] = [Math.floor(exact / MINUTE_S), exact % MINUTE_S];
    return { zh: `${m} 分 ${s} 秒`, en: `${m} min ${s} s` };
  }
  if (exact >= WHOLE_DAYS * DAY_S) {
    const days = whole(exact / DAY_S);
    return { zh: `${days} 天`, en: `${days} days` };
  }
  const minutes = whole(exact / MINUTE_S);
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  if (h === 0) return { zh: `${m} 分钟`, en: `${m} min` };
  return m === 0 ? { zh: `${h} 小时`, en: `${h} h` } : { zh: `${h} 小时 ${m} 分`, en: `${h} h ${m} min` };
}
