// The looks of text in an .xls that its reader leaves aside: struck through, sub- and superscript, bold, italic, underlined,
// coloured. Walks the records of the workbook (MS-XLS) and gives the runs of each text cell; reads nothing else.

import type { TextRun } from './book.js';
import type { Look } from './xlsx-styles.js';

const RECORD = { font: 0x31, xf: 0xe0, sst: 0xfc, continue: 0x3c, labelSst: 0xfd, boundSheet: 0x85 } as const;

/** `sheet row column`, all counted from 0, to the runs of the cell; cells of one plain look are not in it. */
export type XlsLooks = Map<string, TextRun[]>;

/** @param stream the workbook stream of BIFF8; anything else gives nothing */
export function readXlsLooks(stream: Buffer): XlsLooks {
  const looks: XlsLooks = new Map();
  const fonts: Look[] = [];
  const cellFonts: number[] = [];
  const starts: number[] = [];
  let strings: { text: string; runs: [number, number][] }[] = [];
  for (let at = 0; at + 4 <= stream.length;) {
    const type = stream.readUInt16LE(at);
    const length = stream.readUInt16LE(at + 2);
    const data = stream.subarray(at + 4, at + 4 + length);
    let next = at + 4 + length;
    if (type === RECORD.font && data.length >= 11) fonts.push(fontLook(data));
    if (type === RECORD.xf && data.length >= 2) cellFonts.push(data.readUInt16LE(0));
    if (type === RECORD.boundSheet && data.length >= 4) starts.push(data.readUInt32LE(0));
    if (type === RECORD.sst) {
      const parts = [data];
      while (next + 4 <= stream.length && stream.readUInt16LE(next) === RECORD.continue) {
        const more = stream.readUInt16LE(next + 2);
        parts.push(stream.subarray(next + 4, next + 4 + more));
        next += 4 + more;
      }
      strings = new StringTable(parts).read();
    }
    if (type === RECORD.labelSst && data.length >= 10) {
      const string = strings[data.readUInt32LE(6)];
      const cell = lookOf(fonts, cellFonts[data.readUInt16LE(4)] ?? 0);
      const runs = string === undefined ? [] : runsOf(string.text, string.runs, cell, fonts);
      if (runs.some((run) => Object.keys(run).length > 1)) {
        const sheet = starts.findLastIndex((start) => start <= at);
        looks.set(`${sheet} ${data.readUInt16LE(0)} ${data.readUInt16LE(2)}`, runs);
      }
    }
    at = next;
  }
  return looks;
}

function runsOf(text: string, marks: [number, number][], cell: Look, fonts: readonly Look[]): TextRun[] {
  // As in .xlsx: a whole cell in bold or colour is decoration, one that is struck through is not.
  const whole: Look = {};
  if (cell.strike !== undefined) whole.strike = cell.strike;
  if (cell.script !== undefined) whole.script = cell.script;
  const edges = [...marks.filter(([from]) => from < text.length)];
  const first = edges[0]?.[0] ?? text.length;
  const runs: TextRun[] = first > 0 ? [{ text: text.slice(0, first), ...whole }] : [];
  edges.forEach(([from, font], index) => {
    const piece = text.slice(from, edges[index + 1]?.[0] ?? text.length);
    if (piece !== '') runs.push({ text: piece, ...lookOf(fonts, font) });
  });
  return runs;
}

/** Fonts count from 0 and leave out 4. */
function lookOf(fonts: readonly Look[], index: number): Look {
  return fonts[index > 4 ? index - 1 : index] ?? {};
}

function fontLook(data: Buffer): Look {
  const look: Look = {};
  const flags = data.readUInt16LE(2);
  const colour = data.readUInt16LE(4);
  const script = data.readUInt16LE(8);
  if ((flags & 0x02) !== 0) look.italic = true;
  if ((flags & 0x08) !== 0) look.strike = true;
  if (data.readUInt16LE(6) >= 600) look.bold = true;
  if (script === 1) look.script = 'sup';
  if (script === 2) look.script = 'sub';
  if (data[10] !== 0) look.underline = true;
  if (colour !== 0x7fff && colour !== 8 && colour !== 0 && colour !== 64) look.coloured = true;
  return look;
}

/** The shared strings, which may run on over several records; letters change their width where one begins. */
class StringTable {
  private part = 0;
  private at = 8;

  constructor(private readonly parts: readonly Buffer[]) {}

  read(): { text: string; runs: [number, number][] }[] {
    const strings: { text: string; runs: [number, number][] }[] = [];
    const head = this.parts[0];
    const count = head === undefined || head.length < 8 ? 0 : head.readUInt32LE(4);
    try {
      while (strings.length < Math.min(count, 1_000_000)) strings.push(this.string());
    } catch (error) {
      // A table that ends too early: what was read stands, the reader of cells refuses the rest.
      if (!(error instanceof RangeError)) throw error;
    }
    return strings;
  }

  private string(): { text: string; runs: [number, number][] } {
    const length = this.number(2);
    const flags = this.number(1);
    const runCount = (flags & 0x08) === 0 ? 0 : this.number(2);
    const extra = (flags & 0x04) === 0 ? 0 : this.number(4);
    const text = this.letters(length, (flags & 0x01) !== 0);
    const runs: [number, number][] = [];
    for (let n = 0; n < runCount; n++) runs.push([this.number(2), this.number(2)]);
    for (let n = 0; n < extra; n++) this.number(1);
    return { text, runs };
  }

  private letters(length: number, wide: boolean): string {
    let text = '';
    let twoBytes = wide;
    for (let n = 0; n < length; n++) {
      if (this.at >= (this.parts[this.part]?.length ?? 0)) {
        this.part += 1;
        this.at = 0;
        twoBytes = (this.byte() & 0x01) !== 0;
      }
      text += String.fromCharCode(twoBytes ? this.byte() | (this.byte() << 8) : this.byte());
    }
    return text;
  }

  private number(bytes: number): number {
    let value = 0;
    for (let n = 0; n < bytes; n++) value += this.byte() * 256 ** n;
    return value;
  }

  private byte(): number {
    while (this.part < this.parts.length && this.at >= (this.parts[this.part]?.length ?? 0)) {
      this.part += 1;
      this.at = 0;
    }
    const value = this.parts[this.part]?.[this.at++];
    if (value === undefined) throw new RangeError('end of the strings');
    return value;
  }
}
