// The sheet 材料 of a bank: what the cases give to read and to work with, one material a row. The files lie beside the bank.

import { cellPlace, columnName, plainText, type BookCell, type BookSheet } from './book.js';
import { cellLine } from './cell-text.js';
import { plainForm } from './cell-values.js';
import { excerpt, type FaultCode, type FindingParams } from './findings.js';
import { normaliseHeading } from './headings.js';
import type { PaperDraft } from './paper-draft.js';
import type { MaterialRow } from './row-case.js';
import { isBareName } from './row-files.js';

/** Headings as the template writes them. */
export const MATERIAL_TITLES = {
  caseId: '所属案例',
  title: '材料标题',
  content: '材料内容',
  file: '材料文件',
  name: '保存名',
} as const;
type MaterialField = keyof typeof MATERIAL_TITLES;

const LAST_HEADING_ROW = 10;

/** Whether a sheet is one of this kind. */
export function isMaterialSheet(sheet: BookSheet): boolean {
  return headingsOf(sheet) !== null;
}

/** Rows in order; whatever cannot be read is named, and its row is marked. */
export async function readMaterialSheet(
  sheet: BookSheet,
  draft: PaperDraft,
  beside: (name: string) => Promise<Buffer | null>,
): Promise<MaterialRow[]> {
  const headings = headingsOf(sheet);
  const rows: MaterialRow[] = [];
  if (headings === null) return rows;
  for (const [row, cells] of [...sheet.rows].sort(([a], [b]) => a - b)) {
    if (row <= headings.row || [...cells.values()].every((cell) => plainText(cell).trim() === '')) continue;
    if (sheet.hiddenRows.has(row)) {
      draft.findings.fault(cellPlace(sheet.name, row), 'row-hidden');
      continue;
    }
    rows.push(await readRow(sheet, row, cells, headings.columns, draft, beside));
  }
  nameOthers(sheet, headings, draft);
  return rows;
}

/** Columns with content that no heading of ours explains. */
function nameOthers(
  sheet: BookSheet,
  { row: head, columns }: { row: number; columns: ReadonlyMap<MaterialField, number> },
  { findings }: PaperDraft,
): void {
  const known = new Set(columns.values());
  const counts = new Map<number, number>();
  for (const [row, cells] of sheet.rows)
    for (const [column, cell] of cells)
      if (row > head && !known.has(column) && plainText(cell).trim() !== '')
        counts.set(column, (counts.get(column) ?? 0) + 1);
  for (const [column, count] of [...counts].sort(([a], [b]) => a - b)) {
    const heading = cellLine(sheet.rows.get(head)?.get(column)?.runs ?? []);
    const where = `${sheet.name}!${columnName(column)}`;
    if (heading === '') findings.fault(where, 'heading-blank');
    else findings.note(where, 'column-unused', { heading, count });
  }
}

async function readRow(
  sheet: BookSheet,
  row: number,
  cells: ReadonlyMap<number, BookCell>,
  columns: ReadonlyMap<MaterialField, number>,
  draft: PaperDraft,
  beside: (name: string) => Promise<Buffer | null>,
): Promise<MaterialRow> {
  let faulty = false;
  const fault = (field: MaterialField, code: FaultCode, params: FindingParams = {}) => {
    draft.findings.fault(cellPlace(sheet.name, row, columns.get(field)), code, params);
    faulty = true;
  };
  const cell = (field: MaterialField) =>
    cells.get(columns.get(field) ?? 0) ?? sharedCell(sheet, row, columns.get(field));
  const text = (field: MaterialField) => cellLine(cell(field)?.runs ?? []);
  for (const field of columns.keys()) {
    const one = cell(field);
    if (one?.kind === 'error') fault(field, 'cell-error', { text: excerpt(plainText(one)) });
    if (one?.kind === 'no-value') fault(field, 'formula-no-value');
    if (one?.runs.some((run) => run.strike === true && run.text.trim() !== '') === true)
      fault(field, 'cell-strike');
  }
  const content = cell('content');
  const wanted = text('file');
  let file: MaterialRow['file'] = null;
  if (wanted !== '' && !isBareName(wanted)) fault('file', 'beside-name', { name: wanted });
  else if (wanted !== '') {
    const bytes = await beside(wanted);
    const put = bytes === null ? null : draft.shelf.putFile(bytes, wanted, 'material');
    if (put === null) fault('file', 'beside-missing', { name: wanted });
    else if ('fault' in put) fault('file', 'beside-bad', { name: wanted, why: put.fault });
    else file = { name: text('name') === '' ? wanted : text('name'), file: put.file };
  }
  const caseId = plainForm(text('caseId'));
  if (caseId === '') fault('caseId', 'case-unknown', { text: '' });
  return {
    caseId,
    title: text('title'),
    content: content === undefined || plainText(content).trim() === '' ? null : content.runs,
    file,
    place: cellPlace(sheet.name, row),
    faulty,
  };
}

/** A case may be named once, in a cell merged over its materials. */
function sharedCell(sheet: BookSheet, row: number, column: number | undefined): BookCell | undefined {
  const range = sheet.merges.find(
    ({ top, bottom, left, right }) =>
      column !== undefined && top <= row && row <= bottom && left === column && right === column,
  );
  return range === undefined ? undefined : sheet.rows.get(range.top)?.get(range.left);
}

function headingsOf(sheet: BookSheet): { row: number; columns: Map<MaterialField, number> } | null {
  for (const [row, cells] of [...sheet.rows].sort(([a], [b]) => a - b)) {
    if (row > LAST_HEADING_ROW) return null;
    const columns = new Map<MaterialField, number>();
    for (const [column, cell] of cells) {
      const text = normaliseHeading(cellLine(cell.runs));
      for (const [field, title] of Object.entries(MATERIAL_TITLES) as [MaterialField, string][])
        if (text === title && !columns.has(field)) columns.set(field, column);
    }
    if (columns.has('caseId') && columns.has('title')) return { row, columns };
  }
  return null;
}
