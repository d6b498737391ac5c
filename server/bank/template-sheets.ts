// Writes the spreadsheet that an organisation's editor fills in: instructions, the sheet of the paper, the sheet of items
// with lists to choose from, examples. The same sheets, filled, hold a paper that is exported to a spreadsheet.

import ExcelJS from 'exceljs';
import type { PaperSource } from '../protocol/paper-source.js';
import type { TextRun } from './book.js';
import { htmlToRuns, type CellTextOptions } from './cell-text.js';
import { isTakenItem, writeBlankAnswers, type TakenItem } from './cell-values.js';
import { FIELD_TITLES, OPTION_LETTERS, type Field } from './headings.js';
import { SECTION_TITLES } from './paper-sheet.js';
import { INSTRUCTIONS } from './template-words.js';

const OPTION_COLUMNS = 10;
const LIST_ROWS = 2000;
const TYPE_WORDS = {
  single: '单选题',
  multiple: '多选题',
  'true-false': '判断题',
  'fill-in': '填空题',
} as const;

interface Column {
  field: Field;
  title: string;
  width: number;
  needed: boolean;
  list?: string;
  hint: string;
}

/** Columns of the sheet of items, in order. */
const COLUMNS: readonly Column[] = [
  { field: 'itemId', title: FIELD_TITLES.itemId, width: 12, needed: false, hint: '字母、数字、横线；可空' },
  {
    field: 'section',
    title: FIELD_TITLES.section,
    width: 16,
    needed: false,
    hint: '与“试卷”表的大题标题一致；可空',
  },
  {
    field: 'type',
    title: FIELD_TITLES.type,
    width: 10,
    needed: true,
    list: '单选题,多选题,判断题,填空题',
    hint: '从列表选择',
  },
  {
    field: 'stem',
    title: FIELD_TITLES.stem,
    width: 48,
    needed: true,
    hint: 'Alt+Enter 换段；填空用 ____；图片位置写【图1】',
  },
  ...[...OPTION_LETTERS].map((letter, index): Column => ({
    field: `option-${index}`,
    title: `选项${letter}`,
    width: index < 4 ? 20 : 10,
    needed: false,
    hint: '选择题填写，不留空档',
  })),
  {
    field: 'answer',
    title: FIELD_TITLES.answer,
    width: 16,
    needed: true,
    hint: '单选 A；多选 ABD；判断 对/错；填空每空用；分隔，同空多答案用 | 分隔',
  },
  {
    field: 'points',
    title: FIELD_TITLES.points,
    width: 8,
    needed: true,
    hint: '大于 0；也可在“试卷”表写每题分值',
  },
  {
    field: 'missingPoints',
    title: FIELD_TITLES.missingPoints,
    width: 10,
    needed: false,
    hint: '多选题少选且无错选时的得分；空为不得分',
  },
  {
    field: 'shuffleOptions',
    title: FIELD_TITLES.shuffleOptions,
    width: 10,
    needed: false,
    list: '是,否',
    hint: '空为“是”，有“以上都对”之类的选项时为“否”',
  },
  {
    field: 'picture',
    title: FIELD_TITLES.picture,
    width: 20,
    needed: false,
    hint: '图片文件名，多个用；分隔；也可把图片直接插在本行',
  },
  { field: 'alt', title: FIELD_TITLES.alt, width: 20, needed: false, hint: '给读屏的说明，多个用；分隔' },
  {
    field: 'blankLength',
    title: FIELD_TITLES.blankLength,
    width: 12,
    needed: false,
    hint: '填空题；空为 100',
  },
  {
    field: 'difficulty',
    title: FIELD_TITLES.difficulty,
    width: 8,
    needed: false,
    list: '易,中,难',
    hint: '不进入试卷',
  },
  { field: 'explanation', title: FIELD_TITLES.explanation, width: 24, needed: false, hint: '不进入试卷' },
  { field: 'remark', title: FIELD_TITLES.remark, width: 16, needed: false, hint: '不进入试卷' },
];

/** The cells of one item by field; what has no place is left to the caller to find by reading it back. */
export type ItemCells = Map<Field, TextRun[]>;

/** A workbook with the template's sheets: filled with `paper`, or empty and with examples. */
export function bankWorkbook(paper: PaperSource | null, examples: readonly TakenItem[]): ExcelJS.Workbook {
  const workbook = new ExcelJS.Workbook();
  workbook.creator = '考场 Kaochang';
  workbook.created = new Date(Date.UTC(2020, 0, 1));
  workbook.modified = workbook.created;
  addInstructions(workbook);
  addPaper(workbook, paper);
  const items =
    paper?.sections.flatMap((section) =>
      section.items.filter(isTakenItem).map((item) => ({ item, section: section.title })),
    ) ?? [];
  addItems(workbook.addWorksheet('题目'), items);
  if (examples.length > 0)
    addItems(
      workbook.addWorksheet('示例'),
      examples.map((item) => ({ item, section: '' })),
    );
  workbook.views = [
    {
      x: 0,
      y: 0,
      width: 20000,
      height: 12000,
      firstSheet: 0,
      activeTab: paper === null ? 0 : 2,
      visibility: 'visible',
    },
  ];
  return workbook;
}

/** What the columns of an item say. */
export function cellsOfItem(item: TakenItem, section: string): ItemCells {
  const cells: ItemCells = new Map();
  const media = item.media ?? [];
  const plain = (field: Field, text: string) => {
    if (text !== '') cells.set(field, [{ text }]);
  };
  const tags = new Map<number, string>();
  media.forEach(({ name, alt }, index) => {
    // The tag as the paper has it, so that reading back compares the same letters.
    const escaped = alt
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;');
    tags.set(index + 1, `<img data-media="${name}" alt="${escaped}" />`);
  });
  const how = (paragraphs: boolean): CellTextOptions & { pictureNames: string[] } => ({
    paragraphs,
    blanks: paragraphs && item.type === 'fill-in',
    picture: (n) => tags.get(n) ?? null,
    pictureNames: media.map(({ name }) => name),
  });
  plain('itemId', item.itemId);
  plain('section', section);
  plain('type', TYPE_WORDS[item.type]);
  cells.set('stem', htmlToRuns(item.stem, how(true)));
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
  return cells;
}

function addItems(sheet: ExcelJS.Worksheet, items: readonly { item: TakenItem; section: string }[]): void {
  sheet.columns = COLUMNS.map(({ width }) => ({ width }));
  const head = sheet.addRow(COLUMNS.map(({ title, needed }) => (needed ? `${title}*` : title)));
  styleHead(head);
  sheet.views = [{ state: 'frozen', ySplit: 1, xSplit: 4 }];
  for (const { item, section } of items) {
    const cells = cellsOfItem(item, section);
    const row = sheet.addRow([]);
    COLUMNS.forEach(({ field }, index) => {
      const runs = cells.get(field);
      if (runs !== undefined) row.getCell(index + 1).value = cellValue(field, runs);
    });
  }
  COLUMNS.forEach(({ list, title }, index) => {
    const column = sheet.getColumn(index + 1);
    column.alignment = { vertical: 'top', wrapText: true };
    // Text columns: a spreadsheet program would make a date of 1/2.
    if (title !== FIELD_TITLES.points && title !== FIELD_TITLES.missingPoints) column.numFmt = '@';
    if (list === undefined) return;
    const letter = sheet.getColumn(index + 1).letter;
    validations(sheet).add(`${letter}2:${letter}${LIST_ROWS}`, {
      type: 'list',
      allowBlank: true,
      formulae: [`"${list}"`],
      showErrorMessage: true,
      errorTitle: title,
      error: `请从列表选择：${list}`,
    });
  });
}

function addPaper(workbook: ExcelJS.Workbook, paper: PaperSource | null): void {
  const sheet = workbook.addWorksheet('试卷');
  sheet.columns = [18, 30, 50, 12, 12, 12].map((width) => ({ width }));
  for (let column = 1; column <= 6; column++) sheet.getColumn(column).numFmt = '@';
  sheet.addRow(['试卷编号', paper?.paperId ?? '']);
  sheet.addRow(['试卷名称', escapeXstring(paper?.title ?? '')]);
  sheet.addRow([]);
  const fields = Object.keys(SECTION_TITLES) as (keyof typeof SECTION_TITLES)[];
  styleHead(sheet.addRow(fields.map((field) => SECTION_TITLES[field])));
  for (const { sectionId, title, instructions, shuffleItems, draw } of paper?.sections ?? [])
    sheet.addRow([
      ...[sectionId, title, instructions].map(escapeXstring),
      shuffleItems ? '是' : '否',
      draw === null ? '' : String(draw),
      '',
    ]);
  validations(sheet).add('D5:D40', {
    type: 'list',
    allowBlank: true,
    formulae: ['"是,否"'],
    showErrorMessage: true,
  });
  sheet.eachRow((row) => (row.alignment = { vertical: 'top', wrapText: true }));
}

function addInstructions(workbook: ExcelJS.Workbook): void {
  const sheet = workbook.addWorksheet('填写说明');
  sheet.columns = [{ width: 60 }, { width: 70 }];
  styleHead(sheet.addRow(['填写说明', 'How to fill this in']));
  for (const [zh, en] of INSTRUCTIONS) sheet.addRow([zh, en]);
  sheet.addRow([]);
  styleHead(sheet.addRow(['列', '怎样填']));
  for (const { title, needed, hint } of COLUMNS) sheet.addRow([needed ? `${title}*` : title, hint]);
  sheet.eachRow((row) => (row.alignment = { vertical: 'top', wrapText: true }));
}

function styleHead(row: ExcelJS.Row): void {
  row.font = { bold: true };
  row.height = 22;
  row.eachCell((cell) => {
    cell.fill = { type: 'pattern', pattern: 'solid', fgColor: { argb: 'FFE8EEF7' } };
    cell.border = { bottom: { style: 'thin' } };
  });
}

function cellValue(field: Field, runs: readonly TextRun[]): ExcelJS.CellValue {
  const [only] = runs;
  if (field === 'points' || field === 'missingPoints') return Number(only?.text);
  if (runs.length === 1 && only !== undefined && Object.keys(only).length === 1)
    return escapeXstring(only.text);
  return {
    richText: runs.map(({ text, bold, italic, underline, script }) => ({
      text: escapeXstring(text),
      font: {
        name: '宋体',
        size: 11,
        ...(bold === true ? { bold } : {}),
        ...(italic === true ? { italic } : {}),
        ...(underline === true ? { underline } : {}),
        ...(script === undefined
          ? {}
          : { vertAlign: script === 'sub' ? ('subscript' as const) : ('superscript' as const) }),
      },
    })),
  };
}

/** `_x000D_` in a text would be read as a control letter. */
function escapeXstring(text: string): string {
  return text.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_');
}

/** The list of validations; the library has it and its types do not. */
function validations(sheet: ExcelJS.Worksheet): {
  add: (range: string, rule: ExcelJS.DataValidation) => void;
} {
  return (
    sheet as unknown as { dataValidations: { add: (range: string, rule: ExcelJS.DataValidation) => void } }
  ).dataValidations;
}
