// The messy sample, row by row: what is taken, what is not and why. The same file saved again by LibreOffice as .xlsx and .xls.

import { join } from 'node:path';
import t from 'tap';
import { readBankFile } from '../../server/bank/read-bank.js';
import type { BankPaper } from '../../server/bank/paper-draft.js';
import type { ItemSource } from '../../server/protocol/paper-source.js';

const folder = join(process.cwd(), 'samples', 'bank');
const codes = ({ findings }: BankPaper, kind: 'fault' | 'note') =>
  findings.all
    .filter((one) => one.kind === kind)
    .map(({ where, code }) => `${where} ${code}`)
    .sort();
const itemsOf = ({ paper }: BankPaper) =>
  new Map<string, ItemSource>(
    paper?.sections.flatMap(({ items }) => items.map((item) => [item.itemId, item] as const)) ?? [],
  );

const messy = await readBankFile(join(folder, 'messy.xlsx'));
const items = itemsOf(messy);

const FAULTS = [
  '作废题目 sheet-hidden',
  '命题记录 sheet-no-headings',
  '题目 !16 item-twice',
  '题目 !17 row-hidden',
  '题目 !32 section-unknown',
  '题目 !33 section-unknown',
  '题目 !40 row-stray',
  '题目 !B34 type-unknown',
  '题目 !B35 type-missing',
  '题目 !C15 cell-strike',
  '题目 !C37 row-merged',
  '题目 !C45 picture-nowhere',
  '题目 !C9 formula-no-value',
  '题目 !D11 cell-error',
  '题目 !E13 options-gap',
  '题目 !H22 heading-blank',
  '题目 !I12 answer-no-option',
  '题目 !I14 answer-count',
  '题目 !I27 answer-bad',
  '题目 !I30 blanks-count',
  '题目 !J36 points-bad',
];

void t.test(
  'everything that is not taken is named by sheet and cell, with its reason, and nothing else is',
  async (t) => {
    t.strictSame(codes(messy, 'fault'), [...FAULTS].sort());
    t.equal(messy.taken, 15);
    t.equal(messy.findings.uncounted, 0);
    for (const { zh, en } of messy.findings.all) {
      t.match(zh, /[\u4e00-\u9fff]/, zh);
      t.match(en, /[a-z]/, en);
      t.notMatch(`${zh}${en}`, /\{\w+\}/, 'no place of a text is left open');
    }
  },
);

void t.test('what a person should look at is named', async (t) => {
  t.strictSame(
    codes(messy, 'note'),
    [
      '题目 !18 section-row',
      '题目 !7 options-fixed',
      '题目 !B21 indefinite',
      '题目 !C8 formula-as-stored',
      '题目 !D10 date-as-shown',
      '题目 !D6 number-as-shown',
      '题目 !D8 formula-as-stored',
      '题目 !E6 number-as-shown',
      '题目 !F6 number-as-shown',
      '题目 !G6 number-as-shown',
      '题目 !I21 multiple-one',
      '题目 !I29 answer-slash',
      '题目 !K column-unused',
      '题目 !L column-hidden',
      '题目 !L column-unused',
      '题目 !M column-unused',
      '题目 !N20 picture-no-alt',
      '题目 !N39 picture-no-alt',
    ].sort(),
  );
});

void t.test('the paper and its sections come from the first sheet', async (t) => {
  t.equal(messy.paper?.paperId, 'DEMO-bank');
  t.equal(messy.paper?.title, '数字营销题库（示例）');
  t.strictSame(
    messy.paper?.sections.map(({ title, shuffleItems, draw, items: own }) => [
      title,
      shuffleItems,
      draw,
      own.length,
    ]),
    [
      ['一、单项选择题', true, null, 6],
      ['二、多项选择题', true, null, 3],
      ['三、判断题', false, null, 3],
      ['四、填空题', true, null, 3],
    ],
  );
  t.equal(messy.paper?.sections[0]?.instructions, '每题只有一个正确答案。');
});

void t.test('full-width letters, stray blanks and line breaks', async (t) => {
  t.match(items.get('part-1-001'), {
    type: 'single',
    points: 1,
    stem: '<p>某推广计划展现 20000 次，点击 500 次，</p><p>其点击率为（　　）。</p>',
    answer: 'b',
  });
  t.match(items.get('part-2-014'), { type: 'multiple', answer: ['a', 'b', 'd'], points: 2 });
  t.match(items.get('part-3-018'), { type: 'true-false', answer: false });
  t.match(items.get('part-3-019'), { answer: true }, 'a names the option 正确');
  t.match(items.get('part-3-020'), { answer: false }, 'a boolean cell');
});

void t.test('numbers, dates and formulas as they are shown', async (t) => {
  const options = (id: string) => {
    const item = items.get(id);
    return item !== undefined && 'options' in item ? item.options.map(({ html }) => html) : [];
  };
  t.strictSame(options('part-1-002'), ['85%', '90%', '75.5%', '80%']);
  t.equal(items.get('part-1-004')?.stem, '<p>120 元的商品打九折后为</p>');
  t.equal(options('part-1-004')[0], '108');
  t.equal(options('part-1-006')[0], '2024/1/2');
});

void t.test('looks of text that change what is read, and the type of a merged cell', async (t) => {
  t.match(items.get('part-1-003'), {
    type: 'single',
    stem: '<p>面积单位 m<sup>2</sup> 与体积单位 m<sup>3</sup>，<b>不</b>能相加。水是 H<sub>2</sub>O。以上说法</p>',
    shuffleOptions: false,
  });
});

void t.test('blanks: ruled, in brackets, as underlined space; answers with alternatives', async (t) => {
  t.match(items.get('part-4-022'), {
    stem: '<p>展现 1000 次、点击 30 次，点击率为<blank n="1"></blank>；每次点击 2 元，共花费<blank n="2"></blank>元。</p>',
    blanks: [{ accept: ['3%', '0.03'] }, { accept: ['60'] }],
  });
  t.match(items.get('part-4-023'), { stem: '<p>客单价的计算公式为：成交金额÷<blank n="1"></blank>。</p>' });
  t.match(items.get('part-4-025'), { stem: '<p>投入产出比的英文缩写是<blank n="1"></blank>。</p>' });
});

void t.test('pictures: floating over the row, inside a cell, beside the file', async (t) => {
  t.match(items.get('part-2-015')?.stem, '<img data-media="part-2-015-1" alt="题图" />');
  t.match(items.get('part-2-016'), {
    options: [{ html: '<img data-media="part-2-016-1" alt="购买漏斗" />' }, {}],
  });
  t.match(items.get('part-1-032'), { media: [{ name: 'shop-day', file: 'shop-day.png' }] });
  t.strictSame([...messy.media.keys()].sort(), ['part-2-015-1.png', 'part-2-016-1.png', 'shop-day.png']);
});

void t.test(
  'saved again by LibreOffice as .xlsx: the same but for what LibreOffice itself changes',
  async (t) => {
    const again = await readBankFile(join(folder, 'messy-libreoffice.xlsx'));
    // It works out the formula of row 9, and has lost the picture that WPS keeps in a cell.
    const expected = FAULTS.filter((line) => !line.startsWith('题目 !C9 '));
    const lost = [
      '题目 !21 ID_0A1B2C3D picture-linked',
      '题目 !D21 options-gap',
      '题目 !I21 answer-no-option',
    ];
    t.strictSame(codes(again, 'fault'), [...expected, ...lost].sort());
    const same = itemsOf(again);
    for (const [id, item] of items) if (id !== 'part-2-016') t.strictSame(same.get(id), item, id);
  },
);

void t.test('saved as .xls: looks of text are read, pictures are refused by place', async (t) => {
  const old = await readBankFile(join(folder, 'messy-libreoffice.xls'));
  const faults = codes(old, 'fault');
  for (const line of FAULTS.filter((one) => !/^题目 !(C9|C45) /.test(one))) t.ok(faults.includes(line), line);
  t.ok(faults.includes('题目 !C20 picture-xls'));
  t.ok(faults.includes('题目 !C45 picture-xls'));
  const own = itemsOf(old);
  t.notOk(own.has('part-2-015'), 'an item whose picture is not read is not taken');
  for (const id of [
    'part-1-001',
    'part-1-002',
    'part-1-003',
    'part-1-006',
    'part-2-014',
    'part-4-022',
    'part-4-025',
  ])
    t.strictSame(own.get(id), items.get(id), id);
});
