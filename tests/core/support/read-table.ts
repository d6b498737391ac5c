// Reads a table of words that a person wrote: '#' begins a remark, the first line names the columns.

import { readFileSync } from 'node:fs';

/** Rows by their first word, cells by the names of the columns. @throws Error for a row with too few or too many cells */
export function readTable(file: string): Map<string, Record<string, string>> {
  const [head, ...rows] = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => line.trim().split(/\s+/));
  const columns = (head ?? []).slice(1);
  return new Map(
    rows.map(([name = '', ...cells]) => {
      if (cells.length !== columns.length) throw new Error(`${file}: ${name} has ${cells.length} cells`);
      return [name, Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']))];
    }),
  );
}
