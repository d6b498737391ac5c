// A paper -> a filled template. Each item is read back from the cells that would be written; what does not come back the
// same is named, so that nobody takes the spreadsheet for more than it holds.

import { isDeepStrictEqual } from 'node:util';
import type { PaperSource } from '../protocol/paper-source.js';
import type { BookCell } from './book.js';
import { isTakenItem, type TakenItem } from './cell-values.js';
import { Findings } from './findings.js';
import type { Field } from './headings.js';
import { itemOfRow } from './row-item.js';
import { bankWorkbook, cellsOfItem } from './template-sheets.js';

/** The bytes of the .xlsx. Faults name items that are not in it, notes what of an item is not. */
export async function paperToSpreadsheet(paper: PaperSource): Promise<{ bytes: Buffer; findings: Findings }> {
  const findings = new Findings();
  for (const section of paper.sections)
    for (const item of section.items) {
      if (!isTakenItem(item)) {
        const type = item.audio === undefined ? item.type : 'audio';
        findings.fault(item.itemId, 'type-not-yet', { text: type, type });
        continue;
      }
      const back = readBack(item, section.title);
      if (!isDeepStrictEqual(back, item))
        findings.note(item.itemId, 'template-no-place', { what: differences(item, back).join(', ') });
    }
  const bytes = await bankWorkbook(paper, []).xlsx.writeBuffer();
  return { bytes: Buffer.from(bytes), findings };
}

function readBack(item: TakenItem, section: string): TakenItem | null {
  const cells = new Map<Field, BookCell>();
  for (const [field, runs] of cellsOfItem(item, section)) {
    const number = field === 'points' || field === 'missingPoints';
    cells.set(field, { row: 1, column: 1, kind: number ? 'number' : 'text', runs });
  }
  const pictures = (item.media ?? []).map(({ file, alt }) => ({
    name: file.replace(/\.[^.]*$/, ''),
    file,
    alt,
    option: null,
  }));
  const row = { row: 1, cells, pictures: [], place: () => item.itemId };
  return itemOfRow(row, { itemId: item.itemId, type: item.type, pointsEach: null, pictures }, new Findings());
}

function differences(item: TakenItem, back: TakenItem | null): string[] {
  if (back === null) return ['*'];
  const one = item as Record<string, unknown>;
  const other = back as Record<string, unknown>;
  return Object.keys({ ...one, ...other }).filter((key) => !isDeepStrictEqual(one[key], other[key]));
}
