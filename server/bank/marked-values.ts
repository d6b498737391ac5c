// Single cells of items that people mark, of files to hand in and of recordings, as editors type them. Each gives a value or
// null; none guesses. What is written here reads back the same.

import { MAX_ESSAY, type Marking } from '../protocol/paper-source.js';
import { MAX_FILE_BYTES } from '../protocol/uploads.js';
import { cleanLetters } from './cell-text.js';
import { plainForm } from './cell-values.js';

export type RubricPoint = Marking['rubric'][number];
/** Length asked for, in words as a person counts them; null where there is no bound. */
export interface Words {
  min: number | null;
  max: number | null;
}

/** Longer than any marking point may be. */
const MAX_LINE = 600;

/** One line each: `要点（2分）`, `要点 | 2`, `要点：2 分`. @returns lines with the points that they name, null where they name none */
export function readRubric(text: string): { what: string; points: number | null }[] {
  return cleanLetters(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      if (line.length > MAX_LINE) return { what: line, points: null };
      const found =
        /^(.*\S)\s*[（(【[]\s*([0-9０-９]{1,4}(?:[.．][0-9０-９]{1,2})?)\s*分?\s*[)）】\]][。；;]?$/.exec(
          line,
        ) ??
        /^(.*?\S)\s*[|｜:：，,\s]\s*([0-9０-９]{1,4}(?:[.．][0-9０-９]{1,2})?)\s*分[。；;]?$/.exec(line) ??
        /^(.*\S)\s*[|｜]\s*([0-9０-９]{1,4}(?:[.．][0-9０-９]{1,2})?)$/.exec(line);
      const points = Number((found?.[2] ?? '').normalize('NFKC') || NaN);
      return found !== null && points > 0 && points <= 1000
        ? { what: found[1] ?? '', points }
        : { what: line, points: null };
    });
}

/** The text that `readRubric` reads as these. */
export function writeRubric(rubric: readonly RubricPoint[]): string {
  return rubric.map(({ what, points }) => `${what}（${points}分）`).join('\n');
}

/** `200-500`, `不少于 200`, `500 字以内`; null for anything else, and where the least is above the most. */
export function readWords(text: string): Words | null {
  const plain = plainForm(text)
    .replace(/[字词个\s,，]/g, '')
    .replace(/[–—~～至到]/g, '-');
  const range = /^([0-9]{1,5})-([0-9]{1,5})$/.exec(plain);
  const least = /^(?:不少于|不低于|至少|>=|≥)([0-9]{1,5})$|^([0-9]{1,5})(?:以上|起)$/.exec(plain);
  const most = /^(?:不超过|不多于|至多|最多|<=|≤)([0-9]{1,5})$|^([0-9]{1,5})(?:以内|以下)$/.exec(plain);
  const words: Words =
    range !== null
      ? { min: Number(range[1]), max: Number(range[2]) }
      : {
          min: least === null ? null : Number(least[1] ?? least[2]),
          max: most === null ? null : Number(most[1] ?? most[2]),
        };
  const bounds = [words.min, words.max].filter((bound) => bound !== null);
  const sound = bounds.length > 0 && bounds.every((bound) => bound >= 1 && bound <= MAX_ESSAY);
  return sound && (words.min ?? 0) <= (words.max ?? MAX_ESSAY) ? words : null;
}

/** The text that `readWords` reads as this; empty where neither bound is given. */
export function writeWords({ min, max }: Words): string {
  if (min !== null && max !== null) return `${min}-${max}`;
  return min !== null ? `不少于${min}` : max !== null ? `不超过${max}` : '';
}

/** `.xlsx、 XLS; et` -> endings in lower case; null for what is none, or for one twice. */
export function readFileTypes(text: string): string[] | null {
  const types = plainForm(text)
    .toLowerCase()
    .split(/[\s,，、;；/|]+/)
    .map((type) => type.replace(/^\*?\./, ''))
    .filter((type) => type !== '');
  const sound =
    types.length > 0 && types.length <= 30 && types.every((type) => /^[a-z0-9]{1,10}$/.test(type));
  return sound && new Set(types).size === types.length ? types : null;
}

const UNITS: Readonly<Record<string, number>> = {
  '': 2 ** 20,
  b: 1,
  k: 2 ** 10,
  kb: 2 ** 10,
  m: 2 ** 20,
  mb: 2 ** 20,
};

/** `20`, `20 MB`, `500KB`, `1024B` -> bytes; a bare number is of MB. Null above what a room takes. */
export function readFileSize(text: string): number | null {
  const match = /^([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*([a-z兆]*)$/.exec(plainForm(text).toLowerCase());
  const unit = match === null ? undefined : UNITS[(match[2] ?? '').replace('兆', 'm')];
  const bytes = unit === undefined ? NaN : Number(match?.[1]) * unit;
  return Number.isInteger(bytes) && bytes >= 1 && bytes <= MAX_FILE_BYTES ? bytes : null;
}

/** The text that `readFileSize` reads as this. */
export function writeFileSize(bytes: number): string {
  if (bytes % 2 ** 20 === 0) return `${bytes / 2 ** 20}MB`;
  return bytes % 2 ** 10 === 0 ? `${bytes / 2 ** 10}KB` : `${bytes}B`;
}

/** `2`, `２次` -> 2; `不限` -> `unlimited`; null for anything else. */
export function readPlays(text: string): number | 'unlimited' | null {
  const plain = plainForm(text)
    .toLowerCase()
    .replace(/[遍次\s]/g, '');
  if (['不限', '不限数', '无限', '任意', 'unlimited'].includes(plain)) return 'unlimited';
  const plays = /^[0-9]{1,2}$/.test(plain) ? Number(plain) : 0;
  return plays >= 1 && plays <= 20 ? plays : null;
}
