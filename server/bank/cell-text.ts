// Between the text of a cell and the rich text of a paper: lines become paragraphs, looks become the few allowed tags,
// ____ becomes a blank and 【图1】 a picture. Text is escaped; only a cell that opens with `HTML:` is taken as HTML.

import { cleanRichText } from '../papers/rich-text.js';
import type { TextRun } from './book.js';
import { childrenOf, parseXml, textOf, type XmlElement } from './xml-tree.js';

/** Opens a cell whose text is HTML, for tables and lists. */
export const HTML_MARK = 'HTML:';

export interface CellHtml {
  html: string;
  /** Blanks found, in order. */
  blanks: number;
  /** Numbers of the pictures that the text places itself, in order. */
  placed: number[];
}

interface Letter {
  text: string;
  look: string;
  underlined: boolean;
}

/** Paragraphs for a stem, one piece with breaks for an option. */
export interface CellTextOptions {
  paragraphs: boolean;
  /** Whether ____ and empty brackets are blanks to fill in. */
  blanks: boolean;
  /** HTML of picture n, counted from 1; null where there is no such picture. */
  picture: (n: number) => string | null;
}

/** Null where a cell that opens with `HTML:` holds what is not allowed. */
export function runsToHtml(runs: readonly TextRun[], options: CellTextOptions): CellHtml | null {
  const whole = runs.map(({ text }) => text).join('');
  if (whole.startsWith(HTML_MARK)) return takeHtml(whole.slice(HTML_MARK.length).trim());
  const lines = linesOf(runs);
  const marks = options.blanks ? blankMarks(lines) : null;
  const found = { blanks: 0, placed: [] as number[] };
  const pieces = lines.map((line) => lineToHtml(line, marks, options, found)).filter((html) => html !== '');
  const html = options.paragraphs ? pieces.map((one) => `<p>${one}</p>`).join('') : pieces.join('<br />');
  return { html, ...found };
}

/** The text of a cell on one line, as answers and headings need it. */
export function cellLine(runs: readonly TextRun[]): string {
  return cleanLetters(runs.map(({ text }) => text).join(''))
    .replace(/\s+/g, ' ')
    .trim();
}

/** Escapes text for the inside of an element. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The tag of a picture in a paper. */
export function pictureTag(name: string, alt: string): string {
  return `<img data-media="${name}" alt="${escapeHtml(alt).replaceAll('"', '&quot;')}" />`;
}

/** The letters without what nobody sees: control letters, zero-width letters, hard and tabular blanks. */
export function cleanLetters(text: string): string {
  return (
    text
      .replace(/\r\n?/g, '\n')
      .replace(/[\t\u00a0]/g, ' ')
      // eslint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2060\ufeff\ufffe\uffff]/g, '')
      .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
      .replace(/[\u2028\u2029]/g, '\n')
  );
}

function linesOf(runs: readonly TextRun[]): Letter[][] {
  const lines: Letter[][] = [[]];
  for (const run of runs) {
    const look = [
      run.bold === true ? 'b' : '',
      run.italic === true ? 'i' : '',
      run.underline === true ? 'u' : '',
      run.script ?? '',
    ]
      .filter((tag) => tag !== '')
      .join(' ');
    for (const text of cleanLetters(run.text))
      if (text === '\n') lines.push([]);
      else lines.at(-1)?.push({ text, look, underlined: run.underline === true });
  }
  return lines.map(trimLine);
}

/** Without blanks at both ends; underlined ones are a blank to fill in and stay. */
function trimLine(line: Letter[]): Letter[] {
  const stays = (letter: Letter) => letter.underlined || !/\s/.test(letter.text);
  const from = line.findIndex(stays);
  return from === -1 ? [] : line.slice(from, line.findLastIndex(stays) + 1);
}

const RULES = /[_＿]{2,}/g;
const BRACKETS = /[（(][\s\u3000]*[)）]/g;

/** Which notation of blanks a stem uses: lines, underlined space, or else empty brackets. */
function blankMarks(lines: readonly Letter[][]): (line: readonly Letter[]) => [number, number][] {
  const ruled = (line: readonly Letter[]) =>
    [...matches(line, RULES), ...underlinedSpace(line)].sort((a, b) => a[0] - b[0]);
  return lines.some((line) => ruled(line).length > 0) ? ruled : (line) => matches(line, BRACKETS);
}

/** Ranges of letters, end excluded. A letter may be two UTF-16 units. */
function matches(line: readonly Letter[], pattern: RegExp): [number, number][] {
  const starts: number[] = [];
  let text = '';
  for (const letter of line) {
    starts.push(text.length);
    text += letter.text;
  }
  return [...text.matchAll(pattern)].map(({ index, 0: found }) => {
    const from = starts.indexOf(index);
    const to = starts.indexOf(index + found.length);
    return [from, to === -1 ? line.length : to];
  });
}

function underlinedSpace(line: readonly Letter[]): [number, number][] {
  const found: [number, number][] = [];
  for (let at = 0; at < line.length; at++) {
    let end = at;
    while (end < line.length && line[end]?.underlined === true && /\s/.test(line[end]?.text ?? '')) end++;
    const before = line[at - 1]?.underlined === true;
    const after = line[end]?.underlined === true;
    if (end - at >= 2 && !before && !after) found.push([at, end]);
    at = Math.max(at, end - 1);
  }
  return found;
}

const PICTURE = /[【[]图\s?([0-9０-９]{0,2})[】\]]/g;

function lineToHtml(
  line: readonly Letter[],
  marks: ((line: readonly Letter[]) => [number, number][]) | null,
  { picture }: CellTextOptions,
  found: { blanks: number; placed: number[] },
): string {
  const replaced = new Map<number, { end: number; html: string }>();
  for (const [from, end] of marks?.(line) ?? [])
    replaced.set(from, { end, html: `<blank n="${++found.blanks}"></blank>` });
  for (const [from, end] of matches(line, PICTURE)) {
    const text = line
      .slice(from, end)
      .map((letter) => letter.text)
      .join('')
      .normalize('NFKC');
    const n = Number(/\d+/.exec(text)?.[0] ?? 1);
    const html = picture(n);
    found.placed.push(n);
    if (html !== null) replaced.set(from, { end, html });
  }
  let html = '';
  let text = '';
  let look = '';
  const flush = () => {
    const tags = look.split(' ').filter((tag) => tag !== '');
    if (text !== '')
      html += `${tags.map((tag) => `<${tag}>`).join('')}${escapeHtml(text)}${tags
        .reverse()
        .map((tag) => `</${tag}>`)
        .join('')}`;
    text = '';
  };
  for (let at = 0; at < line.length; at++) {
    const instead = replaced.get(at);
    const letter = line[at];
    if (instead !== undefined) {
      flush();
      html += instead.html;
      at = instead.end - 1;
    } else if (letter !== undefined) {
      if (letter.look !== look) flush();
      look = letter.look;
      text += letter.text;
    }
  }
  flush();
  return html;
}

function takeHtml(html: string): CellHtml | null {
  if (html === '' || cleanRichText(html) !== html) return null;
  const tree = parseFragment(html);
  if (tree === null) return null;
  const blanks = html.match(/<blank[\s>]/g)?.length ?? 0;
  return { html, blanks, placed: [] };
}

/** Cleaned rich text as a tree; null where it is not well formed. */
export function parseFragment(html: string): XmlElement | null {
  try {
    return parseXml(`<html>${html.replaceAll('\u00a0', '&#160;')}</html>`, 'html');
  } catch {
    return null;
  }
}

/** The runs that read back as this HTML, or its `HTML:` form where cells have no such look. */
export function htmlToRuns(
  html: string,
  options: CellTextOptions & { pictureNames: readonly string[] },
): TextRun[] {
  const tree = parseFragment(html);
  const asHtml = [{ text: `${HTML_MARK}${html}` }];
  if (tree === null) return asHtml;
  const runs: TextRun[] = [];
  const blocks = childrenOf(tree);
  const ok =
    options.paragraphs && blocks.length > 0 && blocks.every(({ name }) => name === 'p')
      ? blocks.every((block, index) => {
          if (index > 0) runs.push({ text: '\n' });
          return addRuns(block, {}, runs, options);
        })
      : !options.paragraphs && addRuns(tree, {}, runs, options);
  const back = ok ? runsToHtml(runs, options) : null;
  return back?.html === html ? runs : asHtml;
}

function addRuns(
  element: XmlElement,
  look: Omit<TextRun, 'text'>,
  runs: TextRun[],
  options: CellTextOptions & { pictureNames: readonly string[] },
): boolean {
  return element.children.every((child) => {
    if (typeof child === 'string') {
      runs.push({ text: child, ...look });
      return true;
    }
    switch (child.name) {
      case 'b':
        return addRuns(child, { ...look, bold: true }, runs, options);
      case 'i':
        return addRuns(child, { ...look, italic: true }, runs, options);
      case 'u':
        return addRuns(child, { ...look, underline: true }, runs, options);
      case 'sub':
      case 'sup':
        return addRuns(child, { ...look, script: child.name }, runs, options);
      case 'br':
        runs.push({ text: '\n' });
        return !options.paragraphs;
      case 'blank':
        runs.push({ text: '____' });
        return textOf(child) === '';
      case 'img': {
        const n = options.pictureNames.indexOf(child.attributes['data-media'] ?? '') + 1;
        runs.push({ text: `【图${n}】` });
        return n > 0;
      }
      default:
        return false;
    }
  });
}
