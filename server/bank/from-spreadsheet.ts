// A whole spreadsheet bank -> a paper: which sheets are read, which section an item belongs to, which pictures are its own.

import { basename } from 'node:path';
import { cellPlace, plainText, type Book, type BookSheet } from './book.js';
import { cellLine, cleanLetters } from './cell-text.js';
import { isTaken, plainForm, pointsInTitle, readType, type TakenType } from './cell-values.js';
import { excerpt, type Findings } from './findings.js';
import type { Field } from './headings.js';
import {
  MAX_PICTURE_BYTES,
  MediaShelf,
  PaperDraft,
  hashedId,
  isPaperId,
  paperIdFrom,
  type BankPaper,
  type DraftSection,
} from './paper-draft.js';
import { isPaperSheet, readPaperSheet, type PaperSheet } from './paper-sheet.js';
import { itemOfRow, type RowPicture } from './row-item.js';
import { findHeadings, readRows, type ItemRow, type TitleRow } from './sheet-rows.js';

export interface SpreadsheetOptions {
  /** The name of the file, for what the bank does not say. */
  fileName: string;
  findings: Findings;
  /** Reads a picture that lies beside the bank by its bare name; null where there is none. */
  picture: (name: string) => Promise<Buffer | null>;
}

const SKIPPED = /^(填写说明|使用说明|说明|示例|样例|instructions?|examples?|readme)$/i;
const TYPE_TITLES: Readonly<Record<TakenType, string>> = {
  single: '单项选择题',
  multiple: '多项选择题',
  'true-false': '判断题',
  'fill-in': '填空题',
};
/** A title without its number and hints: `二、多项选择题（每题2分）` -> `多项选择题`. */
function bareTitle(title: string): string {
  return plainForm(title)
    .replace(/\([^)]*\)?/g, '')
    .replace(/^(第?[一二三四五六七八九十]+(部分|大题)?[、.．:\s]*)/, '')
    .replace(/\s/g, '');
}

/** Whether two titles carry the same number, or one of them none. */
function numbersAgree(one: string, other: string): boolean {
  const [a, b] = [one, other].map((title) => /^第?([一二三四五六七八九十]+)/.exec(plainForm(title))?.[1]);
  return a === undefined || b === undefined || a === b;
}

const NUMERALS = '一二三四五六七八九十';

/** Every item that is not taken, and every cell that is not read, is in the findings. */
export async function paperFromBook(book: Book, options: SpreadsheetOptions): Promise<BankPaper> {
  return new BookReader(options).read(book);
}

class BookReader {
  private readonly draft: PaperDraft;
  private readonly findings: Findings;
  private sheetOf: PaperSheet = { paperId: null, title: null, pointsEach: new Map() };
  /** Whether the bank itself names its sections. */
  private planned = false;

  constructor(private readonly options: SpreadsheetOptions) {
    this.findings = options.findings;
    this.draft = new PaperDraft(options.findings);
  }

  async read(book: Book): Promise<BankPaper> {
    const itemSheets: BookSheet[] = [];
    for (const sheet of book.sheets) if (this.isRead(sheet)) itemSheets.push(sheet);
    for (const sheet of itemSheets) await this.readItems(sheet);
    if (!this.planned) this.numberSections();
    const { fileName } = this.options;
    const bare = basename(fileName).replace(/\.[^.]*$/, '');
    let { paperId, title } = this.sheetOf;
    if (paperId === null) {
      paperId = paperIdFrom(bare) ?? hashedId('paper', bare);
      this.findings.note(fileName, 'paper-id', { id: paperId });
    }
    if (title === null) {
      title = bare === '' ? paperId : bare.slice(0, 200);
      this.findings.note(fileName, 'paper-title', { title });
    }
    return this.draft.finish(paperId, title, fileName);
  }

  /** Whether a sheet holds items; whatever else it is, it is read or named here. */
  private isRead(sheet: BookSheet): boolean {
    const { findings } = this;
    const blank = sheet.rows.size === 0 && sheet.pictures.length === 0 && sheet.objects.length === 0;
    if (blank) return false;
    if (sheet.hidden) {
      findings.fault(sheet.name, 'sheet-hidden');
      return false;
    }
    if (SKIPPED.test(sheet.name.trim())) {
      findings.note(sheet.name, 'sheet-skipped');
      return false;
    }
    if (sheet.cut) findings.fault(sheet.name, 'sheet-too-large', { max: '20000 × 200' });
    if (sheet.comments) findings.note(sheet.name, 'comments');
    for (const { row, column, what } of sheet.objects) {
      const where = cellPlace(sheet.name, row, column);
      if (what === 'picture-in-cell' || what === 'picture-xls') findings.fault(where, what);
      else findings.fault(where, 'drawing-kind', { what });
    }
    if (findHeadings(sheet) !== null) return true;
    if (isPaperSheet(sheet)) {
      this.sheetOf = readPaperSheet(sheet, this.draft);
      this.planned = this.draft.sections.length > 0;
      for (const { row, column } of sheet.pictures)
        findings.fault(cellPlace(sheet.name, row, column), 'picture-nowhere');
      return false;
    }
    findings.fault(sheet.name, 'sheet-no-headings');
    return false;
  }

  private async readItems(sheet: BookSheet): Promise<void> {
    const headings = findHeadings(sheet);
    if (headings === null) return;
    let title: (TitleRow & { used: boolean }) | null = null;
    const drop = (row: (TitleRow & { used: boolean }) | null) => {
      if (row?.used === false) this.findings.fault(row.place, 'row-stray');
    };
    for (const one of readRows(sheet, headings, this.findings)) {
      if (one.is === 'title') {
        drop(title);
        title = { ...one.row, used: false };
        continue;
      }
      if (title?.used === false) {
        title.used = true;
        this.findings.note(title.place, 'section-row');
      }
      // Where the table itself goes on with another type, the title above has ended.
      const own = one.row.cells.get('type');
      const ownType = own === undefined ? null : (readType(cellLine(own.runs))?.type ?? null);
      const titleType = title === null ? null : (readType(title.title)?.type ?? null);
      if (ownType !== null && titleType !== null && ownType !== titleType) title = null;
      const blocked = sheet.objects.some(({ row }) => row === one.row.row);
      await this.readItem(one.row, title, headings.columns, blocked);
    }
    drop(title);
  }

  private async readItem(
    row: ItemRow,
    title: TitleRow | null,
    columns: ReadonlyMap<number, Field>,
    blocked: boolean,
  ): Promise<void> {
    const type = this.typeOf(row, title);
    const section = type === null ? null : this.sectionOf(row, title, type);
    const itemId = section === null ? null : this.itemIdOf(row, section);
    const pictures = itemId === null ? null : await this.picturesOf(row, columns, itemId);
    if (type === null || section === null || itemId === null) return;
    const titled = title !== null && (readType(title.title)?.type ?? type) === type;
    const titlePoints = titled ? pointsInTitle(title.title) : null;
    const pointsEach =
      titlePoints ?? this.sheetOf.pointsEach.get(section.sectionId) ?? pointsInTitle(section.title);
    const item = itemOfRow(row, { itemId, type, pointsEach, pictures: pictures ?? [] }, this.findings);
    // An object on the row that could not be read may be half of the question; it was named with the sheet.
    if (item !== null && pictures !== null && !blocked) this.draft.addItem(section, item, row.place());
  }

  private typeOf(row: ItemRow, title: TitleRow | null): TakenType | null {
    const cell = row.cells.get('type');
    const text = cell === undefined ? '' : cellLine(cell.runs);
    const found = readType(text === '' ? (title?.title ?? '') : text);
    if (found === null) {
      this.findings.fault(row.place('type'), text === '' ? 'type-missing' : 'type-unknown', {
        text: excerpt(text),
      });
      return null;
    }
    if (!isTaken(found.type)) {
      this.findings.fault(row.place('type'), 'type-not-yet', {
        text: excerpt(text || found.type),
        type: found.type,
      });
      return null;
    }
    if (found.indefinite) this.findings.note(row.place('type'), 'indefinite');
    return found.type;
  }

  private sectionOf(row: ItemRow, title: TitleRow | null, type: TakenType): DraftSection | null {
    const cell = row.cells.get('section');
    const own = cell === undefined ? '' : cellLine(cell.runs);
    // A title above holds for the rows of its own type; the table may go on with another type without a new title.
    const titled = title === null ? null : (readType(title.title)?.type ?? type);
    const wanted = own !== '' ? own : titled === type ? (title?.title ?? '') : '';
    const { sections } = this.draft;
    const known = wanted === '' ? null : this.sectionNamed(wanted);
    if (known !== null) return known;
    if (!this.planned && wanted !== '') return this.newSection(wanted.slice(0, 100));
    if (own === '') {
      const name = TYPE_TITLES[type];
      const fitting = sections.filter((one) =>
        this.planned ? readType(one.title)?.type === type : one.title === name,
      );
      if (fitting[0] !== undefined && fitting.length === 1) return fitting[0];
      if (!this.planned) return this.newSection(name, type);
    }
    this.findings.fault(row.place('section'), 'section-unknown', { text: excerpt(wanted) });
    return null;
  }

  /** By title as it is written, by id, and only then by what is left without number and hints, where one alone fits. */
  private sectionNamed(name: string): DraftSection | null {
    const { sections } = this.draft;
    const plain = plainForm(name);
    const tests: ((one: DraftSection) => boolean)[] = [
      ({ title }) => title === name,
      ({ title, sectionId }) => plainForm(title) === plain || sectionId === plain,
      ({ title }) => bareTitle(title) === bareTitle(name) && numbersAgree(title, name),
    ];
    for (const test of tests) {
      const [only, other] = sections.filter(test);
      if (only !== undefined) return other === undefined ? only : null;
    }
    return null;
  }

  private newSection(title: string, id?: string): DraftSection {
    const wanted = id ?? readType(title)?.type ?? `part-${this.draft.sections.length + 1}`;
    const taken = this.draft.sections.some(({ sectionId }) => sectionId === wanted);
    const sectionId = taken ? `part-${this.draft.sections.length + 1}` : wanted;
    return this.draft.addSection({ sectionId, title, instructions: '', shuffleItems: true, draw: null });
  }

  /** `单项选择题` -> `一、单项选择题` where all titles were made here. */
  private numberSections(): void {
    const filled = this.draft.sections.filter(({ items }) => items.length > 0);
    const made = new Set(Object.values(TYPE_TITLES));
    if (filled.length > NUMERALS.length || !filled.every(({ title }) => made.has(title))) return;
    filled.forEach((section, index) => (section.title = `${NUMERALS.charAt(index)}、${section.title}`));
  }

  private itemIdOf(row: ItemRow, section: DraftSection): string | null {
    const given = plainForm(plainText(row.cells.get('itemId')));
    if (given !== '') {
      if (isPaperId(given)) return given;
      this.findings.fault(row.place('itemId'), 'id-bad', { text: excerpt(given) });
      return null;
    }
    const number = plainForm(plainText(row.cells.get('number')));
    if (/^[0-9]{1,6}$/.test(number)) {
      const id = `${section.sectionId.slice(0, 50)}-${number.padStart(3, '0')}`;
      if (this.draft.placeOf(id) === null) return id;
    }
    const id = this.draft.freeId(section.sectionId);
    if (number !== '') this.findings.note(row.place('number'), 'id-made', { text: excerpt(number), id });
    return id;
  }

  /** Null where one of them cannot be taken. */
  private async picturesOf(
    row: ItemRow,
    columns: ReadonlyMap<number, Field>,
    itemId: string,
  ): Promise<RowPicture[] | null> {
    const found: RowPicture[] = [];
    let whole = true;
    const fault = (
      place: string,
      ...[code, params]: [
        Parameters<Findings['fault']>[1],
        { name?: string; heading?: string; max?: number }?,
      ]
    ) => {
      this.findings.fault(place, code, params ?? {});
      whole = false;
    };
    const add = (
      bytes: Buffer,
      name: string,
      wanted: string,
      option: number | null,
      place: string,
      alt = '',
    ) => {
      if (bytes.length > MAX_PICTURE_BYTES)
        return fault(place, 'picture-too-large', { name, max: MAX_PICTURE_BYTES / 1024 / 1024 });
      const file = this.draft.shelf.put(bytes, wanted);
      if (file === null) return fault(place, 'picture-kind', { name });
      let medium = file.replace(/\.[^.]*$/, '');
      if (!isPaperId(medium) || found.some((one) => one.name === medium)) medium = `p${found.length + 1}`;
      found.push({ name: medium, file, option, alt: cleanLetters(alt).replace(/\s+/g, ' ').trim() });
    };
    const names = plainText(row.cells.get('picture'))
      .split(/[;；,，、\n]/)
      .map((name) => name.trim())
      .filter((name) => name !== '');
    for (const name of names.slice(0, 20)) {
      const place = row.place('picture');
      if (name !== basename(name) || /[\\/:]|^\.+$/.test(name)) {
        fault(place, 'picture-name', { name });
        continue;
      }
      const bytes = await this.options.picture(name);
      if (bytes === null) fault(place, 'picture-missing', { name });
      else add(bytes, name, name, null, place);
    }
    const embedded = [...row.pictures].sort((a, b) => a.column - b.column);
    for (const [index, { column, bytes, name, alt }] of embedded.entries()) {
      const field = columns.get(column);
      const place = `${row.place()} ${excerpt(alt || name, 30)}`.trim();
      if (field === 'answer' || field === 'explanation' || field === 'options' || field === 'points') {
        fault(place, 'picture-column', { heading: field });
        continue;
      }
      if (bytes === null) {
        fault(place, 'picture-linked');
        continue;
      }
      const option = field?.startsWith('option-') === true ? Number(field.slice(7)) : null;
      const ending = MediaShelf.ending(bytes) ?? 'png';
      add(bytes, name, `${itemId}-${index + 1}.${ending}`, option, place, alt);
    }
    return whole ? found : null;
  }
}
