// The part of a workbook's styles that changes what is read: number formats, strike-through, sub- and superscript.

import type { BankZip } from './bank-zip.js';
import type { TextRun } from './book.js';
import { builtInFormat } from './number-format.js';
import { childOf, childrenOf, parseXml, type XmlElement } from './xml-tree.js';

export type Look = Omit<TextRun, 'text'>;

export interface BookStyles {
  /** By the `s` of a cell. */
  cells: { format: string; look: Look }[];
}

/** No styles where the part is missing. @throws BankRefusal for unsound XML */
export async function readStyles(zip: BankZip, path: string | null): Promise<BookStyles> {
  const bytes = path === null ? null : await zip.read(path);
  if (path === null || bytes === null) return { cells: [] };
  const root = parseXml(bytes, path);
  const formats = new Map<number, string>();
  for (const { attributes } of list(root, 'numFmts', 'numFmt'))
    formats.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? 'General');
  const fonts = list(root, 'fonts', 'font').map(runLook);
  return {
    cells: list(root, 'cellXfs', 'xf').map(({ attributes }) => {
      const id = Number(attributes['numFmtId'] ?? 0);
      const { strike, script } = fonts[Number(attributes['fontId'] ?? 0)] ?? {};
      const look: Look = {};
      // Bold or coloured cells are decoration; a struck-through cell is not.
      if (strike !== undefined) look.strike = strike;
      if (script !== undefined) look.script = script;
      return { format: formats.get(id) ?? builtInFormat(id), look };
    }),
  };
}

function list(root: XmlElement, group: string, name: string): XmlElement[] {
  const found = childOf(root, group);
  return found === null ? [] : childrenOf(found, name);
}

/** The look of a run (rPr) or font. */
export function runLook(properties: XmlElement | null): Look {
  const look: Look = {};
  for (const { name, attributes } of properties === null ? [] : childrenOf(properties)) {
    const value = attributes['val'];
    const on = value !== '0' && value !== 'false' && value !== 'none';
    if (name === 'b' && on) look.bold = true;
    if (name === 'i' && on) look.italic = true;
    if (name === 'u' && on) look.underline = true;
    if (name === 'strike' && on) look.strike = true;
    if (name === 'vertAlign' && value === 'subscript') look.script = 'sub';
    if (name === 'vertAlign' && value === 'superscript') look.script = 'sup';
    if (name === 'color' && isColour(attributes)) look.coloured = true;
  }
  return look;
}

function isColour({ rgb, theme, indexed }: Readonly<Record<string, string>>): boolean {
  if (rgb !== undefined) return !/^(FF|00)?000000$/i.test(rgb);
  if (theme !== undefined) return theme !== '0' && theme !== '1';
  return indexed !== undefined && !['0', '8', '64'].includes(indexed);
}
