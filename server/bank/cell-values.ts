// Single cells of a bank: types, keys, points, yes and no, as people type them. Each gives a value or null; none guesses.

import type { ItemSource } from '../protocol/paper-source.js';
import { OPTION_LETTERS } from './headings.js';

export type ItemType = ItemSource['type'];

/** Full-width letters and digits become plain, blanks at the ends go. */
export function plainForm(text: string): string {
  return text.normalize('NFKC').replace(/\s+/g, ' ').trim();
}

/** `audio` is a word that people write, and no type: a recording stands in an item of any type. */
const TYPES: readonly [RegExp, ItemType | 'audio'][] = [
  [/^(单选|单项选择|单项|single)/, 'single'],
  [/^(多选|多项选择|多项|不定项|multiple)/, 'multiple'],
  [/^(判断|是非|对错|true-?false)/, 'true-false'],
  [/^(填空|fill-?in)/, 'fill-in'],
  [/^(简答|问答|名词解释|简述|short-?text)/, 'short-text'],
  [/^(论述|分析|作文|写作|essay)/, 'essay'],
  [/^(上传|文件|操作|实操|实训|file-?upload)/, 'file-upload'],
  [/^(截图|screenshot)/, 'screenshot'],
  [/^(案例|综合|材料|组合|阅读|完形|case)/, 'case'],
  [/^(听力|音频|audio)/, 'audio'],
];

/** The type that a word names, also within a title such as `一、单项选择题（每题1分）`. */
export function readType(text: string): { type: ItemType | 'audio'; indefinite: boolean } | null {
  const plain = plainForm(text)
    .toLowerCase()
    .replace(/\s/g, '')
    .replace(/^(第?[一二三四五六七八九十0-9]+(部分|大题)?[、.,:．)]*)/, '');
  const found = TYPES.find(([pattern]) => pattern.test(plain));
  return found === undefined ? null : { type: found[1], indefinite: plain.startsWith('不定项') };
}

/** `Ａ、 C` -> [0, 2], in order, each once; null for anything but option letters. */
export function readLetters(text: string): number[] | null {
  const plain = plainForm(text)
    .toUpperCase()
    .replace(/^(正确|标准|参考)?答案[:：是为]*/, '')
    .replace(/[\s,，、;；.。/|&+和与()【】[\]]+/g, '');
  if (!/^[A-J]+$/.test(plain)) return null;
  const letters = [...plain].map((letter) => OPTION_LETTERS.indexOf(letter));
  return new Set(letters).size === letters.length ? letters.sort((a, b) => a - b) : null;
}

const RIGHT = new Set(['对', '正确', '√', '✓', '✔', '☑', '是', '真', 't', 'true', 'y', 'yes', '1', 'right']);
const WRONG = new Set([
  '错',
  '错误',
  '×',
  '✗',
  '✘',
  '✕',
  '✖',
  '否',
  '假',
  '非',
  'f',
  'false',
  'n',
  'no',
  '0',
  'x',
  'wrong',
  '不正确',
  '不对',
]);

/** 对, √, T, 正确 … and their opposites. */
export function readTruth(text: string): boolean | null {
  const plain = plainForm(text)
    .toLowerCase()
    .replace(/[\s。.()]+/g, '')
    .replace(/\ufe0f/g, '');
  return RIGHT.has(plain) ? true : WRONG.has(plain) ? false : null;
}

/** A number of points above 0 and up to 1000, `２ 分` too. */
export function readPoints(text: string): number | null {
  const match = /^([0-9]{1,4}(?:\.[0-9]{1,4})?)\s*分?$/.exec(plainForm(text));
  const value = match === null ? NaN : Number(match[1]);
  return value > 0 && value <= 1000 ? value : null;
}

/** A whole number above 0. */
export function readCount(text: string): number | null {
  const match = /^([0-9]{1,6})\s*(?:题|道|个|字)?$/.exec(plainForm(text));
  const value = match === null ? 0 : Number(match[1]);
  return value > 0 ? value : null;
}

/** 是 or 否. */
export function readYesNo(text: string): boolean | null {
  const plain = plainForm(text).toLowerCase();
  if (['是', '乱序', '随机', 'y', 'yes', 'true', '1', '√'].includes(plain)) return true;
  if (['否', '不', '不乱序', '固定', 'n', 'no', 'false', '0', '×'].includes(plain)) return false;
  return null;
}

/** Points of each item as a title gives them: `（每题 1.5 分，共 30 分）`. */
export function pointsInTitle(text: string): number | null {
  const found = /每(?:小)?题\s*([0-9]+(?:\.[0-9]+)?)\s*分/.exec(plainForm(text))?.[1];
  return found === undefined ? null : readPoints(found);
}

/** Blanks parted by ；; or line breaks, alternatives by |; a backslash keeps the next letter as it is. */
export function readBlankAnswers(text: string): string[][] {
  const blanks: string[][] = [['']];
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? '';
    const blank = blanks.at(-1) ?? [];
    if (letter === '\\' && /[;；|｜\\]/.test(text[at + 1] ?? ''))
      blank.push(`${blank.pop() ?? ''}${text[++at] ?? ''}`);
    else if (/[;；\n]/.test(letter)) blanks.push(['']);
    else if (/[|｜]/.test(letter)) blank.push('');
    else blank.push(`${blank.pop() ?? ''}${letter}`);
  }
  const read = blanks.map((blank) => blank.map((one) => one.trim()).filter((one) => one !== ''));
  while (read.length > 1 && read.at(-1)?.length === 0) read.pop();
  return read;
}

/** The text that `readBlankAnswers` reads as these. */
export function writeBlankAnswers(blanks: readonly (readonly string[])[]): string {
  return blanks.map((blank) => blank.map((one) => one.replace(/[\\;；|｜]/g, '\\$&')).join('|')).join('；');
}
