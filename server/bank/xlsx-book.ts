// Reads .xlsx (and what WPS and LibreOffice write under that name) into a Book. Reads parts one by one and streams the
// sheets, so that a sheet of a million empty rows costs time but no memory. Evaluates nothing.

import { BankZip } from './bank-zip.js';
import {
  MAX_COLUMNS,
  MAX_ROWS,
  newSheet,
  parseAddress,
  parseRange,
  putCell,
  type Book,
  type BookCell,
  type BookSheet,
  type TextRun,
} from './book.js';
import { BankRefusal } from './findings.js';
import { showNumber } from './number-format.js';
import { readPart, readRelations, type Relations } from './xlsx-parts.js';
import { readCellPictures, readDrawing } from './xlsx-pictures.js';
import { readStyles, runLook, type BookStyles, type Look } from './xlsx-styles.js';
import {
  childOf,
  childrenOf,
  descendantsOf,
  parseXml,
  textOf,
  walkXml,
  type XmlElement,
} from './xml-tree.js';

const MAX_MERGES = 20_000;

/** @throws BankRefusal when the file as a whole cannot be read */
export async function readXlsx(bytes: Buffer): Promise<Book> {
  const zip = await BankZip.open(bytes);
  const workbookPath = await findWorkbook(zip);
  const workbook = await readPart(zip, workbookPath);
  const relations = await readRelations(zip, workbookPath);
  const date1904 = isTrue(childOf(workbook, 'workbookPr')?.attributes['date1904']);
  const styles = await readStyles(zip, pathOf(relations, 'styles'));
  const strings = await readSharedStrings(zip, pathOf(relations, 'sharedStrings'));
  const cellPictures = await readCellPictures(zip, workbookPath, relations);
  const sheets: BookSheet[] = [];
  for (const { attributes } of childrenOf(childOf(workbook, 'sheets') ?? workbook, 'sheet')) {
    const relation = relations.get(attributes['id'] ?? '');
    if (relation === undefined || !relation.type.endsWith('/worksheet') || relation.path === null) continue;
    const sheet = newSheet(attributes['name'] ?? '?', (attributes['state'] ?? 'visible') !== 'visible');
    sheets.push(sheet);
    const part = await zip.read(relation.path);
    if (part === null) throw new BankRefusal('part-missing', { part: relation.path });
    const drawingId = readSheet(part, relation.path, sheet, { styles, strings, date1904 });
    const own = await readRelations(zip, relation.path);
    sheet.comments = [...own.values()].some(({ type }) => /\/(comments|threadedComment)$/.test(type));
    const drawing = drawingId === null ? null : (own.get(drawingId)?.path ?? null);
    if (drawing !== null) await readDrawing(zip, drawing, await readRelations(zip, drawing), sheet);
    placeCellPictures(sheet, cellPictures);
  }
  return { sheets };
}

function pathOf(relations: Relations, type: string): string | null {
  return [...relations.values()].find((one) => one.type.endsWith(`/${type}`))?.path ?? null;
}

async function findWorkbook(zip: BankZip): Promise<string> {
  const root = await readRelations(zip, '');
  const path = pathOf(root, 'officeDocument') ?? 'xl/workbook.xml';
  if (!zip.has(path)) throw new BankRefusal('file-kind', { what: 'zip' });
  return path;
}

async function readSharedStrings(zip: BankZip, path: string | null): Promise<TextRun[][]> {
  const bytes = path === null ? null : await zip.read(path);
  if (path === null || bytes === null) return [];
  return childrenOf(parseXml(bytes, path), 'si').map(runsOf);
}

/** Runs of a string item; readings of Japanese (rPh) are aside. */
function runsOf(item: XmlElement): TextRun[] {
  return childrenOf(item).flatMap((child): TextRun[] => {
    if (child.name === 't') return [{ text: unescapeText(textOf(child)) }];
    if (child.name !== 'r') return [];
    const text = unescapeText(childrenOf(child, 't').map(textOf).join(''));
    return [{ text, ...runLook(childOf(child, 'rPr')) }];
  });
}

/** `_x000D_` stands for a control letter in the format. */
function unescapeText(text: string): string {
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

interface SheetContext {
  styles: BookStyles;
  strings: TextRun[][];
  date1904: boolean;
}

/** Streams a sheet into `sheet`; gives the relation id of its drawing. */
function readSheet(bytes: Buffer, path: string, sheet: BookSheet, context: SheetContext): string | null {
  let drawing: string | null = null;
  let row = 0;
  let column = 0;
  let cell: { attributes: Readonly<Record<string, string>>; value: string; formula: string | null } | null =
    null;
  let inline: XmlElement | null = null;
  const stack: XmlElement[] = [];
  let collecting: 'v' | 'f' | null = null;
  walkXml(bytes, path, {
    open: (name, attributes) => {
      if (stack.length > 0 || (cell !== null && name === 'is') || name === 'oleObject') {
        const element: XmlElement = { name, namespace: '', attributes, children: [] };
        stack.at(-1)?.children.push(element);
        if (stack.length === 0) inline = element;
        stack.push(element);
        return;
      }
      switch (name) {
        case 'row':
          row = Number(attributes['r'] ?? row + 1);
          column = 0;
          if (isTrue(attributes['hidden'])) sheet.hiddenRows.add(row);
          break;
        case 'col':
          if (isTrue(attributes['hidden']))
            for (
              let at = Number(attributes['min']);
              at <= Math.min(Number(attributes['max']), MAX_COLUMNS);
              at++
            )
              sheet.hiddenColumns.add(at);
          break;
        case 'c': {
          const address = parseAddress(attributes['r'] ?? '');
          row = address?.row ?? row;
          column = address?.column ?? column + 1;
          cell = { attributes, value: '', formula: null };
          inline = null;
          break;
        }
        case 'v':
          collecting = 'v';
          break;
        case 'f':
          collecting = 'f';
          if (cell !== null) cell.formula = '';
          break;
        case 'mergeCell': {
          const range = parseRange(attributes['ref'] ?? '');
          if (range !== null && sheet.merges.length < MAX_MERGES) sheet.merges.push(range);
          break;
        }
        case 'drawing':
          drawing = attributes['id'] ?? null;
          break;
      }
    },
    close: (name) => {
      if (stack.length > 0) {
        const done = stack.pop();
        if (done?.name === 'oleObject' && stack.length === 0) addOleObject(sheet, done);
        return;
      }
      if (name === 'v' || name === 'f') collecting = null;
      if (name === 'c' && cell !== null) {
        if (row > MAX_ROWS || column > MAX_COLUMNS) sheet.cut ||= cell.value !== '' || inline !== null;
        else addCell(sheet, row, column, cell, inline, context);
        cell = null;
      }
    },
    text: (text) => {
      if (stack.length > 0) stack.at(-1)?.children.push(text);
      else if (cell !== null && collecting === 'v') cell.value += text;
      else if (cell !== null && collecting === 'f') cell.formula += text;
    },
  });
  return drawing;
}

function addCell(
  sheet: BookSheet,
  row: number,
  column: number,
  given: { attributes: Readonly<Record<string, string>>; value: string; formula: string | null },
  inline: XmlElement | null,
  { styles, strings, date1904 }: SheetContext,
): void {
  const { attributes, value, formula } = given;
  const style = styles.cells[Number(attributes['s'] ?? 0)] ?? { format: 'General', look: {} };
  const type = attributes['t'] ?? 'n';
  const put = (kind: BookCell['kind'], runs: TextRun[], more: Partial<BookCell> = {}) =>
    putCell(sheet, {
      row,
      column,
      kind,
      runs: runs.map((run) => withLook(run, style.look)),
      ...(formula === null ? {} : { formula: true }),
      ...more,
    });
  const pictureId = formula === null ? null : /DISPIMG\(\s*"([^"]+)"/i.exec(formula)?.[1];
  if (pictureId !== null && pictureId !== undefined) return put('text', [], { pictureId });
  if (attributes['vm'] !== undefined && type === 'e') {
    sheet.objects.push({ row, column, what: 'picture-in-cell' });
    return;
  }
  if (type === 'inlineStr') {
    if (inline !== null) put('text', runsOf(inline));
    return;
  }
  if (value === '') {
    // An empty text is a value that a formula may have; a missing one of another type is not.
    if (formula !== null && type !== 'str') put('no-value', []);
    return;
  }
  switch (type) {
    case 's': {
      const runs = strings[Number(value)];
      return runs === undefined ? put('no-value', []) : put('text', runs);
    }
    case 'str':
    case 'd':
      return put(type === 'd' ? 'date' : 'text', [{ text: unescapeText(value) }]);
    case 'b':
      return put('boolean', [{ text: value.trim() === '1' ? 'TRUE' : 'FALSE' }]);
    case 'e':
      return put('error', [{ text: value }]);
    default: {
      const number = Number(value);
      if (Number.isNaN(number)) return put('text', [{ text: value }]);
      const shown = showNumber(number, style.format, date1904);
      return put(shown.kind, [{ text: shown.text }], { number });
    }
  }
}

/** A run without a look of its own has that of its cell, as far as it changes what is read. */
function withLook(run: TextRun, look: Look): TextRun {
  return { ...look, ...run };
}

function addOleObject(sheet: BookSheet, element: XmlElement): void {
  const from = descendantsOf(element, 'from')[0];
  const at = (name: string) => Number(from === undefined ? 0 : textOf(childOf(from, name) ?? from)) + 1 || 1;
  sheet.objects.push({ row: at('row'), column: at('col'), what: element.attributes['progId'] ?? 'OLE' });
}

function placeCellPictures(
  sheet: BookSheet,
  pictures: Map<string, { bytes: Buffer | null; alt: string }>,
): void {
  for (const row of sheet.rows.values())
    for (const [column, cell] of row)
      if (cell.pictureId !== undefined) {
        const found = pictures.get(cell.pictureId);
        const { bytes, alt } = found ?? { bytes: null, alt: '' };
        row.delete(column);
        sheet.pictures.push({ row: cell.row, column, lastRow: cell.row, bytes, name: cell.pictureId, alt });
      }
  for (const [at, row] of sheet.rows) if (row.size === 0) sheet.rows.delete(at);
}

/** Booleans of the format. */
export function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true' || value === 'on';
}
