// The cells of a row that only items marked by people have: reference, marking points, limits of text, files to hand in; and
// those of a recording. Reads cells through the row's own reader, so that every fault is named with its cell.

import { MAX_ESSAY, MAX_SHORT_TEXT, type ItemSource, type Marking } from '../protocol/paper-source.js';
import { MAX_FILE_BYTES } from '../protocol/uploads.js';
import { readCount } from './cell-values.js';
import { excerpt, type FaultCode, type FindingParams, type NoteCode } from './findings.js';
import type { Field } from './headings.js';
import { readFileSize, readFileTypes, readPlays, readRubric, readWords } from './marked-values.js';

/** What a row's reader gives to the readers of its parts. */
export interface RowAccess {
  /** The cell on one line; empty where there is none. */
  text: (field: Field) => string;
  /** The cell with its line breaks. */
  raw: (field: Field) => string;
  /** The cell as rich text without pictures; null after a fault. */
  richText: (field: Field) => string | null;
  fault: (field: Field, code: FaultCode, params?: FindingParams) => void;
  note: (field: Field, code: NoteCode, params?: FindingParams) => void;
}

export type MarkedType = 'short-text' | 'essay' | 'file-upload' | 'screenshot';
export type MarkedItem = Extract<ItemSource, { type: MarkedType }>;
type Files = Extract<ItemSource, { type: 'file-upload' }>['files'];
type Audio = NonNullable<ItemSource['audio']>;

/** What is written where a bank names no marking points. */
export const WHOLE_ANSWER = '按参考答案评分';
const UPLOAD_BYTES = 20 * 2 ** 20;
const SCREENSHOT_BYTES = 10 * 2 ** 20;

/** Whether people mark items of this type. */
export function isMarked(type: ItemSource['type']): type is MarkedType {
  return type === 'short-text' || type === 'essay' || type === 'file-upload' || type === 'screenshot';
}

/** The item; what of it is wrong was named. */
export function markedItem(
  row: RowAccess,
  type: MarkedType,
  base: { itemId: string; points: number; stem: string },
): MarkedItem {
  const marking = markingOf(row, base.points);
  switch (type) {
    case 'short-text':
      return { ...base, type, maxLength: lengthOf(row, MAX_SHORT_TEXT), marking };
    case 'essay': {
      const maxLength = lengthOf(row, MAX_ESSAY);
      const words = wordsOf(row, maxLength);
      return { ...base, type, maxLength, ...(words === null ? {} : { words }), marking };
    }
    case 'file-upload':
    case 'screenshot':
      return { ...base, type, files: filesOf(row, type), marking };
  }
}

function markingOf(row: RowAccess, points: number): Marking {
  const read = row.richText('answer');
  const reference = read ?? '';
  if (read === '') row.fault('answer', 'answer-missing');
  const lines = readRubric(row.raw('rubric'));
  const [only] = lines;
  if (only === undefined) {
    row.note('rubric', 'rubric-made', { what: WHOLE_ANSWER, points });
    return { reference, rubric: [{ what: WHOLE_ANSWER, points }] };
  }
  // One point without a number is all of the item; of several, each has to say what it earns.
  if (lines.length === 1 && only.points === null) return { reference, rubric: [{ what: only.what, points }] };
  if (lines.length > 30) row.fault('rubric', 'rubric-many');
  const rubric = lines.map(({ what, points: own }) => {
    if (own === null) row.fault('rubric', 'rubric-line', { text: excerpt(what) });
    if (what.length > 500) row.fault('rubric', 'text-too-long', { max: 500 });
    return { what, points: own ?? 1 };
  });
  const cents = rubric.reduce((sum, one) => sum + Math.round(one.points * 100), 0);
  if (lines.every((line) => line.points !== null) && cents !== Math.round(points * 100))
    row.fault('rubric', 'rubric-sum', { sum: cents / 100, points });
  return { reference, rubric };
}

/** In characters. Where the bank sets none nobody's text is cut short. */
function lengthOf(row: RowAccess, max: number): number {
  const field = row.text('maxLength') === '' ? 'blankLength' : 'maxLength';
  const text = row.text(field);
  if (text === '') return max;
  const length = readCount(text);
  if (length === null || length > max) row.fault(field, 'length-bad', { text: excerpt(text), max });
  return length ?? max;
}

function wordsOf(row: RowAccess, maxLength: number) {
  const text = row.text('words');
  if (text === '') return null;
  const words = readWords(text);
  if (words === null) row.fault('words', 'words-bad', { text: excerpt(text) });
  else if ((words.max ?? words.min ?? 0) > maxLength)
    row.fault('words', 'words-above-limit', { max: maxLength });
  return words;
}

function filesOf(row: RowAccess, type: 'file-upload' | 'screenshot'): Files {
  const count = row.text('fileCount');
  const maxCount = count === '' ? 1 : readCount(count);
  if (maxCount === null || maxCount > 20) row.fault('fileCount', 'file-count-bad', { text: excerpt(count) });
  const size = row.text('fileSize');
  const usual = type === 'screenshot' ? SCREENSHOT_BYTES : UPLOAD_BYTES;
  const maxBytes = size === '' ? usual : readFileSize(size);
  if (maxBytes === null)
    row.fault('fileSize', 'file-size-bad', { text: excerpt(size), max: MAX_FILE_BYTES / 2 ** 20 });
  return { maxCount: maxCount ?? 1, maxBytes: maxBytes ?? usual, types: typesOf(row, type) };
}

function typesOf(row: RowAccess, type: 'file-upload' | 'screenshot'): string[] {
  const text = row.text('fileTypes');
  if (type === 'screenshot') {
    // What Ctrl+V makes of the screen is PNG.
    if (text !== '' && readFileTypes(text)?.join() !== 'png') row.fault('fileTypes', 'file-types-screenshot');
    return ['png'];
  }
  const types = readFileTypes(text);
  if (text === '') row.fault('fileTypes', 'file-types-missing');
  else if (types === null) row.fault('fileTypes', 'file-types-bad', { text: excerpt(text) });
  return types ?? ['xlsx'];
}

/** @param file below media/, null where the row names none. @returns null where there is no recording */
export function audioOf(row: RowAccess, file: string | null): Audio | null {
  const [label, plays] = [row.text('audioLabel'), row.text('plays')];
  if (file === null) {
    if (row.text('audio') === '' && label !== '') row.fault('audioLabel', 'audio-none');
    if (row.text('audio') === '' && plays !== '') row.fault('plays', 'audio-none');
    return null;
  }
  const read = readPlays(plays);
  if (plays === '') row.fault('plays', 'plays-missing');
  else if (read === null) row.fault('plays', 'plays-bad', { text: excerpt(plays) });
  if (label.length > 100) row.fault('audioLabel', 'text-too-long', { max: 100 });
  if (label === '') row.note('audioLabel', 'audio-label-made', { what: '录音' });
  return {
    file,
    label: label === '' ? '录音' : label.slice(0, 100),
    maxPlays: read === 'unlimited' ? null : read,
  };
}
