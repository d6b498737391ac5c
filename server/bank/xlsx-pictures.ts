// Finds the pictures of an .xlsx: those that float over the sheet, by the cell beneath their upper left corner, and those
// that WPS keeps inside cells. Names everything else that floats, so that nothing is lost unseen.

import type { BankZip } from './bank-zip.js';
import type { BookSheet } from './book.js';
import { readPart, readRelations, type Relations } from './xlsx-parts.js';
import { childOf, childrenOf, descendantsOf, textOf, type XmlElement } from './xml-tree.js';

const MAX_PICTURES = 5000;

/** Adds what floats over a sheet. @throws BankRefusal for unsound parts */
export async function readDrawing(
  zip: BankZip,
  path: string,
  relations: Relations,
  sheet: BookSheet,
): Promise<void> {
  for (const anchor of childrenOf(await readPart(zip, path))) {
    const from = childOf(anchor, 'from');
    const to = childOf(anchor, 'to');
    const row = cellAt(from, 'row');
    const column = cellAt(from, 'col');
    const lastRow = lastRowOf(to, row);
    for (const shape of shapesOf(anchor)) {
      if (sheet.pictures.length + sheet.objects.length >= MAX_PICTURES) {
        sheet.cut = true;
        return;
      }
      if (shape.name !== 'pic') {
        sheet.objects.push({ row, column, what: whatIs(shape) });
        continue;
      }
      const { bytes, name, alt } = await readPicture(zip, shape, relations);
      sheet.pictures.push({ row, column, lastRow, bytes, name, alt });
    }
  }
}

/** Pictures that WPS Office keeps inside cells, by the id of their DISPIMG formula. */
export async function readCellPictures(
  zip: BankZip,
  workbookPath: string,
  relations: Relations,
): Promise<Map<string, { bytes: Buffer | null; alt: string }>> {
  const found = new Map<string, { bytes: Buffer | null; alt: string }>();
  const folder = workbookPath.slice(0, workbookPath.lastIndexOf('/') + 1);
  const related = [...relations.values()].find(({ type }) => /\/cellImage$/i.test(type))?.path;
  const path = related ?? `${folder}cellimages.xml`;
  if (!zip.has(path)) return found;
  const own = await readRelations(zip, path);
  for (const picture of descendantsOf(await readPart(zip, path), 'pic').slice(0, MAX_PICTURES)) {
    const { bytes, name, alt } = await readPicture(zip, picture, own);
    found.set(name, { bytes, alt });
  }
  return found;
}

async function readPicture(zip: BankZip, picture: XmlElement, relations: Relations) {
  const properties = descendantsOf(picture, 'cNvPr')[0];
  const embed = descendantsOf(picture, 'blip')[0]?.attributes['embed'] ?? '';
  const path = relations.get(embed)?.path ?? null;
  const alt = (properties?.attributes['descr'] ?? '').trim();
  return {
    bytes: path === null ? null : await zip.read(path),
    name: properties?.attributes['name'] ?? '',
    // Spreadsheet programs write the file name where the author wrote nothing.
    alt: /\.(png|jpe?g|webp|bmp|gif|tiff?|emf|wmf)$/i.test(alt) ? '' : alt,
  };
}

/** What an anchor holds: pictures and others, out of their groups; of alternatives the first choice. */
function shapesOf(parent: XmlElement): XmlElement[] {
  return childrenOf(parent).flatMap((child) => {
    switch (child.name) {
      case 'grpSp':
        return shapesOf(child);
      case 'AlternateContent': {
        const choice = childOf(child, 'Choice') ?? childOf(child, 'Fallback');
        return choice === null ? [] : shapesOf(choice);
      }
      case 'pic':
      case 'sp':
      case 'graphicFrame':
      case 'contentPart':
        return [child];
      case 'cxnSp':
        return [child];
      default:
        return [];
    }
  });
}

function whatIs(shape: XmlElement): string {
  const text = descendantsOf(shape, 't').map(textOf).join('').trim();
  const uri = descendantsOf(shape, 'graphicData')[0]?.attributes['uri'] ?? '';
  if (uri.endsWith('/chart')) return '图表 chart';
  if (shape.name === 'cxnSp') return '线条 line';
  if (text !== '') return `文本框 text box “${text}”`;
  return shape.name === 'sp' ? '形状 shape' : shape.name;
}

function cellAt(corner: XmlElement | null, name: 'row' | 'col'): number {
  const found = corner === null ? null : childOf(corner, name);
  const value = found === null ? 0 : Number(textOf(found));
  return Number.isInteger(value) && value >= 0 ? value + 1 : 1;
}

/** The last row that a picture covers; a corner on the upper edge of a row does not reach into it. */
function lastRowOf(to: XmlElement | null, row: number): number {
  if (to === null) return row;
  const offset = childOf(to, 'rowOff');
  const last = cellAt(to, 'row');
  return Math.max(row, offset !== null && Number(textOf(offset)) <= 0 ? last - 1 : last);
}
