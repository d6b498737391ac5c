// The sheet on which people mark texts: written for markers without a name of a candidate, read back from .xlsx or .csv.

import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import ExcelJS from 'exceljs';
import { BankZip } from '../../server/bank/bank-zip.js';
import type { AnswerValue } from '../../server/core/types.js';
import type { ScoringPart } from '../../server/protocol/package.js';
import type { MarkingTask, SheetLine } from '../../server/papers/scoring/marks.js';
import { isMarkedByPeople } from '../../server/papers/scoring/score.js';

const CODE = '评卷号';
const POINTS = '得分';

export interface SheetTask extends MarkingTask {
  answer: AnswerValue;
  /** The item's stem without markup. */
  stem: string;
}

/** Writes one row for each answer, items together, in the order of the codes: no row tells of another's place in the room. */
export async function writeMarkingSheet(
  file: string,
  scoring: readonly ScoringPart[],
  tasks: readonly SheetTask[],
): Promise<void> {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet('评卷', { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = [
    { header: CODE, width: 14 },
    { header: '题号', width: 12 },
    { header: '题目', width: 40 },
    { header: '作答', width: 80 },
    { header: '满分', width: 8 },
    { header: POINTS, width: 8 },
    { header: '评卷员', width: 12 },
    { header: '备注', width: 24 },
  ];
  sheet.getRow(1).font = { bold: true };
  const order = (a: SheetTask, b: SheetTask) =>
    a.itemId < b.itemId ? -1 : a.itemId > b.itemId ? 1 : a.code < b.code ? -1 : 1;
  for (const { code, itemId, stem, answer, of } of [...tasks].sort(order)) {
    const row = sheet.addRow([code, itemId, cellText(stem), cellText(given(answer)), of]);
    row.alignment = { vertical: 'top', wrapText: true };
    row.getCell(6).dataValidation = {
      type: 'decimal',
      operator: 'between',
      formulae: [0, of],
      allowBlank: true,
      showErrorMessage: true,
      error: `0 – ${of}`,
    };
  }
  const scheme = book.addWorksheet('评分细则');
  scheme.columns = [
    { header: '题号', width: 12 },
    { header: '要点', width: 80 },
    { header: '分值', width: 8 },
  ];
  scheme.getRow(1).font = { bold: true };
  for (const { items } of scoring)
    for (const item of items) {
      if (!isMarkedByPeople(item)) continue;
      scheme.addRow([item.itemId, cellText(`参考答案：${plain(item.marking.reference)}`), item.points]);
      for (const { what, points } of item.marking.rubric) scheme.addRow(['', cellText(what), points]);
    }
  await book.xlsx.writeFile(file);
}

/** The sheet is none that could be read. */
export class MarkingSheetError extends Error {
  constructor(zh: string, en: string, file: string) {
    super(`${zh} / ${en}: ${file}`);
    this.name = 'MarkingSheetError';
  }
}

/** The lines of a sheet that came back. @throws MarkingSheetError where it has no column for codes or points, or is no sheet */
export async function readMarkingSheet(file: string): Promise<SheetLine[]> {
  const bytes = await readFile(file);
  try {
    return linesOf(await readBook(bytes, /\.csv$/i.test(file)), file);
  } catch (error) {
    if (error instanceof MarkingSheetError) throw error;
    // The library stumbles over a damaged file in ways of its own.
    throw new MarkingSheetError('评卷表已损坏或无法识别', 'the sheet is damaged, or none', file);
  }
}

async function readBook(bytes: Buffer, isCsv: boolean): Promise<ExcelJS.Workbook> {
  const book = new ExcelJS.Workbook();
  if (isCsv) {
    const parserOptions = { delimiter: ',' };
    await book.csv.read(Readable.from([decode(bytes)]), { parserOptions, map: (value: unknown) => value });
  } else {
    // Names and sizes are checked before the library unpacks whatever there is.
    await BankZip.open(bytes);
    await book.xlsx.load(bytes as unknown as ArrayBuffer);
  }
  return book;
}

function linesOf(book: ExcelJS.Workbook, file: string): SheetLine[] {
  const sheet = book.worksheets[0];
  if (sheet === undefined) throw new MarkingSheetError('评卷表为空', 'the sheet is empty', file);
  const headings = new Map<string, number>();
  sheet.getRow(1).eachCell((cell, column) => headings.set(textOf(cell).replace(/\s/g, ''), column));
  const codeAt = headings.get(CODE);
  const pointsAt = headings.get(POINTS);
  if (codeAt === undefined || pointsAt === undefined)
    throw new MarkingSheetError(
      `评卷表缺少“${CODE}”或“${POINTS}”列`,
      'the sheet lacks one of these columns',
      file,
    );
  const lines: SheetLine[] = [];
  sheet.eachRow((row, number) => {
    const code = textOf(row.getCell(codeAt));
    const points = textOf(row.getCell(pointsAt));
    if (number > 1 && (code.trim() !== '' || points.trim() !== ''))
      lines.push({ where: `${sheet.name} ${number}`, code, points });
  });
  return lines;
}

/** Rich text without its marks. */
export function plain(html: string): string {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();
}

/** A formula counts as its result. */
function textOf(cell: ExcelJS.Cell): string {
  const { value } = cell;
  if (value !== null && typeof value === 'object' && 'result' in value) return String(value.result ?? '');
  return cell.text;
}

/** UTF-8 where it is that, else what Excel writes in China. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}

function given(answer: AnswerValue): string {
  return 'text' in answer ? answer.text : JSON.stringify(answer);
}

/** A cell holds 32,767 characters, and no controls. */
function cellText(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd').slice(0, 32_000);
}
