// The sample practical exam is sound: its points add up, and what the marking scheme says is what the spreadsheet holds.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import t from 'tap';
import { loadSource } from '../../server/papers/source.js';
import type { CaseSource } from '../../server/protocol/paper-source.js';

const folder = join(process.cwd(), 'samples', 'practical');
const source = await loadSource(folder);
const paper = source.papers.get('practical-main')?.paper;
const theCase = paper?.sections[0]?.items[0] as CaseSource;

interface Row {
  week: number;
  channel: string;
  good: string;
  clicks: number;
  orders: number;
  sales: number;
  cost: number;
  refunds: number;
}

/** What a careful candidate would work with. */
async function cleaned(): Promise<{ rows: Row[]; duplicates: number }> {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(join(folder, 'papers', 'practical-main', 'media', 'sales.xlsx'));
  const rows = new Map<string, Row>();
  let read = 0;
  book.getWorksheet('销售明细')?.eachRow((row, number) => {
    if (number === 1) return;
    read += 1;
    const [, week, channel, good, , clicks, orders, sales, cost, refunds] = row.values as [
      undefined,
      Date,
      string,
      string,
      ...number[],
    ];
    const record = { week: week.getTime(), channel, good, clicks, orders, sales, cost, refunds } as Row;
    rows.set(JSON.stringify(record), record);
  });
  return { rows: [...rows.values()], duplicates: read - rows.size };
}

void t.test(
  'plan, roster, photos and paper hold without a warning; the people are those of the theory exam',
  async (t) => {
    t.strictSame(source.warnings, []);
    const theory = JSON.parse(readFileSync(join('samples', 'theory', 'roster.json'), 'utf8')) as {
      ticketNo: string;
    }[];
    t.strictSame(
      source.roster.map(({ ticketNo }) => ticketNo),
      theory.map(({ ticketNo }) => ticketNo),
    );
    t.match(source.plan.sessions, [{ subject: { mode: 'practical', weight: 70 } }]);
  },
);

void t.test('a hundred points, all by the marking scheme', async (t) => {
  t.equal(theCase.points, 100);
  t.equal(
    theCase.items.reduce((sum, { points }) => sum + points, 0),
    100,
  );
  t.ok(theCase.items.every((item) => 'marking' in item));
});

void t.test('the marking scheme says what the spreadsheet holds', async (t) => {
  const { rows, duplicates } = await cleaned();
  const figures = JSON.parse(readFileSync(join(folder, 'figures.json'), 'utf8')) as Record<string, unknown>;
  const sum = (list: readonly Row[], field: 'sales' | 'cost' | 'refunds' | 'orders' | 'clicks') =>
    list.reduce((total, row) => total + row[field], 0);
  const scheme = (itemId: string) => {
    const item = theCase.items.find((one) => one.itemId === itemId);
    return item !== undefined && 'marking' in item ? JSON.stringify(item.marking) : '';
  };
  const says = (itemId: string, figure: string | number) =>
    t.ok(scheme(itemId).includes(String(figure)), `${itemId}: ${figure}`);
  says('t1', `重复 ${duplicates} 条`);
  says('t1', `${rows.length} 条`);
  t.match(figures, {
    rows: rows.length,
    duplicates,
    total: { sales: sum(rows, 'sales'), cost: sum(rows, 'cost') },
  });
  for (const field of ['sales', 'cost', 'refunds'] as const)
    says('t2', `${sum(rows, field).toLocaleString('en-US')} 元`);
  for (const channel of new Set(rows.map((row) => row.channel))) {
    const own = rows.filter((row) => row.channel === channel);
    says('t2', `${channel} ${(sum(own, 'sales') / sum(own, 'cost')).toFixed(2)}`);
  }
  for (const good of new Set(rows.map((row) => row.good))) {
    const own = rows.filter((row) => row.good === good);
    says('t2', `${good} ${((sum(own, 'refunds') * 100) / sum(own, 'sales')).toFixed(2)}%`);
  }
  const weeks = [...new Set(rows.map(({ week }) => week))].sort((a, b) => a - b);
  t.equal(weeks.length, 26);
  const split = (list: readonly Row[], from: number) =>
    [(row: Row) => row.week < (weeks[from - 1] ?? 0), (row: Row) => row.week >= (weeks[from - 1] ?? 0)].map(
      (part) => list.filter(part),
    );
  const day = (week: number) => new Date(weeks[week - 1] ?? 0).toISOString().slice(0, 10);
  const [before = [], after = []] = split(
    rows.filter(({ channel }) => channel === '短视频'),
    15,
  );
  says('t4', day(15));
  for (const part of [before, after]) says('t4', (sum(part, 'sales') / sum(part, 'cost')).toFixed(2));
  const perClick = (part: readonly Row[]) => sum(part, 'cost') / sum(part, 'clicks');
  const perOrder = (part: readonly Row[]) => sum(part, 'orders') / sum(part, 'clicks');
  t.ok(Math.abs(perClick(after) / perClick(before) - 1.5) < 0.05, 'a click costs half as much again');
  t.ok(Math.abs(perOrder(after) / perOrder(before) - 0.55) < 0.05, 'and brings nearly half of the orders');
  const [kept = [], returned = []] = split(
    rows.filter(({ good }) => good === '保温杯'),
    19,
  );
  says('t4', day(19));
  for (const part of [kept, returned])
    says('t4', `${((sum(part, 'refunds') * 100) / sum(part, 'sales')).toFixed(2)}%`);
});
