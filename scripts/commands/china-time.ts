// Instants as people of the exam read them: China's clock, whatever zone the machine believes to be in.

const CHINA_OFFSET_MS = 8 * 3_600_000;

/** `2027-03-06 09:30:00.125`. @param instant milliseconds since 1970 */
export function chinaTime(instant: number): string {
  return new Date(instant + CHINA_OFFSET_MS).toISOString().replace('T', ' ').replace('Z', '');
}
