// Reads .xls (BIFF) into a Book by way of SheetJS. That reader gives neither pictures nor looks of text: looks are read from
// the records beside it, pictures and other objects are found there and named, so that they can be refused by place.

import * as XLSX from '@e965/xlsx';
import {
  plainText,
  type TextRun,
  MAX_COLUMNS,
  MAX_ROWS,
  newSheet,
  putCell,
  type Book,
  type BookObject,
  type BookSheet,
} from './book.js';
import { BankRefusal, type Findings } from './findings.js';
import { showNumber } from './number-format.js';
import { readXlsLooks, type XlsLooks } from './xls-looks.js';

/** @throws BankRefusal `file-encrypted`, `book-bad` */
export function readXls(bytes: Buffer, findings: Findings, fileName: string): Book {
  let workbook: XLSX.WorkBook;
  let objects: (BookObject & { sheet: number })[];
  let looks: XlsLooks;
  try {
    const { stream, modern } = workbookStream(bytes);
    objects = objectsOf(stream);
    looks = readXlsLooks(stream);
    if (!modern) findings.note(fileName, 'xls-looks');
    workbook = XLSX.read(bytes, {
      type: 'buffer',
      cellNF: true,
      cellStyles: true,
      cellFormula: true,
      cellHTML: false,
      dense: false,
      sheetRows: MAX_ROWS + 1,
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (error instanceof BankRefusal) throw error;
    if (/password|encrypt/i.test(why)) throw new BankRefusal('file-encrypted');
    throw new BankRefusal('book-bad', { why });
  }
  const date1904 = workbook.Workbook?.WBProps?.date1904 === true;
  return {
    sheets: workbook.SheetNames.map((name, index) => {
      const sheet = newSheet(name, (workbook.Workbook?.Sheets?.[index]?.Hidden ?? 0) !== 0);
      const source = workbook.Sheets[name];
      if (source !== undefined)
        readSheet(source, sheet, date1904, (row, column) => looks.get(`${index} ${row} ${column}`));
      sheet.objects.push(...objects.filter((one) => one.sheet === index));
      return sheet;
    }),
  };
}

function readSheet(
  source: XLSX.WorkSheet,
  sheet: BookSheet,
  date1904: boolean,
  looks: (row: number, column: number) => TextRun[] | undefined,
): void {
  for (const { s, e } of source['!merges'] ?? [])
    sheet.merges.push({ top: s.r + 1, left: s.c + 1, bottom: e.r + 1, right: e.c + 1 });
  (source['!rows'] ?? []).forEach((row, index) => {
    if (row?.hidden === true) sheet.hiddenRows.add(index + 1);
  });
  (source['!cols'] ?? []).slice(0, MAX_COLUMNS).forEach((column, index) => {
    if (column?.hidden === true) sheet.hiddenColumns.add(index + 1);
  });
  for (const address of Object.keys(source)) {
    if (address.startsWith('!')) continue;
    const cell = source[address] as XLSX.CellObject;
    const { r, c } = XLSX.utils.decode_cell(address);
    addCell(sheet, r + 1, c + 1, cell, date1904);
    const runs = cell.t === 's' ? looks(r, c) : undefined;
    const added = sheet.rows.get(r + 1)?.get(c + 1);
    if (added !== undefined && cell.f !== undefined) added.formula = true;
    // Only where both readings agree on the letters.
    if (
      runs !== undefined &&
      added !== undefined &&
      plainText(added) === runs.map(({ text }) => text).join('')
    )
      added.runs = runs;
  }
}

function addCell(
  sheet: BookSheet,
  row: number,
  column: number,
  cell: XLSX.CellObject,
  date1904: boolean,
): void {
  if ((cell.c?.length ?? 0) > 0) sheet.comments = true;
  if (/DISPIMG/i.test(cell.f ?? '')) {
    sheet.objects.push({ row, column, what: 'picture-xls' });
    return;
  }
  switch (cell.t) {
    case 's':
      return putCell(sheet, { row, column, kind: 'text', runs: [{ text: String(cell.v ?? '') }] });
    case 'n': {
      const number = Number(cell.v);
      const { text, kind } = showNumber(number, typeof cell.z === 'string' ? cell.z : 'General', date1904);
      return putCell(sheet, { row, column, kind, runs: [{ text }], number });
    }
    case 'b':
      return putCell(sheet, {
        row,
        column,
        kind: 'boolean',
        runs: [{ text: cell.v === true ? 'TRUE' : 'FALSE' }],
      });
    case 'e':
      return putCell(sheet, { row, column, kind: 'error', runs: [{ text: cell.w ?? String(cell.v) }] });
    case 'd':
      return putCell(sheet, { row, column, kind: 'date', runs: [{ text: cell.w ?? String(cell.v) }] });
    case 'z':
      if (cell.f !== undefined) putCell(sheet, { row, column, kind: 'no-value', runs: [] });
      return;
    default:
      return;
  }
}

const RECORD = { boundSheet: 0x85, object: 0x5d, drawing: 0xec, filePass: 0x2f } as const;
/** Kinds of objects (MS-XLS 2.5.143) that a person sees; drop-downs and notes are not among them. */
const OBJECTS: Readonly<Record<number, string>> = {
  0: '图形组 group',
  1: '线条 line',
  2: '形状 shape',
  3: '形状 shape',
  4: '形状 shape',
  5: '图表 chart',
  6: '文本框 text box',
  8: 'picture-xls',
  9: '形状 shape',
  30: '形状 shape',
};

/** The stream of records; `modern` from Excel 97 on. @throws BankRefusal `file-encrypted`, `book-bad` */
function workbookStream(bytes: Buffer): { stream: Buffer; modern: boolean } {
  const container = XLSX.CFB.read(bytes, { type: 'buffer' });
  if (XLSX.CFB.find(container, 'EncryptedPackage') !== null) throw new BankRefusal('file-encrypted');
  const modern = XLSX.CFB.find(container, 'Workbook');
  const entry = modern ?? XLSX.CFB.find(container, 'Book');
  if (entry === null) throw new BankRefusal('book-bad', { why: 'no workbook stream' });
  return { stream: Buffer.from(entry.content as Uint8Array), modern: modern !== null };
}

/** Pictures, charts and text boxes with the cell beneath their upper left corner. @throws BankRefusal `file-encrypted` */
function objectsOf(stream: Buffer): (BookObject & { sheet: number })[] {
  const starts: number[] = [];
  const found: (BookObject & { sheet: number })[] = [];
  let anchor = { row: 1, column: 1 };
  for (let at = 0; at + 4 <= stream.length;) {
    const type = stream.readUInt16LE(at);
    const length = stream.readUInt16LE(at + 2);
    const data = stream.subarray(at + 4, at + 4 + length);
    if (type === RECORD.filePass) throw new BankRefusal('file-encrypted');
    if (type === RECORD.boundSheet && data.length >= 4) starts.push(data.readUInt32LE(0));
    if (type === RECORD.drawing) anchor = anchorIn(data) ?? anchor;
    if (type === RECORD.object && data.length >= 6 && data.readUInt16LE(0) === 0x15) {
      const what = OBJECTS[data.readUInt16LE(4)];
      const sheet = starts.findLastIndex((start) => start <= at);
      if (what !== undefined && found.length < 5000) found.push({ ...anchor, what, sheet });
    }
    at += 4 + length;
  }
  return found;
}

/** The last client anchor (OfficeArtClientAnchorSheet) of a drawing record. */
function anchorIn(data: Buffer): { row: number; column: number } | null {
  const mark = data.lastIndexOf(Buffer.from([0x10, 0xf0, 0x12, 0, 0, 0]));
  if (mark === -1 || data.length < mark + 14) return null;
  return { column: data.readUInt16LE(mark + 8) + 1, row: data.readUInt16LE(mark + 12) + 1 };
}
