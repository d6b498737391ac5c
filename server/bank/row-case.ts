// The row of a case and the rows of the sheet 材料 that name it -> a case, from items that were read before. Looks at nothing
// but these.

import type { AnswerableSource, CaseSource } from '../protocol/paper-source.js';
import { endingOf } from '../papers/paper-files.js';
import type { TextRun } from './book.js';
import { readPoints, readYesNo } from './cell-values.js';
import { excerpt, type FaultCode, type FindingParams, type Findings } from './findings.js';
import type { RowAccess } from './row-marked.js';

/** One row of the sheet 材料. */
export interface MaterialRow {
  /** Identifier of its case. */
  caseId: string;
  title: string;
  content: readonly TextRun[] | null;
  /** The file below media/ and the name that candidates save it under; null where there is none. */
  file: { name: string; file: string } | null;
  place: string;
  /** What was wrong with the row itself was named already. */
  faulty: boolean;
}

export interface CaseParts {
  items: readonly AnswerableSource[];
  /** Rows that name the case and were not taken. */
  lost: number;
  materials: readonly MaterialRow[];
}

/** Rich text of a material, with the pictures of its case; null after a fault, which it names through `fault`. */
export type MaterialHtml = (
  runs: readonly TextRun[],
  fault: (code: FaultCode, params?: FindingParams) => void,
) => string | null;

type Material = CaseSource['materials'][number];

/** What a file may be called on every PC. */
const FILE_NAME = /^[^\u0000-\u001f\\/:*?"<>|]{1,100}$/; // eslint-disable-line no-control-regex

/** The case; what of it is wrong was named. */
export function caseItem(
  row: RowAccess,
  base: { itemId: string; stem: string },
  { items, lost, materials }: CaseParts,
  html: MaterialHtml,
  findings: Findings,
): CaseSource {
  if (row.text('answer') !== '') row.fault('answer', 'case-answer');
  if (items.length === 0 && lost === 0) row.fault('itemId', 'case-empty', { id: base.itemId });
  if (items.length > 30) row.fault('itemId', 'case-many');
  if (lost > 0) row.fault('itemId', 'case-item-bad', { count: lost });
  if (materials.length > 20) row.fault('itemId', 'material-many');
  const cents = items.reduce((sum, { points }) => sum + Math.round(points * 100), 0);
  const text = row.text('points');
  const points = text === '' ? cents / 100 : readPoints(text);
  if (points === null) row.fault('points', 'points-bad', { text: excerpt(text) });
  else if (lost === 0 && Math.round(points * 100) !== cents)
    row.fault('points', 'case-sum', { sum: cents / 100, points });
  const shuffle = row.text('shuffleOptions');
  const shuffleItems = shuffle === '' ? false : readYesNo(shuffle);
  if (shuffleItems === null) row.fault('shuffleOptions', 'yes-no-bad', { text: excerpt(shuffle) });
  const taken = takeMaterials(materials, html, findings);
  if (taken === null) row.fault('itemId', 'material-bad');
  return {
    ...base,
    type: 'case',
    points: points ?? 1,
    materials: taken ?? [],
    shuffleItems: shuffleItems ?? false,
    items: [...items],
  };
}

function takeMaterials(
  rows: readonly MaterialRow[],
  html: MaterialHtml,
  findings: Findings,
): Material[] | null {
  let whole = true;
  const names = new Set<string>();
  const taken = rows.map(({ title, content, file, place, faulty }): Material => {
    const fault = (code: FaultCode, params: FindingParams = {}) => {
      findings.fault(place, code, params);
      whole = false;
    };
    if (faulty) whole = false;
    const text = content === null ? '' : html(content, fault);
    if (text === null) whole = false;
    if (title === '') fault('material-title');
    if (title.length > 100) fault('text-too-long', { max: 100 });
    if (text === '' && file === null && !faulty) fault('material-empty');
    if (file !== null) {
      const { name } = file;
      if (!FILE_NAME.test(name) || endingOf(name) !== endingOf(file.file)) fault('material-name', { name });
      if (names.has(name)) fault('material-twice', { name });
      names.add(name);
    }
    return {
      title,
      ...(text === null || text === '' ? {} : { html: text }),
      ...(file === null ? {} : { file }),
    };
  });
  return whole ? taken : null;
}
