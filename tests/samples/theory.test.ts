// The sample exam is sound: it builds without a fault, its points add up, and what its pictures show gives the keyed answers.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { identityNumberProblem } from '../../server/papers/identity-number.js';
import { loadSource } from '../../server/papers/source.js';
import type { ItemSource } from '../../server/protocol/paper-source.js';

const folder = join(process.cwd(), 'samples', 'theory');
const source = await loadSource(folder);

interface Chart {
  labels: string[];
  series?: { values: number[] }[];
  rows?: (string | number)[][];
}
const charts = JSON.parse(readFileSync(join(folder, 'charts.json'), 'utf8')) as Record<string, Chart>;

void t.test('plan, roster, photos and papers hold without a warning', async (t) => {
  t.strictSame(source.warnings, []);
  t.equal(source.roster.length, 40);
  t.equal(source.photos.size, 40);
  t.ok(source.roster.every(({ ticketNo }) => ticketNo.length === 26));
});

void t.test('identity numbers have right checksums and belong to no place', async (t) => {
  const numbers = source.roster.filter(({ documentType }) => documentType === '居民身份证');
  t.equal(numbers.length, 38);
  for (const { documentNo } of numbers) {
    t.equal(identityNumberProblem(documentNo), null);
    t.match(documentNo, /^99/);
  }
  t.ok(identityNumberProblem('990101200501011006'), 'a wrong check digit is found');
});

for (const name of ['theory-main', 'theory-reserve'])
  void t.test(`${name}: sixty items, a hundred points, balanced keys`, async (t) => {
    const items = source.papers.get(name)?.paper.sections.flatMap((section) => section.items) ?? [];
    t.equal(items.length, 60);
    t.equal(
      items.reduce((sum, { points }) => sum + points, 0),
      100,
    );
    const places = [0, 0, 0, 0];
    for (const item of items)
      if (item.type === 'single') {
        const place = item.options.findIndex(({ id }) => id === item.answer);
        places[place] = (places[place] ?? 0) + 1;
      }
    t.ok(
      places.every((count) => count >= 5),
      places.join(' '),
    );
    for (const item of items)
      if ('options' in item) {
        const texts = item.options.map(({ html }) => html);
        t.equal(new Set(texts).size, texts.length, `${item.itemId} has no option twice`);
      }
    for (const { itemId, stem, media = [] } of items)
      for (const { name: medium } of media) t.match(stem, `data-media="${medium}"`, itemId);
  });

void t.test('the two papers share no stem', async (t) => {
  const stems = ['theory-main', 'theory-reserve'].map(
    (name) =>
      new Set(source.papers.get(name)?.paper.sections.flatMap(({ items }) => items.map(({ stem }) => stem))),
  );
  for (const stem of stems[0] ?? []) t.notOk(stems[1]?.has(stem), stem);
});

void t.test('what the pictures show gives the keyed answers', async (t) => {
  const items = new Map<string, ItemSource>(
    source.papers
      .get('theory-main')
      ?.paper.sections.flatMap((section) => section.items.map((item) => [item.itemId, item])),
  );
  const keyed = (itemId: string) => {
    const item = items.get(itemId);
    if (item?.type !== 'single') throw new Error(`${itemId} is no single choice`);
    return item.options.find(({ id }) => id === item.answer)?.html;
  };
  const values = (name: string, series = 0) => charts[name]?.series?.[series]?.values ?? [];
  const shop = new Map(charts['shop-day']?.rows as [string, number][]);
  const [visitors = 0, buyers = 0, paid = 0] = ['访客数', '支付买家数', '支付金额（元）'].map((name) =>
    shop.get(name),
  );
  t.equal(keyed('s02'), `${(100 * buyers) / visitors} %`);
  t.equal(keyed('s03'), String(paid / buyers));
  t.equal(keyed('s06'), String(paid / visitors));
  const [, clicks, cost] = charts['keywords']?.rows?.[0] as [string, number, number];
  t.equal(keyed('s05'), String(cost / clicks));
  const week = values('ctr-week');
  t.equal(keyed('s13'), charts['ctr-week']?.labels[week.indexOf(Math.max(...week))]);
  const [january = 0, february = 0] = values('monthly-sales');
  t.equal(keyed('s15'), `${(100 * (february - january)) / january} %`);
  const [may2025 = 0, may2026 = 0] = [values('year-on-year', 0)[1], values('year-on-year', 1)[1]];
  t.equal(keyed('s16'), `${(100 * (may2026 - may2025)) / may2025} %`);
  const [, clicked = 0, , sold = 0] = values('live-funnel');
  t.equal(keyed('s17'), `${(100 * sold) / clicked} %`);
  const [first = 0, second = 0] = values('stock');
  t.equal(keyed('s26'), String(100 + 3 * (first - second)));
  const [seen = 0, carted = 0, ordered = 0, payed = 0] = values('purchase-funnel');
  const funnel = items.get('f05');
  const wanted = [ordered / carted, payed / ordered, payed / seen].map((share) =>
    String(Math.round(share * 1000) / 10),
  );
  t.strictSame(funnel?.type === 'fill-in' ? funnel.blanks.map(({ accept }) => accept[0]) : [], wanted);
});
