// A paper -> a filled template. Each item is read back from the cells that would be written; what does not come back the
// same is named, so that nobody takes the spreadsheet for more than it holds.

import { isDeepStrictEqual } from 'node:util';
import type { AnswerableSource, CaseSource, ItemSource, PaperSource } from '../protocol/paper-source.js';
import type { BookCell } from './book.js';
import { cellLine } from './cell-text.js';
import { Findings } from './findings.js';
import type { Field } from './headings.js';
import { cellsOfItem, materialCells, type ItemPlace } from './item-cells.js';
import type { CaseParts } from './row-case.js';
import { itemOfRow } from './row-item.js';
import { NUMBERS, bankWorkbook } from './template-sheets.js';

/** The bytes of the .xlsx. Notes name what of an item is not in it. */
export async function paperToSpreadsheet(paper: PaperSource): Promise<{ bytes: Buffer; findings: Findings }> {
  const findings = new Findings();
  for (const section of paper.sections)
    for (const item of section.items) {
      const back = readBack(item, { section: section.title, caseId: '' });
      if (!isDeepStrictEqual(back, item))
        findings.note(item.itemId, 'template-no-place', { what: differences(item, back).join(', ') });
    }
  const bytes = await bankWorkbook(paper, []).xlsx.writeBuffer();
  return { bytes: Buffer.from(bytes), findings };
}

function readBack(item: ItemSource, at: ItemPlace): ItemSource | null {
  const cells = new Map<Field, BookCell>();
  for (const [field, runs] of cellsOfItem(item, at))
    cells.set(field, { row: 1, column: 1, kind: NUMBERS.has(field) ? 'number' : 'text', runs });
  const pictures = (item.media ?? []).map(({ file, alt }) => ({
    name: file.replace(/\.[^.]*$/, ''),
    file,
    alt,
    option: null,
  }));
  const row = { row: 1, cells, pictures: [], place: () => item.itemId };
  const context = { itemId: item.itemId, type: item.type, pointsEach: null, pictures };
  const parts = item.type === 'case' ? { parts: partsBack(item) } : {};
  return itemOfRow(row, { ...context, audio: item.audio?.file ?? null, ...parts }, new Findings());
}

function partsBack(item: CaseSource): CaseParts {
  const items = item.items
    .map((one) => readBack(one, { section: '', caseId: item.itemId }))
    .filter((one): one is AnswerableSource => one !== null && one.type !== 'case');
  const materials = materialCells(item).map(([, title, content, file, name]) => ({
    caseId: item.itemId,
    title: cellLine(title ?? []),
    content: content ?? null,
    file: file === null || file === undefined ? null : { name: cellLine(name ?? []), file: cellLine(file) },
    place: item.itemId,
    faulty: false,
  }));
  return { items, lost: item.items.length - items.length, materials };
}

function differences(item: ItemSource, back: ItemSource | null): string[] {
  if (back === null) return ['*'];
  const one = item as Record<string, unknown>;
  const other = back as Record<string, unknown>;
  return Object.keys({ ...one, ...other }).filter((key) => !isDeepStrictEqual(one[key], other[key]));
}
