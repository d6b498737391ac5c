// The rows of a sheet beneath their headings, with merged cells spread over what they cover and with the pictures that
// stand on them. Reads no values.

import {
  cellPlace,
  columnName,
  plainText,
  type BookCell,
  type BookPicture,
  type BookRange,
  type BookSheet,
} from './book.js';
import { cellLine } from './cell-text.js';
import type { Findings } from './findings.js';
import { fieldOf, readHeadings, type Field, type Headings } from './headings.js';

export interface ItemRow {
  row: number;
  cells: Map<Field, BookCell>;
  pictures: BookPicture[];
  /** Place of the row, and of one of its fields. */
  place: (field?: Field) => string;
}

/** A row that is no item but the title of the items below it. */
export interface TitleRow {
  row: number;
  title: string;
  place: string;
}

export type SheetRow = { is: 'item'; row: ItemRow } | { is: 'title'; row: TitleRow };

const LAST_HEADING_ROW = 30;
/** Fields whose merged value holds for every row that it covers. */
const SHARED: ReadonlySet<Field> = new Set([
  'section',
  'case',
  'type',
  'points',
  'missingPoints',
  'shuffleOptions',
  'remark',
  'difficulty',
]);
const UNUSED: ReadonlySet<Field> = new Set(['difficulty', 'explanation', 'remark']);

/** The row of headings, or null. */
export function findHeadings(sheet: BookSheet): Headings | null {
  for (const row of [...sheet.rows.keys()].sort((a, b) => a - b)) {
    if (row > LAST_HEADING_ROW) return null;
    const found = readHeadings(row, sheet.rows.get(row) ?? new Map());
    if (found !== null) return found;
  }
  return null;
}

/** Rows in order. Whatever is on the sheet and in no row that is given is named in `findings`. */
export function readRows(sheet: BookSheet, headings: Headings, findings: Findings): SheetRow[] {
  checkColumns(sheet, headings, findings);
  const masters = spreadMerges(sheet, headings, findings);
  const columnOf = new Map([...headings.columns].map(([column, field]) => [field, column]));
  const rows: SheetRow[] = [];
  const numbers = new Set([...sheet.rows.keys(), ...sheet.pictures.map(({ row }) => row)]);
  const used = new Set<BookPicture>();
  for (const row of [...numbers].sort((a, b) => a - b)) {
    if (row <= headings.row) continue;
    const own = sheet.rows.get(row) ?? new Map<number, BookCell>();
    const pictures = sheet.pictures.filter((picture) => picture.row === row);
    if (isBlank(own) && pictures.length === 0) continue;
    const place = (field?: Field) =>
      cellPlace(sheet.name, row, field === undefined ? undefined : columnOf.get(field));
    for (const picture of pictures) used.add(picture);
    if (masters.covered.has(row)) {
      for (const one of pictures) findings.fault(cellPlace(sheet.name, row, one.column), 'picture-nowhere');
      continue;
    }
    if (sheet.hiddenRows.has(row)) {
      findings.fault(place(), 'row-hidden');
      continue;
    }
    if (repeatsHeadings(own, headings)) continue;
    const title = pictures.length === 0 ? titleOf(sheet, row, own, headings) : null;
    if (title !== null) {
      rows.push({ is: 'title', row: { row, title, place: place() } });
      continue;
    }
    const cells = new Map<Field, BookCell>();
    for (const [column, field] of headings.columns) {
      const cell = own.get(column) ?? (SHARED.has(field) ? masters.value(row, column) : undefined);
      if (cell !== undefined && !(cell.kind === 'text' && plainText(cell).trim() === ''))
        cells.set(field, cell);
    }
    if (!['stem', 'answer', 'options', 'option-0', 'option-1'].some((field) => cells.has(field as Field))) {
      // A lone heading value, a sum, a picture beside nothing.
      for (const one of pictures) findings.fault(cellPlace(sheet.name, row, one.column), 'picture-nowhere');
      if (!isBlank(own)) findings.fault(place(), 'row-stray');
      continue;
    }
    const doubtful = doubtfulColumns(own, headings);
    if (doubtful.length > 0) {
      // An option or key may stand there: the item is left out rather than taken in part.
      for (const { column, code } of doubtful)
        findings.fault(cellPlace(sheet.name, row, column), code, {
          heading: headings.titles.get(column) ?? '',
        });
      continue;
    }
    for (const { lastRow } of pictures)
      if (lastRow > row + 1) findings.note(place(), 'picture-spans', { from: row, to: lastRow });
    rows.push({ is: 'item', row: { row, cells, pictures, place } });
  }
  for (const picture of sheet.pictures)
    if (!used.has(picture))
      findings.fault(cellPlace(sheet.name, picture.row, picture.column), 'picture-nowhere');
  return rows;
}

/** Cells with content between the headed columns that no heading, or a second one of the same name, explains. */
function doubtfulColumns(
  cells: ReadonlyMap<number, BookCell>,
  headings: Headings,
): { column: number; code: 'heading-twice' | 'heading-blank' }[] {
  const last = Math.max(...headings.columns.keys());
  return [...cells]
    .filter(([, cell]) => plainText(cell).trim() !== '')
    .flatMap(([column]): { column: number; code: 'heading-twice' | 'heading-blank' }[] => {
      if (headings.twice.includes(column)) return [{ column, code: 'heading-twice' }];
      return column < last && !headings.titles.has(column) ? [{ column, code: 'heading-blank' }] : [];
    });
}

function isBlank(cells: ReadonlyMap<number, BookCell>): boolean {
  return [...cells.values()].every((cell) => cell.kind === 'text' && plainText(cell).trim() === '');
}

function checkColumns(sheet: BookSheet, headings: Headings, findings: Findings): void {
  const counts = new Map<number, number>();
  for (const [row, cells] of sheet.rows)
    if (row > headings.row)
      for (const [column, cell] of cells)
        if (plainText(cell).trim() !== '') counts.set(column, (counts.get(column) ?? 0) + 1);
  for (const [column, count] of [...counts].sort(([a], [b]) => a - b)) {
    const field = headings.columns.get(column);
    const heading = headings.titles.get(column);
    const where = `${sheet.name}!${columnName(column)}`;
    if (heading === undefined && count > 0) {
      // Within the table each cell is named with its row; title rows stand in the first column, headed or not.
      if (column > Math.max(...headings.columns.keys()) && !onlyTitles(sheet, headings, column))
        findings.fault(where, 'heading-blank');
    } else if (
      heading !== undefined &&
      (field === undefined || UNUSED.has(field)) &&
      !headings.twice.includes(column)
    )
      findings.note(where, 'column-unused', { heading, count });
    if (field !== undefined && sheet.hiddenColumns.has(column))
      findings.note(where, 'column-hidden', { heading: heading ?? '' });
  }
}

function onlyTitles(sheet: BookSheet, headings: Headings, column: number): boolean {
  return [...sheet.rows].every(
    ([row, cells]) =>
      row <= headings.row || !cells.has(column) || titleOf(sheet, row, cells, headings) !== null,
  );
}

function repeatsHeadings(cells: ReadonlyMap<number, BookCell>, headings: Headings): boolean {
  const shared = [...headings.columns].filter(([column, field]) => {
    const cell = cells.get(column);
    return cell !== undefined && fieldOf(cellLine(cell.runs)) === field;
  });
  return shared.length >= 3 && shared.length >= headings.columns.size - 1;
}

/** One text alone in its row, numbered like a title or merged across columns. */
function titleOf(
  sheet: BookSheet,
  row: number,
  cells: ReadonlyMap<number, BookCell>,
  headings: Headings,
): string | null {
  const filled = [...cells].filter(([, cell]) => plainText(cell).trim() !== '');
  const [only] = filled;
  if (only === undefined || filled.length !== 1 || only[1].kind !== 'text') return null;
  const [column, cell] = only;
  const text = cellLine(cell.runs);
  const merged = sheet.merges.some(
    ({ top, left, right }) => top === row && left <= column && column <= right && right - left >= 2,
  );
  const numbered = /^(第[一二三四五六七八九十]+[部分大题章节]|[一二三四五六七八九十]+[、.．])/.test(text);
  return text.length <= 200 && (merged || (numbered && headings.columns.get(column) !== 'answer'))
    ? text
    : null;
}

/** Values of merged cells for the rows that they cover, and the rows that are part of an item above. */
function spreadMerges(sheet: BookSheet, headings: Headings, findings: Findings) {
  const covered = new Set<number>();
  const tall = sheet.merges.filter(({ top, bottom }) => bottom > top && top > headings.row);
  for (const { top, bottom, left } of tall) {
    const field = headings.columns.get(left);
    if (field === undefined || SHARED.has(field) || field === 'number') continue;
    if (plainText(sheet.rows.get(top)?.get(left)).trim() === '') continue;
    findings.fault(cellPlace(sheet.name, top, left), 'row-merged', {
      from: top,
      to: bottom,
      heading: headings.titles.get(left) ?? '',
    });
    for (let row = top; row <= bottom; row++) covered.add(row);
  }
  const holds = (range: BookRange, row: number, column: number) =>
    range.top <= row && row <= range.bottom && range.left <= column && column <= range.right;
  const value = (row: number, column: number): BookCell | undefined => {
    const range = tall.find((one) => holds(one, row, column));
    return range === undefined ? undefined : sheet.rows.get(range.top)?.get(range.left);
  };
  return { covered, value };
}
