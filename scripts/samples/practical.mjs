// Writes what the sample practical exam is made from: the sales data that candidates work with, the figures that the marking
// scheme is held against, and the roster of the theory exam for the afternoon. Usage: node scripts/samples/practical.mjs

import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import ExcelJS from 'exceljs';

const OUT = 'samples/practical';
const MEDIA = `${OUT}/papers/practical-main/media`;
mkdirSync(MEDIA, { recursive: true });
mkdirSync(`${OUT}/photos`, { recursive: true });

/** The same numbers at every run. */
let seed = 20261121;
const random = () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};
const around = (value, spread = 0.06) => value * (1 + (random() * 2 - 1) * spread);

const WEEKS = 26;
const FIRST_MONDAY = Date.UTC(2036, 4, 5);
// Share of a channel's visitors, cost of a click, orders per click.
const CHANNELS = [
  { name: '搜索推广', clicks: 900, costPerClick: 1.1, orders: 0.062 },
  { name: '短视频', clicks: 1400, costPerClick: 0.7, orders: 0.045 },
  { name: '直播', clicks: 1100, costPerClick: 0.9, orders: 0.071 },
  { name: '社群', clicks: 320, costPerClick: 0.25, orders: 0.085 },
];
const GOODS = [
  { name: '保温杯', price: 89, share: 0.3, refunds: 0.04 },
  { name: '野餐垫', price: 69, share: 0.2, refunds: 0.03 },
  { name: '露营灯', price: 129, share: 0.18, refunds: 0.05 },
  { name: '折叠椅', price: 159, share: 0.2, refunds: 0.04 },
  { name: '户外水壶', price: 59, share: 0.12, refunds: 0.03 },
];

const rows = [];
for (let week = 0; week < WEEKS; week++)
  for (const channel of CHANNELS)
    for (const good of GOODS) {
      // From the fifteenth week the short videos cost more and sell less; a batch of flasks comes back.
      const tired = channel.name === '短视频' && week >= 14;
      const leaking = good.name === '保温杯' && week >= 18;
      const clicks = Math.round(around(channel.clicks * good.share * (1 + week * 0.006)));
      const orders = Math.round(clicks * channel.orders * (tired ? 0.55 : 1) * around(1, 0.04));
      const sales = orders * good.price;
      rows.push({
        week: new Date(FIRST_MONDAY + week * 7 * 86_400_000),
        channel: channel.name,
        good: good.name,
        shown: Math.round(clicks * around(34)),
        clicks,
        orders,
        sales,
        cost: Math.round(clicks * channel.costPerClick * (tired ? 1.5 : 1)),
        refunds: Math.round(orders * (leaking ? 0.16 : good.refunds)) * good.price,
      });
    }

// What the figures are: of the clean rows, before the mess is added.
const sum = (list, field) => list.reduce((total, row) => total + row[field], 0);
const by = (field, names) =>
  Object.fromEntries(
    names.map((name) => {
      const part = rows.filter((row) => row[field] === name);
      return [
        name,
        {
          sales: sum(part, 'sales'),
          cost: sum(part, 'cost'),
          refunds: sum(part, 'refunds'),
          orders: sum(part, 'orders'),
          clicks: sum(part, 'clicks'),
        },
      ];
    }),
  );
const late = (row) => row.week.getTime() >= FIRST_MONDAY + 14 * 7 * 86_400_000;
const video = rows.filter(({ channel }) => channel === '短视频');
const ratio = (list) => Math.round((sum(list, 'sales') / sum(list, 'cost')) * 100) / 100;
const flask = rows.filter(({ good }) => good === '保温杯');
const leaked = (row) => row.week.getTime() >= FIRST_MONDAY + 18 * 7 * 86_400_000;
const percent = (list) => Math.round((sum(list, 'refunds') / sum(list, 'sales')) * 10_000) / 100;
const figures = {
  rows: rows.length,
  duplicates: 6,
  total: {
    sales: sum(rows, 'sales'),
    cost: sum(rows, 'cost'),
    refunds: sum(rows, 'refunds'),
    orders: sum(rows, 'orders'),
  },
  channels: by(
    'channel',
    CHANNELS.map(({ name }) => name),
  ),
  goods: by(
    'good',
    GOODS.map(({ name }) => name),
  ),
  video: { before: ratio(video.filter((row) => !late(row))), after: ratio(video.filter(late)) },
  flask: { before: percent(flask.filter((row) => !leaked(row))), after: percent(flask.filter(leaked)) },
};

const book = new ExcelJS.Workbook();
book.created = book.modified = new Date(Date.UTC(2036, 10, 10));
const sheet = book.addWorksheet('销售明细');
sheet.columns = [
  { header: '周起始日', key: 'week', width: 13, style: { numFmt: 'yyyy-mm-dd' } },
  { header: '渠道', key: 'channel', width: 11 },
  { header: '商品', key: 'good', width: 11 },
  { header: '展现量', key: 'shown', width: 10 },
  { header: '点击量', key: 'clicks', width: 10 },
  { header: '订单数', key: 'orders', width: 10 },
  { header: '销售额（元）', key: 'sales', width: 13 },
  { header: '推广费（元）', key: 'cost', width: 13 },
  { header: '退款额（元）', key: 'refunds', width: 13 },
];
sheet.getRow(1).font = { bold: true };
const messy = [...rows];
// Six rows stand there twice: whoever does not clean the data counts them twice.
for (const at of [37, 111, 208, 290, 377, 466]) messy.splice(at, 0, messy[at - 1]);
messy.forEach((row) => sheet.addRow(row));
const notes = book.addWorksheet('字段说明');
notes.columns = [
  { header: '字段', width: 16 },
  { header: '说明', width: 60 },
];
notes.getRow(1).font = { bold: true };
for (const line of [
  ['周起始日', '每周星期一的日期，数据按周汇总，共 26 周'],
  ['渠道', '搜索推广、短视频、直播、社群'],
  ['销售额（元）', '未扣除退款'],
  ['推广费（元）', '该渠道为该商品支付的推广费用'],
  ['退款额（元）', '该周订单中后来退款的金额'],
  ['注意', '导出时有少量记录重复，分析前请先清理'],
])
  notes.addRow(line);
await book.xlsx.writeFile(`${MEDIA}/sales.xlsx`);
writeFileSync(`${OUT}/figures.json`, `${JSON.stringify(figures, null, 2)}\n`);

const roster = JSON.parse(readFileSync('samples/theory/roster.json', 'utf8'));
writeFileSync(
  `${OUT}/roster.json`,
  `${JSON.stringify(
    roster.map((person) => ({ ...person, sessions: ['practical-pm'] })),
    null,
    2,
  )}\n`,
);
const plan = JSON.parse(readFileSync('samples/theory/plan.json', 'utf8'));
plan.packageId = 'sample-practical-2026';
plan.sessions = [
  {
    sessionId: 'practical-pm',
    subject: {
      subjectNo: '99000000012',
      name: '实操技能',
      mode: 'practical',
      minutes: 150,
      passMark: 60,
      weight: 70,
    },
    startsAt: '2036-12-06T14:00:00+08:00',
    practice: false,
    main: 'practical-main',
    reserve: null,
  },
];
writeFileSync(`${OUT}/plan.json`, `${JSON.stringify(plan, null, 2)}\n`);
for (const photo of readdirSync('samples/theory/photos'))
  copyFileSync(`samples/theory/photos/${photo}`, `${OUT}/photos/${photo}`);
