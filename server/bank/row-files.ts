// The files of a row: pictures placed over it or named in it, and its recording. Each ends on the shelf of the paper or in the
// findings.

import { basename } from 'node:path';
import { plainText } from './book.js';
import { cleanLetters } from './cell-text.js';
import { excerpt, type FindingParams, type Findings } from './findings.js';
import type { Field } from './headings.js';
import { MAX_PICTURE_BYTES, MediaShelf, isPaperId } from './paper-draft.js';
import type { RowPicture } from './row-item.js';
import type { ItemRow } from './sheet-rows.js';

export interface FileSources {
  shelf: MediaShelf;
  findings: Findings;
  /** Reads a file beside the bank by its bare name; null where there is none. */
  beside: (name: string) => Promise<Buffer | null>;
}

/** Columns whose pictures would belong to nobody, or would tell candidates the answer. */
const NO_PICTURES: ReadonlySet<Field> = new Set(['answer', 'explanation', 'options', 'points', 'rubric']);

/** Whether a name is bare: no folder, no drive. */
export function isBareName(name: string): boolean {
  return name === basename(name) && !/[\\/:]|^\.+$/.test(name);
}

/** Null where one of them cannot be taken. */
export async function filesOfRow(
  row: ItemRow,
  columns: ReadonlyMap<number, Field>,
  itemId: string,
  sources: FileSources,
): Promise<{ pictures: RowPicture[]; audio: string | null } | null> {
  const pictures = await picturesOf(row, columns, itemId, sources);
  const audio = await recordingOf(row, sources);
  return pictures === null || audio === undefined ? null : { pictures, audio };
}

/** Undefined after a fault, null where the row names none. */
async function recordingOf(row: ItemRow, { shelf, findings, beside }: FileSources) {
  const place = row.place('audio');
  const names = plainText(row.cells.get('audio'))
    .split(/[;；\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const [name] = names;
  if (name === undefined) return null;
  if (names.length > 1) return void findings.fault(place, 'audio-many');
  if (!isBareName(name)) return void findings.fault(place, 'beside-name', { name });
  const bytes = await beside(name);
  if (bytes === null) return void findings.fault(place, 'beside-missing', { name });
  const put = shelf.putFile(bytes, name, 'recording');
  if ('file' in put) return put.file;
  return void findings.fault(place, 'beside-bad', { name, why: put.fault });
}

/** Null where one of them cannot be taken. */
async function picturesOf(
  row: ItemRow,
  columns: ReadonlyMap<number, Field>,
  itemId: string,
  { shelf, findings, beside }: FileSources,
): Promise<RowPicture[] | null> {
  const found: RowPicture[] = [];
  let whole = true;
  const fault = (place: string, code: Parameters<Findings['fault']>[1], params: FindingParams = {}) => {
    findings.fault(place, code, params);
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
    const file = shelf.put(bytes, wanted);
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
    if (!isBareName(name)) {
      fault(place, 'picture-name', { name });
      continue;
    }
    const bytes = await beside(name);
    if (bytes === null) fault(place, 'picture-missing', { name });
    else add(bytes, name, name, null, place);
  }
  const embedded = [...row.pictures].sort((a, b) => a.column - b.column);
  for (const [index, { column, bytes, name, alt }] of embedded.entries()) {
    const field = columns.get(column);
    const place = `${row.place()} ${excerpt(alt || name, 30)}`.trim();
    if (field !== undefined && NO_PICTURES.has(field)) {
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
