// What reading a question bank found: every item or cell that is not taken, by place and reason, in both languages.
// A finding never holds more of an outside text than a short excerpt.

import { FINDING_TEXTS, type FaultCode, type FindingCode, type NoteCode } from './finding-texts.js';

export type { FaultCode, FindingCode, NoteCode } from './finding-texts.js';

export interface Finding {
  /** A fault left something out of the paper; a note is to be looked at by a person. */
  kind: 'fault' | 'note';
  code: FindingCode;
  /** Sheet and cell, or file and identifier. */
  where: string;
  zh: string;
  en: string;
}

export type FindingParams = Readonly<Record<string, string | number>>;

const MAX_EXCERPT = 60;
/** Beyond this many the rest is counted only, so that no file can fill the memory with complaints. */
const MAX_FINDINGS = 5000;

/** Gathers findings in the order of reading. */
export class Findings {
  readonly all: Finding[] = [];
  private more = 0;

  /** Something of the bank is not taken. */
  fault(where: string, code: FaultCode, params: FindingParams = {}): void {
    this.add('fault', where, code, params);
  }

  /** Something was taken in a way that a person should look at. */
  note(where: string, code: NoteCode, params: FindingParams = {}): void {
    this.add('note', where, code, params);
  }

  get faults(): Finding[] {
    return this.all.filter(({ kind }) => kind === 'fault');
  }

  get notes(): Finding[] {
    return this.all.filter(({ kind }) => kind === 'note');
  }

  /** Findings that were counted and not kept. */
  get uncounted(): number {
    return this.more;
  }

  private add(kind: Finding['kind'], where: string, code: FindingCode, params: FindingParams): void {
    if (this.all.length >= MAX_FINDINGS) {
      this.more += 1;
      return;
    }
    const [zh, en] = FINDING_TEXTS[code];
    this.all.push({ kind, code, where: excerpt(where, 200), zh: fill(zh, params), en: fill(en, params) });
  }
}

/** A file that cannot be read at all. Nothing of it was taken. */
export class BankRefusal extends Error {
  constructor(
    readonly code: FaultCode,
    readonly params: FindingParams = {},
  ) {
    const [zh, en] = FINDING_TEXTS[code];
    super(`${fill(zh, params)}\n${fill(en, params)}`);
    this.name = 'BankRefusal';
  }
}

/** One line of a report. */
export function sayFinding({ where, zh, en }: Finding): string {
  return `${where}: ${zh} / ${en}`;
}

/** A short piece of an outside text, on one line. */
export function excerpt(text: string, max = MAX_EXCERPT): string {
  // eslint-disable-next-line no-control-regex
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
  const letters = [...plain.slice(0, max * 2 + 2)];
  return letters.length > max ? `${letters.slice(0, max).join('')}…` : plain;
}

function fill(text: string, params: FindingParams): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => excerpt(String(params[name] ?? ''), 200));
}
