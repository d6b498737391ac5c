// Times as people read them: China Standard Time, whatever zone a PC believes to be in. Pure.

const CHINA_OFFSET_MS = 8 * 3600_000;

const two = (value: number) => (value < 10 ? `0${value}` : String(value));

/** `09:30:05` in China. @param at ms since 1970 */
export function timeOfDay(at: number): string {
  const date = new Date(at + CHINA_OFFSET_MS);
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
}

/** `09:30` in China. @param at ms since 1970 */
export function hourAndMinute(at: number): string {
  return timeOfDay(at).slice(0, 5);
}

/** `11-21 09:30` in China. @param at ms since 1970 */
export function dayAndTime(at: number): string {
  const date = new Date(at + CHINA_OFFSET_MS);
  return `${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())} ${hourAndMinute(at)}`;
}

/** `01:12:46`, rounded up so that 00:00:00 means over. @param ms a duration */
export function countdown(ms: number): string {
  const seconds = Math.ceil(Math.max(0, ms) / 1000);
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
