// One row of a bank -> one item of a paper, or every reason why not. Looks at nothing but the row and what it is given.

import type { ItemSource } from '../protocol/paper-source.js';
import { plainText, type BookCell, type TextRun } from './book.js';
import { cellLine, cleanLetters, pictureTag, runsToHtml } from './cell-text.js';
import {
  readBlankAnswers,
  readCount,
  readLetters,
  readPoints,
  readTruth,
  readYesNo,
  type ItemType,
} from './cell-values.js';
import { excerpt, type FaultCode, type FindingParams, type Findings } from './findings.js';
import { OPTION_LETTERS, type Field } from './headings.js';
import { caseItem, type CaseParts, type MaterialHtml } from './row-case.js';
import { audioOf, isMarked, markedItem, type MarkedType, type RowAccess } from './row-marked.js';
import type { ItemRow } from './sheet-rows.js';

export interface RowPicture {
  /** The name within the item. */
  name: string;
  file: string;
  /** What the spreadsheet says of it; the column of descriptions goes before. */
  alt: string;
  /** Index of the option that it stands on; null for the stem. */
  option: number | null;
}

export interface RowContext {
  itemId: string;
  type: ItemType;
  /** Points where the row gives none. */
  pointsEach: number | null;
  pictures: readonly RowPicture[];
  /** The recording below media/, null where the row names none. */
  audio: string | null;
  /** What a case is made of. */
  parts?: CaseParts;
}

/** Longest texts of the paper format. */
const MAX_HTML = 20_000;
const DEFAULT_BLANK_LENGTH = 100;
/** Fields of items that people mark, by type. */
const MARKED_FIELDS: readonly Field[] = [
  'rubric',
  'maxLength',
  'words',
  'fileTypes',
  'fileCount',
  'fileSize',
];
const USED: Readonly<Record<ItemType, readonly Field[]>> = {
  single: [],
  multiple: [],
  'true-false': [],
  'fill-in': [],
  'short-text': ['rubric', 'maxLength'],
  essay: ['rubric', 'maxLength', 'words'],
  'file-upload': ['rubric', 'fileTypes', 'fileCount', 'fileSize'],
  screenshot: ['rubric', 'fileTypes', 'fileCount', 'fileSize'],
  case: [],
};

/** Null where the item cannot be taken; the reasons are in `findings`. */
export function itemOfRow(row: ItemRow, context: RowContext, findings: Findings): ItemSource | null {
  const reader = new RowReader(row, context, findings);
  const item = reader.read();
  return reader.faulty ? null : item;
}

class RowReader {
  faulty = false;
  private readonly media: { name: string; file: string; alt: string }[];

  constructor(
    private readonly row: ItemRow,
    private readonly context: RowContext,
    private readonly findings: Findings,
  ) {
    const alts = this.text('alt')
      .split(/[;；\n]/)
      .map((one) => one.trim());
    this.media = context.pictures.map(({ name, file, alt: own }, index) => {
      const alt = (alts[index] ?? '') || own;
      if (alt === '') findings.note(row.place('picture'), 'picture-no-alt');
      return { name, file, alt: alt === '' ? '题图' : alt.slice(0, 300) };
    });
    if (this.media.length > 10) this.fault('picture', 'picture-count');
  }

  read(): ItemSource | null {
    for (const [field, cell] of this.row.cells) this.checkCell(field, cell);
    const { type, itemId, audio: file } = this.context;
    this.checkUse(type);
    const stem = this.stem(type === 'fill-in');
    const audio = audioOf(this.access, file);
    const item = this.typed(type, itemId, stem);
    return item === null ? null : this.place(audio === null ? item : { ...item, audio });
  }

  private typed(type: ItemType, itemId: string, stem: { html: string; blanks: number }): ItemSource | null {
    if (type === 'case') {
      const parts = this.context.parts ?? { items: [], lost: 0, materials: [] };
      const html: MaterialHtml = (runs, fault) =>
        this.html('stem', runs, { paragraphs: true, blanks: false }, fault)?.html ?? null;
      return caseItem(this.access, { itemId, stem: stem.html }, parts, html, this.findings);
    }
    const base = { itemId, points: this.points(), stem: stem.html };
    if (isMarked(type)) return markedItem(this.access, type, base);
    const options = type === 'single' || type === 'multiple' ? this.options() : [];
    if (this.text('answer') === '' && !this.row.cells.has('answer')) this.fault('answer', 'answer-missing');
    return this.keyed(type, base, options, stem.blanks);
  }

  /** Cells that items of the type have no use for: an option may be half of another question, anything else is named. */
  private checkUse(type: ItemType): void {
    for (const field of this.row.cells.keys()) {
      const option = field === 'options' || field.startsWith('option-');
      if (option && (isMarked(type) || type === 'case')) this.fault(field, 'options-here', { type });
      else if (
        (option && type === 'fill-in') ||
        (MARKED_FIELDS.includes(field) && !USED[type].includes(field))
      )
        this.note(field, 'cell-unused', { type });
    }
  }

  private get access(): RowAccess {
    return {
      text: (field) => this.text(field),
      raw: (field) => this.raw(field),
      richText: (field) => this.plainRichText(field),
      fault: (field, code, params) => this.fault(field, code, params),
      note: (field, code, params) => this.note(field, code, params),
    };
  }

  /** Rich text that candidates never see: its pictures would travel with the question. */
  private plainRichText(field: Field): string | null {
    const cell = this.row.cells.get(field);
    if (cell === undefined) return '';
    const picture = () => {
      this.fault(field, 'cell-markup');
      return null;
    };
    const taken = runsToHtml(cell.runs, { paragraphs: true, blanks: false, picture });
    if (taken === null) this.fault(field, 'cell-html');
    else if (taken.html.includes('<img')) this.fault(field, 'cell-markup');
    if ((taken?.html.length ?? 0) > MAX_HTML) this.fault(field, 'text-too-long', { max: MAX_HTML });
    return taken?.html ?? null;
  }

  private keyed(
    type: Exclude<ItemType, MarkedType | 'case'>,
    base: { itemId: string; points: number; stem: string },
    options: { id: string; html: string }[],
    blanks: number,
  ): ItemSource | null {
    switch (type) {
      case 'single': {
        const answer = this.letters(options);
        if (answer.length > 1) this.fault('answer', 'answer-count', { text: this.text('answer') });
        const [one] = answer;
        return one === undefined
          ? null
          : { ...base, type, options, answer: one, shuffleOptions: this.shuffle(options) };
      }
      case 'multiple': {
        const answer = this.letters(options);
        if (answer.length === 0) return null;
        const missing = this.missingPoints(base.points);
        const scoring =
          missing === null
            ? { rule: 'all-or-nothing' as const }
            : { rule: 'partial' as const, pointsWhenMissing: missing };
        if (answer.length === 1) this.note('answer', 'multiple-one');
        if (answer.length === options.length) this.note('answer', 'multiple-all');
        return { ...base, type, options, answer, shuffleOptions: this.shuffle(options), scoring };
      }
      case 'true-false': {
        const answer = this.truth();
        return answer === null ? null : { ...base, type, answer };
      }
      case 'fill-in':
        return this.fillIn(base, blanks);
    }
  }

  private stem(blanks: boolean): { html: string; blanks: number } {
    const cell = this.row.cells.get('stem');
    if (cell === undefined) {
      this.fault('stem', 'stem-missing');
      return { html: '', blanks: 0 };
    }
    if (cell.kind === 'no-value' || cell.kind === 'error') return { html: '', blanks: 0 };
    const taken = this.html('stem', cell.runs, { paragraphs: true, blanks });
    if (taken !== null && taken.html === '') this.fault('stem', 'stem-missing');
    return taken ?? { html: '', blanks: 0 };
  }

  private options(): { id: string; html: string }[] {
    const texts: (readonly TextRun[] | null)[] = [];
    for (let at = 0; at < OPTION_LETTERS.length; at++)
      texts.push(this.row.cells.get(`option-${at}`)?.runs ?? null);
    const pictured = new Set(this.context.pictures.map(({ option }) => option));
    let fields = texts.map((runs, at) => ({
      field: `option-${at}` as Field,
      runs: runs ?? (pictured.has(at) ? [] : null),
    }));
    const together = this.row.cells.get('options');
    if (together !== undefined && fields.every(({ runs }) => runs === null)) {
      const parts = splitOptions(together.runs);
      if (parts === null) {
        this.fault('options', 'options-unread');
        return [];
      }
      if (parts.length > 10) this.fault('options', 'options-many');
      fields = parts.slice(0, 10).map((runs) => ({ field: 'options' as Field, runs }));
    }
    const last = fields.findLastIndex(({ runs }) => runs !== null);
    const options: { id: string; html: string }[] = [];
    for (let at = 0; at <= last; at++) {
      const { field, runs } = fields[at] ?? { field: 'options' as Field, runs: null };
      const taken = runs === null ? null : this.html(field, runs, { paragraphs: false, blanks: false });
      if (runs === null || (taken?.html === '' && !pictured.has(at))) {
        this.fault(field, 'options-gap', { letter: OPTION_LETTERS[at] ?? '' });
        continue;
      }
      options.push({ id: OPTION_LETTERS.charAt(at).toLowerCase(), html: taken?.html ?? '' });
    }
    if (last < 1) this.fault('option-0', 'options-few');
    options.forEach(({ html }, at) => {
      const first = options.findIndex((one) => one.html === html);
      if (first < at && html !== '')
        this.fault(`option-${at}`, 'options-twice', {
          first: OPTION_LETTERS[first] ?? '',
          second: OPTION_LETTERS[at] ?? '',
        });
    });
    return options;
  }

  private letters(options: readonly { id: string }[]): string[] {
    const text = this.text('answer');
    if (text === '') {
      this.fault('answer', 'answer-missing');
      return [];
    }
    const letters = readLetters(text);
    if (letters === null) {
      this.fault('answer', 'answer-bad', {
        text: excerpt(text),
        want: '应为选项字母，如 A 或 ABD',
        wantEn: 'option letters such as A or ABD',
      });
      return [];
    }
    const ids = letters.map((at) => OPTION_LETTERS.charAt(at).toLowerCase());
    if (ids.some((id) => !options.some((option) => option.id === id))) {
      this.fault('answer', 'answer-no-option', { text: excerpt(text) });
      return [];
    }
    return ids;
  }

  private truth(): boolean | null {
    const text = this.text('answer');
    const direct = readTruth(text);
    if (direct !== null) return direct;
    // “A 正确 B 错误” with the answer A.
    const letters = readLetters(text);
    const chosen = letters?.length === 1 ? this.row.cells.get(`option-${letters[0] ?? 0}`) : undefined;
    const named = chosen === undefined ? null : readTruth(cellLine(chosen.runs));
    if (named === null && text !== '')
      this.fault('answer', 'answer-bad', {
        text: excerpt(text),
        want: '应为 对 或 错',
        wantEn: '对/错, √/×, T/F',
      });
    if (text === '') this.fault('answer', 'answer-missing');
    return named;
  }

  private fillIn(base: { itemId: string; points: number; stem: string }, blanks: number): ItemSource | null {
    const accepts = readBlankAnswers(cleanLetters(this.raw('answer')));
    if (blanks === 0) this.fault('stem', 'blanks-missing');
    if (accepts.some((accept) => accept.length === 0)) this.fault('answer', 'answer-missing');
    else if (accepts.length !== blanks && blanks > 0)
      this.fault('answer', 'blanks-count', { stem: blanks, answer: accepts.length });
    if (accepts.flat().some((one) => one.includes('/'))) this.note('answer', 'answer-slash');
    const given = this.text('blankLength');
    const lengths = given === '' ? [DEFAULT_BLANK_LENGTH] : given.split(/[;；]/).map(readCount);
    const made = accepts.map((accept, index) => {
      const longest = Math.max(...accept.map((one) => one.length));
      const wanted = lengths.length === 1 ? lengths[0] : lengths[index];
      const maxLength = given === '' ? Math.max(DEFAULT_BLANK_LENGTH, longest) : wanted;
      if (maxLength === undefined || maxLength === null || maxLength < longest || maxLength > 2000)
        return null;
      return { maxLength, accept };
    });
    const whole = made.filter((one) => one !== null);
    if (whole.length < made.length || (lengths.length > 1 && lengths.length !== accepts.length)) {
      this.fault('blankLength', 'blank-length-bad', { text: given });
      return null;
    }
    return { ...base, type: 'fill-in', blanks: whole };
  }

  private points(): number {
    const text = this.text('points');
    const points = text === '' ? this.context.pointsEach : readPoints(text);
    if (points === null)
      this.fault('points', text === '' ? 'points-missing' : 'points-bad', { text: excerpt(text) });
    return points ?? 1;
  }

  private missingPoints(points: number): number | null {
    const text = this.text('missingPoints');
    if (text === '' || /^(0+(\.0+)?\s*分?|无|不得分|不给分)$/.test(text.normalize('NFKC'))) return null;
    const value = readPoints(text);
    if (value !== null && value < points) return value;
    this.fault('missingPoints', 'missing-points-bad', { text: excerpt(text) });
    return null;
  }

  private shuffle(options: readonly { html: string }[]): boolean {
    const text = this.text('shuffleOptions');
    if (text !== '') {
      const value = readYesNo(text);
      if (value === null) this.fault('shuffleOptions', 'yes-no-bad', { text: excerpt(text) });
      return value ?? false;
    }
    const bound = options
      .map(({ html }) => html.replace(/<[^>]*>/g, ''))
      .find((one) => /以上|上述|前述|都对|都错|均[是正不]|^[A-J][、和,，与及]\s*[A-J]/.test(one));
    if (bound !== undefined) this.note('shuffleOptions', 'options-fixed', { text: excerpt(bound, 20) });
    return bound === undefined;
  }

  private html(
    field: Field,
    runs: readonly TextRun[],
    how: { paragraphs: boolean; blanks: boolean },
    fault = (code: FaultCode, params?: FindingParams) => this.fault(field, code, params),
  ) {
    const picture = (n: number) => {
      const medium = this.media[n - 1];
      if (medium === undefined) fault('picture-placeholder', { text: `【图${n}】` });
      return medium === undefined ? null : pictureTag(medium.name, medium.alt);
    };
    const taken = runsToHtml(runs, { ...how, picture });
    if (taken === null) fault('cell-html');
    if ((taken?.html.length ?? 0) > MAX_HTML) fault('text-too-long', { max: MAX_HTML });
    return taken;
  }

  /** Puts the pictures that no text places itself: to their option, or beneath the stem. */
  private place(item: ItemSource): ItemSource {
    const texts = [
      item.stem,
      ...('options' in item ? item.options.map(({ html }) => html) : []),
      ...('materials' in item ? item.materials.map(({ html }) => html ?? '') : []),
    ];
    const named = new Set(
      texts.flatMap((html) => [...html.matchAll(/data-media="([^"]*)"/g)].map(([, name]) => name)),
    );
    for (const name of named)
      if (!this.media.some((medium) => medium.name === name))
        this.fault('stem', 'picture-missing', { name: name ?? '' });
    let stem = item.stem;
    const options = 'options' in item ? item.options.map((option) => ({ ...option })) : [];
    this.media.forEach(({ name, alt }, index) => {
      if (named.has(name)) return;
      const at = this.context.pictures[index]?.option ?? null;
      const option = at === null ? undefined : options[at];
      if (option === undefined) stem += `<p>${pictureTag(name, alt)}</p>`;
      else option.html += `${option.html === '' ? '' : '<br />'}${pictureTag(name, alt)}`;
    });
    const whole = 'options' in item ? { ...item, stem, options } : { ...item, stem };
    return this.media.length === 0 ? whole : { ...whole, media: this.media };
  }

  private checkCell(field: Field, cell: BookCell): void {
    const read = ['stem', 'answer', 'options', 'rubric'].includes(field) || field.startsWith('option-');
    if (field === 'difficulty' || field === 'explanation' || field === 'remark') return;
    const text = plainText(cell);
    if (cell.kind === 'error') this.fault(field, 'cell-error', { text: excerpt(text) });
    if (cell.kind === 'no-value') this.fault(field, 'formula-no-value');
    if (!read) return;
    if (cell.runs.some((run) => run.strike === true && run.text.trim() !== ''))
      this.fault(field, 'cell-strike');
    if (cell.runs.some((run) => run.coloured === true && run.text.trim() !== '') && cell.runs.length > 1)
      this.note(field, 'colour');
    if (cell.formula === true && cell.kind !== 'no-value' && cell.kind !== 'error')
      this.note(field, 'formula-as-stored', { text: excerpt(text) });
    if (cell.kind === 'date') this.note(field, 'date-as-shown', { text });
    if (cell.kind === 'number' && cell.number !== undefined && Number(text) !== cell.number)
      this.note(field, 'number-as-shown', { text });
  }

  private raw(field: Field): string {
    return plainText(this.row.cells.get(field));
  }

  private text(field: Field): string {
    const cell = this.row.cells.get(field);
    return cell === undefined
      ? ''
      : field === 'alt' || field === 'answer'
        ? cleanLetters(plainText(cell)).trim()
        : cellLine(cell.runs);
  }

  private fault(field: Field, code: FaultCode, params: FindingParams = {}): void {
    this.faulty = true;
    this.findings.fault(this.row.place(field), code, params);
  }

  private note(field: Field, code: Parameters<Findings['note']>[1], params: FindingParams = {}): void {
    this.findings.note(this.row.place(field), code, params);
  }
}

/** “A. 甲\nB. 乙” in one cell -> the runs of each option; null where the letters do not run A, B, C … */
export function splitOptions(runs: readonly TextRun[]): TextRun[][] | null {
  const text = runs.map((run) => cleanLetters(run.text)).join('');
  const marks = [...text.matchAll(/(?<=^|[\n\s;；])[(（]?([A-Ja-jＡ-Ｊ])(?:[)）]|\s*[.．、:：])\s*/g)];
  const letters = marks.map(([, letter]) => (letter ?? '').normalize('NFKC').toUpperCase()).join('');
  if (
    letters.length < 2 ||
    !OPTION_LETTERS.startsWith(letters) ||
    text.slice(0, marks[0]?.index).trim() !== ''
  )
    return null;
  return marks.map((mark, at) => {
    const from = mark.index + mark[0].length;
    const to = marks[at + 1]?.index ?? text.length;
    return cutRuns(runs, from, to);
  });
}

function cutRuns(runs: readonly TextRun[], from: number, to: number): TextRun[] {
  const cut: TextRun[] = [];
  let at = 0;
  for (const run of runs) {
    const text = cleanLetters(run.text);
    const piece = text.slice(Math.max(0, from - at), Math.max(0, to - at));
    if (piece !== '') cut.push({ ...run, text: piece });
    at += text.length;
  }
  const last = cut.at(-1);
  if (last !== undefined) last.text = last.text.replace(/[\s;；]+$/, '');
  return cut;
}
