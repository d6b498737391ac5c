// A whole spreadsheet bank -> a paper: which sheets are read, which section an item belongs to, which pictures are its own, and which
// items and materials belong to a case.

import { basename } from 'node:path';
import type { AnswerableSource } from '../protocol/paper-source.js';
import { cellPlace, plainText, type Book, type BookSheet } from './book.js';
import { cellLine } from './cell-text.js';
import { plainForm, pointsInTitle, readType, type ItemType } from './cell-values.js';
import { excerpt, type Findings } from './findings.js';
import type { Field } from './headings.js';
import { isMaterialSheet, readMaterialSheet } from './material-sheet.js';
import {
  PaperDraft,
  hashedId,
  isPaperId,
  paperIdFrom,
  type BankPaper,
  type DraftSection,
} from './paper-draft.js';
import { isPaperSheet, readPaperSheet, type PaperSheet } from './paper-sheet.js';
import type { CaseParts, MaterialRow } from './row-case.js';
import { filesOfRow } from './row-files.js';
import { itemOfRow } from './row-item.js';
import { findHeadings, readRows, type ItemRow, type TitleRow } from './sheet-rows.js';

export interface SpreadsheetOptions {
  /** The name of the file, for what the bank does not say. */
  fileName: string;
  findings: Findings;
  /** Reads a picture, recording or material that lies beside the bank by its bare name; null where there is none. */
  beside: (name: string) => Promise<Buffer | null>;
}

/** A row with an item, with what stands around it. */
interface RowJob {
  row: ItemRow;
  title: TitleRow | null;
  columns: ReadonlyMap<number, Field>;
  /** An object on the row could not be read; it was named with the sheet. */
  blocked: boolean;
}

const SKIPPED = /^(填写说明|使用说明|说明|示例材料|示例|样例|instructions?|examples?|readme)$/i;
const TYPE_TITLES: Readonly<Record<ItemType, string>> = {
  single: '单项选择题',
  multiple: '多项选择题',
  'true-false': '判断题',
  'fill-in': '填空题',
  'short-text': '简答题',
  essay: '论述题',
  'file-upload': '文件上传题',
  screenshot: '截图题',
  case: '案例题',
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

const NO_FILES = { pictures: [], audio: null };
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
  private readonly jobs: RowJob[] = [];
  /** Rows that name a case, by its identifier. */
  private readonly inner = new Map<string, RowJob[]>();
  private readonly materials: MaterialRow[] = [];
  /** Identifiers of items in the case that is being read. */
  private readonly innerIds = new Set<string>();

  constructor(private readonly options: SpreadsheetOptions) {
    this.findings = options.findings;
    this.draft = new PaperDraft(options.findings);
  }

  async read(book: Book): Promise<BankPaper> {
    const itemSheets: BookSheet[] = [];
    for (const sheet of book.sheets) if (this.isRead(sheet)) itemSheets.push(sheet);
    for (const sheet of book.sheets)
      if (!sheet.hidden && !SKIPPED.test(sheet.name.trim()) && isMaterialSheet(sheet))
        this.materials.push(...(await readMaterialSheet(sheet, this.draft, this.options.beside)));
    for (const sheet of itemSheets) this.readItems(sheet);
    for (const job of this.jobs) await this.readItem(job);
    this.nameLost();
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
    if (isMaterialSheet(sheet)) {
      for (const { row, column } of sheet.pictures)
        findings.fault(cellPlace(sheet.name, row, column), 'picture-nowhere');
      return false;
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

  private readItems(sheet: BookSheet): void {
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
      this.sort({ row: one.row, title, columns: headings.columns, blocked });
    }
    drop(title);
  }

  /** Items of a case wait for their case, wherever it stands. */
  private sort(job: RowJob): void {
    const caseId = plainForm(plainText(job.row.cells.get('case')));
    if (caseId === '') this.jobs.push(job);
    else this.inner.set(caseId, [...(this.inner.get(caseId) ?? []), job]);
  }

  /** Rows that name a case which is not there. */
  private nameLost(): void {
    for (const [caseId, jobs] of this.inner)
      for (const { row } of jobs)
        this.findings.fault(row.place('case'), 'case-unknown', { text: excerpt(caseId) });
    for (const { caseId, place, faulty } of this.materials)
      if (!faulty) this.findings.fault(place, 'case-unknown', { text: excerpt(caseId) });
  }

  private async readItem({ row, title, columns, blocked }: RowJob): Promise<void> {
    const type = this.typeOf(row, title);
    // Its items are its own, also where the case itself cannot be taken.
    const parts = type === 'case' ? await this.partsOf(row) : null;
    const section = type === null ? null : this.sectionOf(row, title, type);
    const itemId = section === null ? null : this.itemIdOf(row, section.sectionId);
    const files = itemId === null ? null : await this.filesOf({ row, columns }, itemId);
    if (type === null || section === null || itemId === null) return;
    const titled = title !== null && (readType(title.title)?.type ?? type) === type;
    const titlePoints = titled ? pointsInTitle(title.title) : null;
    const pointsEach =
      titlePoints ?? this.sheetOf.pointsEach.get(section.sectionId) ?? pointsInTitle(section.title);
    const context = {
      itemId,
      type,
      pointsEach,
      ...(files ?? NO_FILES),
      ...(parts === null ? {} : { parts }),
    };
    const item = itemOfRow(row, context, this.findings);
    // An object on the row that could not be read may be half of the question.
    if (item !== null && files !== null && !blocked) this.draft.addItem(section, item, row.place());
  }

  /** The items and materials of a case, in the order of their rows. */
  private async partsOf(row: ItemRow): Promise<CaseParts> {
    // Where the case has no id of its own its running number names it.
    const own = plainForm(plainText(row.cells.get('itemId')));
    const caseId = own === '' ? plainForm(plainText(row.cells.get('number'))) : own;
    if (caseId === '') this.findings.fault(row.place('itemId'), 'case-id');
    const jobs = this.inner.get(caseId) ?? [];
    this.inner.delete(caseId);
    this.innerIds.clear();
    const items: AnswerableSource[] = [];
    for (const job of jobs) {
      const item = await this.readInner(job, caseId);
      if (item !== null) items.push(item);
    }
    const materials = this.materials.filter((one) => one.caseId === caseId && caseId !== '');
    for (const one of materials) this.materials.splice(this.materials.indexOf(one), 1);
    return { items, lost: jobs.length - items.length, materials };
  }

  private async readInner(job: RowJob, caseId: string): Promise<AnswerableSource | null> {
    const { row, title, columns, blocked } = job;
    const type = this.typeOf(row, title);
    if (type === 'case') this.findings.fault(row.place('type'), 'case-nested');
    if (type === null || type === 'case') return null;
    if (row.cells.has('section')) this.findings.note(row.place('section'), 'section-of-case');
    const itemId = this.itemIdOf(
      row,
      isPaperId(caseId) && /[A-Za-z]/.test(caseId) ? caseId : `case-${paperIdFrom(caseId) ?? 'x'}`,
    );
    if (itemId === null) return null;
    this.innerIds.add(itemId);
    const files = await this.filesOf({ row, columns }, itemId);
    const pointsEach = title === null ? null : pointsInTitle(title.title);
    const item = itemOfRow(row, { itemId, type, pointsEach, ...(files ?? NO_FILES) }, this.findings);
    return item === null || item.type === 'case' || files === null || blocked ? null : item;
  }

  private filesOf(job: Pick<RowJob, 'row' | 'columns'>, itemId: string) {
    const { draft, findings } = this;
    return filesOfRow(job.row, job.columns, itemId, {
      shelf: draft.shelf,
      findings,
      beside: this.options.beside,
    });
  }

  private typeOf(row: ItemRow, title: TitleRow | null): ItemType | null {
    const cell = row.cells.get('type');
    const text = cell === undefined ? '' : cellLine(cell.runs);
    const found = readType(text === '' ? (title?.title ?? '') : text);
    if (found === null) {
      this.findings.fault(row.place('type'), text === '' ? 'type-missing' : 'type-unknown', {
        text: excerpt(text),
      });
      return null;
    }
    if (found.type === 'audio') {
      this.findings.fault(row.place('type'), 'type-audio', { text: excerpt(text || found.type) });
      return null;
    }
    if (found.indefinite) this.findings.note(row.place('type'), 'indefinite');
    return found.type;
  }

  private sectionOf(row: ItemRow, title: TitleRow | null, type: ItemType): DraftSection | null {
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
    const text = excerpt(wanted === '' ? TYPE_TITLES[type] : wanted);
    this.findings.fault(row.place('section'), 'section-unknown', { text });
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

  private itemIdOf(row: ItemRow, stem: string): string | null {
    const given = plainForm(plainText(row.cells.get('itemId')));
    if (given !== '') {
      if (isPaperId(given)) return given;
      this.findings.fault(row.place('itemId'), 'id-bad', { text: excerpt(given) });
      return null;
    }
    const number = plainForm(plainText(row.cells.get('number')));
    if (/^[0-9]{1,6}$/.test(number)) {
      const id = `${stem.slice(0, 50)}-${number.padStart(3, '0')}`;
      if (this.draft.placeOf(id) === null && !this.innerIds.has(id)) return id;
    }
    const id = this.draft.freeId(stem, this.innerIds);
    if (number !== '') this.findings.note(row.place('number'), 'id-made', { text: excerpt(number), id });
    return id;
  }
}
