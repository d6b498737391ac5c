// Shows a number as the spreadsheet showed it to its author: an option “25%” is stored as 0.25, “3月5日” as a serial number.

import * as XLSX from '@e965/xlsx';

interface Ssf {
  format: (format: string | number, value: number, options?: { date1904?: boolean }) => string;
  is_date: (format: string) => boolean;
  get_table: () => Record<number, string>;
}
const ssf = (XLSX as unknown as { SSF: Ssf }).SSF;

/** Built-in formats that look otherwise in a Chinese spreadsheet program (ECMA-376 part 1, 18.8.30, zh-cn). */
const CHINESE_FORMATS: Readonly<Record<number, string>> = {
  14: 'yyyy/m/d',
  22: 'yyyy/m/d h:mm',
  27: 'yyyy"年"m"月"',
  28: 'm"月"d"日"',
  29: 'm"月"d"日"',
  30: 'm/d/yy',
  31: 'yyyy"年"m"月"d"日"',
  32: 'h"时"mm"分"',
  33: 'h"时"mm"分"ss"秒"',
  36: 'yyyy"年"m"月"',
  50: 'yyyy"年"m"月"',
  51: 'm"月"d"日"',
  52: 'yyyy"年"m"月"',
  53: 'm"月"d"日"',
  54: 'm"月"d"日"',
  57: 'yyyy"年"m"月"',
  58: 'm"月"d"日"',
};

/** The format code of a built-in number; General for what nobody defines. */
export function builtInFormat(id: number): string {
  return CHINESE_FORMATS[id] ?? ssf.get_table()[id] ?? 'General';
}

/** What a cell of this format shows. Falls back to the bare number where the format cannot be understood. */
export function showNumber(
  value: number,
  format: string,
  date1904: boolean,
): { text: string; kind: 'number' | 'date' } {
  const bare = { text: String(Number(value.toPrecision(15))), kind: 'number' as const };
  if (!Number.isFinite(value) || format.length > 255) return bare;
  try {
    const plain = format === 'General' || format === '@' || format === '';
    const isDate = !plain && ssf.is_date(format);
    const text = ssf.format(plain ? 'General' : format, value, { date1904 }).trim();
    if (text === '' || /^#+$/.test(text)) return bare;
    return { text, kind: isDate ? 'date' : 'number' };
  } catch {
    return bare;
  }
}
