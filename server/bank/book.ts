// A spreadsheet as the bank needs it, whichever format it came from: cells as people see them, merges, what is hidden,
// and pictures by the cell they stand on. Types and addresses only.

/** A piece of text of one look. */
export interface TextRun {
  text: string;
  bold?: boolean;
  italic?: boolean;
  underline?: boolean;
  strike?: boolean;
  script?: 'sub' | 'sup';
  /** A colour of its own, which may mean something to the reader. */
  coloured?: boolean;
}

export interface BookCell {
  row: number;
  column: number;
  kind: 'text' | 'number' | 'date' | 'boolean' | 'error' | 'no-value';
  /** What the cell shows. */
  runs: TextRun[];
  /** The value beneath what a number cell shows. */
  number?: number;
  /** What it shows is the stored result of a formula. */
  formula?: boolean;
  /** Identifier of a picture that stands in the cell (DISPIMG). */
  pictureId?: string;
}

/** Rows and columns count from 1, both ends included. */
export interface BookRange {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

export interface BookPicture {
  row: number;
  column: number;
  lastRow: number;
  /** Null where the picture is not in the file. */
  bytes: Buffer | null;
  name: string;
  alt: string;
}

/** Something on the sheet that is neither text nor picture. */
export interface BookObject {
  row: number;
  column: number;
  what: string;
}

export interface BookSheet {
  name: string;
  hidden: boolean;
  /** By row, then by column; cells without content are absent. */
  rows: Map<number, Map<number, BookCell>>;
  hiddenRows: Set<number>;
  hiddenColumns: Set<number>;
  merges: BookRange[];
  pictures: BookPicture[];
  objects: BookObject[];
  comments: boolean;
  /** Rows or columns beyond the limits were left out. */
  cut: boolean;
}

export interface Book {
  sheets: BookSheet[];
}

export const MAX_ROWS = 20_000;
export const MAX_COLUMNS = 200;

/** An empty sheet. */
export function newSheet(name: string, hidden: boolean): BookSheet {
  return {
    name,
    hidden,
    rows: new Map(),
    hiddenRows: new Set(),
    hiddenColumns: new Set(),
    merges: [],
    pictures: [],
    objects: [],
    comments: false,
    cut: false,
  };
}

/** Adds a cell that has content. */
export function putCell(sheet: BookSheet, cell: BookCell): void {
  if (cell.row > MAX_ROWS || cell.column > MAX_COLUMNS) {
    sheet.cut = true;
    return;
  }
  let row = sheet.rows.get(cell.row);
  if (row === undefined) sheet.rows.set(cell.row, (row = new Map()));
  row.set(cell.column, cell);
}

/** The text of a cell without its looks. */
export function plainText(cell: BookCell | undefined): string {
  return cell === undefined ? '' : cell.runs.map(({ text }) => text).join('');
}

/** 3 -> C. */
export function columnName(column: number): string {
  let name = '';
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26))
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  return name;
}

/** C12 -> row 12, column 3; null for anything else. */
export function parseAddress(address: string): { row: number; column: number } | null {
  const match = /^\$?([A-Za-z]{1,3})\$?([0-9]{1,7})$/.exec(address);
  if (match === null) return null;
  let column = 0;
  for (const letter of (match[1] ?? '').toUpperCase()) column = column * 26 + letter.charCodeAt(0) - 64;
  const row = Number(match[2]);
  return row < 1 ? null : { row, column };
}

/** A1:C3; a single address is a range of one cell. Null for anything else. */
export function parseRange(text: string): BookRange | null {
  const [from, to = from] = text.split(':').map(parseAddress);
  if (from === undefined || from === null || to === undefined || to === null) return null;
  return {
    top: Math.min(from.row, to.row),
    left: Math.min(from.column, to.column),
    bottom: Math.max(from.row, to.row),
    right: Math.max(from.column, to.column),
  };
}

/** Sheet and cell as a person finds them: `题目!C12`. */
export function cellPlace(sheet: string, row: number, column?: number): string {
  return column === undefined ? `${sheet}!${row}` : `${sheet}!${columnName(column)}${row}`;
}
