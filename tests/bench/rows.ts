// What a bench found: one figure each, beside its budget and its raw limit. Pure.

export type Names = readonly [zh: string, en: string];

export interface Found {
  id: string;
  what: Names;
  figure: number;
  unit: string;
  /** What the design asks for; null where it asks for nothing. */
  budget?: { atMost: number } | { atLeast: number };
  /** The same on a bare server, in the same run. */
  raw?: { figure: number; what: Names };
  /** Figure divided by the raw limit, and what the design asks of that. */
  ratioBudget?: { atMost: number } | { atLeast: number };
  /** What else belongs to the figure. */
  note?: string;
}

/** Prints the line of a table as soon as it is known. */
export type Note = (found: Found) => void;

export const ratioOf = ({ figure, raw }: Found): number | null =>
  raw === undefined || raw.figure === 0 ? null : figure / raw.figure;

/** Whether everything that the design asks of it holds; null where it asks for nothing. */
export function isMet(found: Found): boolean | null {
  const ratio = ratioOf(found);
  const asked = [
    found.budget === undefined ? null : holds(found.figure, found.budget),
    found.ratioBudget === undefined || ratio === null ? null : holds(ratio, found.ratioBudget),
  ].filter((one) => one !== null);
  return asked.length === 0 ? null : asked.every(Boolean);
}

const holds = (value: number, budget: { atMost: number } | { atLeast: number }) =>
  'atMost' in budget ? value <= budget.atMost : value >= budget.atLeast;

/** A number with as many digits as it deserves. */
export function shown(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(size >= 10 ? 1 : 2);
}

const limit = (budget: { atMost: number } | { atLeast: number } | undefined) =>
  budget === undefined ? '' : 'atMost' in budget ? `≤ ${shown(budget.atMost)}` : `≥ ${shown(budget.atLeast)}`;

/** The cells of a table's line: what, budget, figure, raw limit, ratio, met. */
export function cells(found: Found, language: 'zh' | 'en' | 'both'): string[] {
  const ratio = ratioOf(found);
  const met = isMet(found);
  const [zh, en] = found.what;
  const what = language === 'both' ? `${zh} ${en}` : language === 'zh' ? zh : en;
  const asked = [limit(found.budget), found.ratioBudget === undefined ? '' : `${limit(found.ratioBudget)} x`];
  return [
    what,
    asked.filter((one) => one !== '').join(', '),
    `${shown(found.figure)} ${found.unit}`,
    found.raw === undefined ? '' : `${shown(found.raw.figure)} ${found.unit}`,
    ratio === null ? '' : `${ratio.toFixed(2)} x`,
    met === null ? '' : met ? '达到 met' : '未达到 missed',
  ];
}
