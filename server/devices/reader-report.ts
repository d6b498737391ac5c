// What HID readers send, as their settings describe it: where the text begins, how it is written, what ends it. Pure; whatever
// comes, it gives documents or nothing.

import type { DocumentRead } from '../protocol/document-reading.js';

export interface ReportShape {
  /** Bytes in front of the text in each report. */
  skip: number;
  encoding: 'ascii' | 'utf16le';
  /** `line`: text up to a line end, over several reports; `report`: each report is whole. */
  ends: 'line' | 'report';
  /** Where the fields of a line stand, separated by `separator`; absent = the whole line is the number. */
  separator: string;
  numberField: number;
  nameField: number;
}

const LONGEST_LINE = 512;

/** Takes reports and gives documents; keeps the half line in between and never more than that. */
export class ReportReader {
  #line = '';

  constructor(private readonly shape: ReportShape) {}

  take(report: Uint8Array): DocumentRead[] {
    const { skip, encoding, ends } = this.shape;
    const bytes = Buffer.from(report).subarray(skip);
    // Reports have a fixed size: what is not used is filled with zeros.
    const text = bytes.toString(encoding === 'ascii' ? 'latin1' : 'utf16le').replaceAll('\0', '');
    if (ends === 'report') return this.#read(text);
    const lines = (this.#line + text).split(/[\r\n]+/);
    this.#line = (lines.pop() ?? '').slice(-LONGEST_LINE);
    return lines.flatMap((line) => this.#read(line));
  }

  #read(line: string): DocumentRead[] {
    const { separator, numberField, nameField } = this.shape;
    const fields = separator === '' ? [line] : line.slice(0, LONGEST_LINE).split(separator);
    const documentNo = (fields[numberField - 1] ?? '').trim();
    if (!/^[0-9A-Za-z()-]{4,30}$/.test(documentNo)) return [];
    const name = nameField === 0 ? '' : (fields[nameField - 1] ?? '').trim().slice(0, 60);
    return [{ documentNo, ...(name === '' ? {} : { name }) }];
  }
}
