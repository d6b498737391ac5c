// One item of a paper -> the cells of its row, and the materials of a case -> theirs. What has no place is left to the caller to
// find by reading the cells back.

import type { CaseSource, ItemSource } from '../protocol/paper-source.js';
import type { TextRun } from './book.js';
import { htmlToRuns, pictureTag, type CellTextOptions } from './cell-text.js';
import { writeBlankAnswers, type ItemType } from './cell-values.js';
import { OPTION_LETTERS, type Field } from './headings.js';
import { writeFileSize, writeRubric, writeWords } from './marked-values.js';
import { isMarked, type MarkedItem } from './row-marked.js';

const OPTION_COLUMNS = 10;
/** The word of each type in the template. */
export const TYPE_WORDS: Readonly<Record<ItemType, string>> = {
  single: '单选题',
  multiple: '多选题',
  'true-false': '判断题',
  'fill-in': '填空题',
  'short-text': '简答题',
  essay: '论述题',
  'file-upload': '文件上传题',
  screenshot: '截图题',
  case: '案例题',
};

/** The cells of one row by field. */
export type ItemCells = Map<Field, TextRun[]>;

/** Where an item stands: the title of its section, or the identifier of its case. */
export interface ItemPlace {
  section: string;
  caseId: string;
}

/** What the columns of an item say. */
export function cellsOfItem(item: ItemSource, { section, caseId }: ItemPlace): ItemCells {
  const cells: ItemCells = new Map();
  const media = item.media ?? [];
  const plain = (field: Field, text: string) => {
    if (text !== '') cells.set(field, [{ text }]);
  };
  const how = (paragraphs: boolean) => cellText(item, paragraphs);
  plain('itemId', item.itemId);
  plain('section', section);
  plain('type', TYPE_WORDS[item.type]);
  cells.set('stem', htmlToRuns(item.stem, how(true)));
  plain('case', caseId);
  plain('points', String(item.points));
  plain('picture', media.map(({ file }) => file).join('；'));
  plain('alt', media.map(({ alt }) => alt).join('；'));
  if ('options' in item) {
    item.options.forEach(({ html }, index) => {
      if (index < OPTION_COLUMNS) cells.set(`option-${index}`, htmlToRuns(html, how(false)));
    });
    const letters = [item.answer]
      .flat()
      .map((id) => OPTION_LETTERS[item.options.findIndex((one) => one.id === id)] ?? '?');
    plain('answer', letters.join(''));
    plain('shuffleOptions', item.shuffleOptions ? '是' : '否');
  }
  if (item.type === 'multiple' && item.scoring.rule === 'partial')
    plain('missingPoints', String(item.scoring.pointsWhenMissing));
  if (item.type === 'true-false') plain('answer', item.answer ? '对' : '错');
  if (item.type === 'fill-in') {
    plain('answer', writeBlankAnswers(item.blanks.map(({ accept }) => accept)));
    plain('blankLength', item.blanks.map(({ maxLength }) => maxLength).join('；'));
  }
  if (item.type === 'case') plain('shuffleOptions', item.shuffleItems ? '是' : '否');
  if (isMarkedItem(item)) addMarked(item, cells, plain);
  if (item.audio !== undefined) {
    plain('audio', item.audio.file);
    plain('audioLabel', item.audio.label);
    plain('plays', item.audio.maxPlays === null ? '不限' : String(item.audio.maxPlays));
  }
  return cells;
}

function isMarkedItem(item: ItemSource): item is MarkedItem {
  return isMarked(item.type);
}

function addMarked(item: MarkedItem, cells: ItemCells, plain: (field: Field, text: string) => void): void {
  cells.set('answer', htmlToRuns(item.marking.reference, WITHOUT_PICTURES));
  plain('rubric', writeRubric(item.marking.rubric));
  if ('maxLength' in item) plain('maxLength', String(item.maxLength));
  if (item.type === 'essay' && item.words !== undefined) plain('words', writeWords(item.words));
  if (!('files' in item)) return;
  plain('fileTypes', item.files.types.join('、'));
  plain('fileCount', String(item.files.maxCount));
  plain('fileSize', writeFileSize(item.files.maxBytes));
}

const WITHOUT_PICTURES = { paragraphs: true, blanks: false, picture: () => null, pictureNames: [] };

/** How the texts of an item are written, with its own pictures. */
function cellText(
  item: ItemSource,
  paragraphs: boolean,
): CellTextOptions & { pictureNames: readonly string[] } {
  const media = item.media ?? [];
  return {
    paragraphs,
    blanks: paragraphs && item.type === 'fill-in',
    // The tag as the paper has it, so that reading back compares the same letters.
    picture: (n) => {
      const medium = media[n - 1];
      return medium === undefined ? null : pictureTag(medium.name, medium.alt);
    },
    pictureNames: media.map(({ name }) => name),
  };
}

/** The cells of each material in the order of the sheet's columns: case, title, content, file, name. */
export function materialCells(item: CaseSource): (TextRun[] | null)[][] {
  return item.materials.map(({ title, html, file }) => [
    [{ text: item.itemId }],
    [{ text: title }],
    html === undefined ? null : htmlToRuns(html, cellText(item, true)),
    file === undefined ? null : [{ text: file.file }],
    file === undefined ? null : [{ text: file.name }],
  ]);
}
