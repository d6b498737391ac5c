// The sheet 试卷 of a bank: identifier and title of the paper, and its sections with their rules. All of it may be absent.

import { cellPlace, type BookCell, type BookSheet } from './book.js';
import { cellLine, cleanLetters } from './cell-text.js';
import { plainForm, readCount, readPoints, readYesNo } from './cell-values.js';
import { excerpt } from './findings.js';
import { normaliseHeading } from './headings.js';
import { isPaperId, type PaperDraft } from './paper-draft.js';

export interface PaperSheet {
  paperId: string | null;
  title: string | null;
  /** Points of each item by section id. */
  pointsEach: Map<string, number>;
}

/** Headings of the table of sections, as the template writes them. */
export const SECTION_TITLES = {
  sectionId: '大题编号',
  title: '大题标题',
  instructions: '作答说明',
  shuffleItems: '题目乱序',
  draw: '抽题数',
  pointsEach: '每题分值',
} as const;
type SectionField = keyof typeof SECTION_TITLES;

const LABELS = {
  paperId: /^(试卷编号|试卷代码|paperid)$/,
  title: /^(试卷名称|试卷标题|papertitle)$/,
} as const;

/** Whether a sheet is one of this kind. */
export function isPaperSheet(sheet: BookSheet): boolean {
  return [...sheet.rows.values()].some((row) =>
    [...row.values()].some((cell) => {
      const text = normaliseHeading(cellLine(cell.runs));
      return LABELS.paperId.test(text) || LABELS.title.test(text) || text === SECTION_TITLES.title;
    }),
  );
}

/** Adds the sections to the draft. */
export function readPaperSheet(sheet: BookSheet, draft: PaperDraft): PaperSheet {
  const read: PaperSheet = { paperId: null, title: null, pointsEach: new Map() };
  let columns: Map<SectionField, number> | null = null;
  for (const [row, cells] of [...sheet.rows].sort(([a], [b]) => a - b)) {
    const place = (column: number) => cellPlace(sheet.name, row, column);
    const headings = sectionColumns(cells);
    if (headings !== null) {
      columns = headings;
      continue;
    }
    const label = readLabel(cells);
    if (columns === null && label !== null) {
      const { name, value, column } = label;
      if (name === 'title') read.title = value.slice(0, 200);
      else if (isPaperId(plainForm(value))) read.paperId = plainForm(value);
      else draft.findings.fault(place(column), 'id-bad', { text: excerpt(value) });
    } else if (columns !== null) readSection(cells, columns, draft, read, place);
  }
  return read;
}

function sectionColumns(cells: ReadonlyMap<number, BookCell>): Map<SectionField, number> | null {
  const found = new Map<SectionField, number>();
  for (const [column, cell] of cells) {
    const text = normaliseHeading(cellLine(cell.runs));
    for (const [field, title] of Object.entries(SECTION_TITLES))
      if (text === title && !found.has(field as SectionField)) found.set(field as SectionField, column);
  }
  return found.has('title') ? found : null;
}

function readLabel(cells: ReadonlyMap<number, BookCell>) {
  const filled = [...cells].sort(([a], [b]) => a - b).filter(([, cell]) => cellLine(cell.runs) !== '');
  for (const [index, [, cell]] of filled.entries()) {
    const text = normaliseHeading(cellLine(cell.runs));
    const name = LABELS.paperId.test(text) ? 'paperId' : LABELS.title.test(text) ? 'title' : null;
    const next = filled[index + 1];
    if (name !== null && next !== undefined)
      return { name, value: cellLine(next[1].runs), column: next[0] } as const;
  }
  return null;
}

function readSection(
  cells: ReadonlyMap<number, BookCell>,
  columns: ReadonlyMap<SectionField, number>,
  draft: PaperDraft,
  read: PaperSheet,
  place: (column: number) => string,
): void {
  const { findings } = draft;
  const text = (field: SectionField) => {
    const cell = cells.get(columns.get(field) ?? 0);
    if (cell === undefined) return '';
    return field === 'instructions'
      ? cleanLetters(cell.runs.map((run) => run.text).join('')).trim()
      : cellLine(cell.runs);
  };
  const at = (field: SectionField) => place(columns.get(field) ?? 1);
  const title = text('title').slice(0, 100);
  if (title === '') {
    if ([...columns.keys()].some((field) => text(field) !== '')) findings.fault(at('title'), 'row-stray');
    return;
  }
  let sectionId = plainForm(text('sectionId'));
  if (sectionId !== '' && !isPaperId(sectionId)) {
    findings.fault(at('sectionId'), 'id-bad', { text: excerpt(sectionId) });
    sectionId = '';
  }
  if (sectionId === '') sectionId = `part-${draft.sections.length + 1}`;
  if (draft.sections.some((one) => one.sectionId === sectionId || one.title === title)) {
    findings.fault(at('title'), 'section-twice', { text: excerpt(title) });
    return;
  }
  const instructions = text('instructions');
  if (instructions.length > 1000) findings.fault(at('instructions'), 'text-too-long', { max: 1000 });
  const shuffle = text('shuffleItems');
  const shuffleItems = shuffle === '' ? true : readYesNo(shuffle);
  if (shuffleItems === null) findings.fault(at('shuffleItems'), 'yes-no-bad', { text: excerpt(shuffle) });
  const drawn = text('draw');
  const draw = drawn === '' || /^(全部|全|all)$/.test(drawn) ? null : readCount(drawn);
  if (draw === null && drawn !== '' && !/^(全部|全|all)$/.test(drawn))
    findings.fault(at('draw'), 'draw-bad', { text: excerpt(drawn) });
  const each = text('pointsEach');
  const points = each === '' ? null : readPoints(each);
  if (points !== null) read.pointsEach.set(sectionId, points);
  else if (each !== '') findings.fault(at('pointsEach'), 'points-bad', { text: excerpt(each) });
  draft.addSection({
    sectionId,
    title,
    instructions: instructions.slice(0, 1000),
    shuffleItems: shuffleItems ?? true,
    draw,
  });
}
