// Writes the spreadsheet that an organisation's editor fills in: instructions, the sheet of the paper, the sheet of items
// with lists to choose from, examples. The same sheets, filled, hold a paper that is exported to a spreadsheet.

import ExcelJS from 'exceljs';
import type { CaseSource, ItemSource, PaperSource } from '../protocol/paper-source.js';
import type { TextRun } from './book.js';
import { FIELD_TITLES, type Field } from './headings.js';
import { cellsOfItem, materialCells } from './item-cells.js';
import { SECTION_TITLES } from './paper-sheet.js';
import { COLUMNS, MATERIAL_COLUMNS } from './template-columns.js';
import { INSTRUCTIONS } from './template-words.js';

const LIST_ROWS = 2000;
/** Fields whose cells are numbers. */
export const NUMBERS: ReadonlySet<Field> = new Set(['points', 'missingPoints', 'maxLength', 'fileCount']);
/** A workbook with the template's sheets: filled with `paper`, or empty and with examples. */
export function bankWorkbook(paper: PaperSource | null, examples: readonly ItemSource[]): ExcelJS.Workbook {
  const workbook = new ExcelJS.Workbook();
  workbook.creator = '考场 Kaochang';
  workbook.created = new Date(Date.UTC(2020, 0, 1));
  workbook.modified = workbook.created;
  addInstructions(workbook);
  addPaper(workbook, paper);
  const items =
    paper?.sections.flatMap((section) => section.items.map((item) => ({ item, section: section.title }))) ??
    [];
  addItems(workbook.addWorksheet('题目'), items);
  addMaterials(workbook.addWorksheet('材料'), casesOf(items.map(({ item }) => item)));
  if (examples.length > 0) {
    const rows = examples.map((item) => ({ item, section: '' }));
    addItems(workbook.addWorksheet('示例'), rows);
    addMaterials(workbook.addWorksheet('示例材料'), casesOf(examples));
  }
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

function casesOf(items: readonly ItemSource[]): CaseSource[] {
  return items.filter((item): item is CaseSource => item.type === 'case');
}

function addMaterials(sheet: ExcelJS.Worksheet, cases: readonly CaseSource[]): void {
  sheet.columns = MATERIAL_COLUMNS.map(({ width }) => ({ width }));
  styleHead(sheet.addRow(MATERIAL_COLUMNS.map(({ title }, index) => (index < 2 ? `${title}*` : title))));
  sheet.views = [{ state: 'frozen', ySplit: 1 }];
  for (const one of cases)
    for (const cells of materialCells(one)) {
      const row = sheet.addRow([]);
      cells.forEach((runs, index) => {
        if (runs !== null) row.getCell(index + 1).value = cellValue('stem', runs);
      });
    }
  MATERIAL_COLUMNS.forEach((_, index) => {
    const column = sheet.getColumn(index + 1);
    column.alignment = { vertical: 'top', wrapText: true };
    column.numFmt = '@';
  });
}

function addItems(sheet: ExcelJS.Worksheet, items: readonly { item: ItemSource; section: string }[]): void {
  sheet.columns = COLUMNS.map(({ width }) => ({ width }));
  const head = sheet.addRow(COLUMNS.map(({ title, needed }) => (needed ? `${title}*` : title)));
  styleHead(head);
  sheet.views = [{ state: 'frozen', ySplit: 1, xSplit: 4 }];
  const rows = items.flatMap(({ item, section }) => [
    cellsOfItem(item, { section, caseId: '' }),
    ...(item.type === 'case'
      ? item.items.map((one) => cellsOfItem(one, { section: '', caseId: item.itemId }))
      : []),
  ]);
  for (const cells of rows) {
    const row = sheet.addRow([]);
    COLUMNS.forEach(({ field }, index) => {
      const runs = cells.get(field);
      if (runs !== undefined) row.getCell(index + 1).value = cellValue(field, runs);
    });
  }
  COLUMNS.forEach(({ list, open = false, number, title }, index) => {
    const column = sheet.getColumn(index + 1);
    column.alignment = { vertical: 'top', wrapText: true };
    // Text columns: a spreadsheet program would make a date of 1/2. Numbers that are checked have to be numbers.
    if (number === undefined && title !== FIELD_TITLES.missingPoints) column.numFmt = '@';
    const letter = sheet.getColumn(index + 1).letter;
    if (number !== undefined)
      validations(sheet).add(`${letter}2:${letter}${LIST_ROWS}`, {
        type: number.whole ? 'whole' : 'decimal',
        operator: 'between',
        allowBlank: true,
        formulae: [number.least, number.most],
        showErrorMessage: true,
        errorTitle: title,
        error: `请填写 ${number.least} 至 ${number.most} 的${number.whole ? '整数' : '数'}`,
      });
    if (list === undefined) return;
    validations(sheet).add(`${letter}2:${letter}${LIST_ROWS}`, {
      type: 'list',
      allowBlank: true,
      formulae: [`"${list}"`],
      showErrorMessage: !open,
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
  sheet.addRow([]);
  styleHead(sheet.addRow(['“材料”表的列', '怎样填']));
  for (const { title, hint } of MATERIAL_COLUMNS) sheet.addRow([title, hint]);
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
  if (NUMBERS.has(field)) return Number(only?.text);
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
